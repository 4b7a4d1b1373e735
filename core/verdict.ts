/** What a judgement says: never NaN, never null. */
export type Level = 'ok' | 'warning' | 'critical' | 'insufficient-data';

/** A level with its reason in words; `insufficient-data` always says what is missing. */
export interface Verdict {
  readonly level: Level;
  readonly reason: string;
}

/** Not computable is a value with a reason (an empty or constant column never fails a report). */
export type Computed = { readonly value: number } | { readonly notComputable: string };

/** The number, or null where it is not computable: for columns and gauges that have no room for a reason. */
export function valueOf(computed: Computed | undefined): number | null {
  return computed !== undefined && 'value' in computed ? computed.value : null;
}

const order: readonly Level[] = ['ok', 'insufficient-data', 'warning', 'critical'];

/** The worst of several verdicts; `ok` when there are none. */
export function worstVerdict(verdicts: readonly Verdict[]): Verdict {
  return verdicts.reduce((worst, verdict) => (order.indexOf(verdict.level) > order.indexOf(worst.level) ? verdict : worst), {
    level: 'ok',
    reason: 'nothing to judge',
  });
}
