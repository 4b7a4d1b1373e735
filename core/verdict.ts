/** What a judgement says: never NaN, never null. */
export type Level = 'ok' | 'warning' | 'critical' | 'insufficient-data';

/** A level with its reason in words; `insufficient-data` always says what is missing. */
export interface Verdict {
  readonly level: Level;
  readonly reason: string;
}

/** Not computable is a value with a reason (an empty or constant column never fails a report). */
export type Computed = { readonly value: number } | { readonly notComputable: string };

/**
 * The number, or null where it is not computable: for columns and gauges that have no room for a reason.
 *
 * @example [valueOf({ value: 3 }), valueOf({ notComputable: 'no rows' })] // [3, null]
 */
export function valueOf(computed: Computed | undefined): number | null {
  return computed !== undefined && 'value' in computed ? computed.value : null;
}
