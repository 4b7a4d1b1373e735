import type { AlertSeries } from '../alert/message.ts';
import type { Level } from '../verdict.ts';
import { measurementName } from './facts.ts';
import type { DegradationFinding, Measurement } from './judgement.ts';

export interface CheckedDay {
  /** End of the day, epoch milliseconds. */
  readonly windowEnd: number;
  readonly findings: readonly DegradationFinding[];
}

const worstFirst: readonly Level[] = ['critical', 'warning', 'ok', 'insufficient-data'];

/**
 * What has the worst rule of the newest day measured on each day, and what was it held against? Its first number speaks for
 * a rule of several. A day that could not be measured is left out. Undefined where there are less than two.
 *
 * @param days oldest first
 * @example
 * const day = (n, value) => ({
 *   windowEnd: n * 86_400_000,
 *   findings: [{ rule: { limit: 75 }, level: 'critical', reason: '', measured: [{ label: 'RMSE', over: '7d', value: { value }, text: '', limit: '75', sampleSize: 9 }] }],
 * });
 * degradationSeries([day(1, 60), day(2, 101)]) // { label: 'RMSE over 7 days', limit: 75, points: [[86_400_000, 60], [172_800_000, 101]] }
 */
export function degradationSeries(days: readonly CheckedDay[]): AlertSeries | undefined {
  const newest = [...(days.at(-1)?.findings ?? [])].toSorted(
    (a, b) => worstFirst.indexOf(a.level) - worstFirst.indexOf(b.level),
  );
  const about = newest.flatMap(({ measured }) => measured).find(({ value }) => 'value' in value);
  if (about === undefined) return undefined;
  const label = measurementName(about);
  const points = days.flatMap(({ windowEnd, findings }): [number, number][] => {
    const value = valueOf(
      findings.flatMap(({ measured }) => measured).filter((other) => measurementName(other) === label),
    );
    return value === undefined ? [] : [[windowEnd, value]];
  });
  const limit = Number(about.limit);
  if (points.length < 2) return undefined;
  return { label, ...(Number.isFinite(limit) && { limit }), points };
}

/** Of several windows of one rule, the newest. */
function valueOf(measured: readonly Measurement[]): number | undefined {
  const ends = measured.map(({ window }) => window?.end ?? '');
  const newest = ends.toSorted().at(-1);
  const found = measured.find(({ window }) => (window?.end ?? '') === newest)?.value;
  return found !== undefined && 'value' in found ? found.value : undefined;
}
