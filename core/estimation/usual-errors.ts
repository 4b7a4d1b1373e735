/** How far off were estimates of windows of this length, whose rows the estimator had not seen? */

import { metricTable, type MetricName } from '../performance/metrics.ts';
import { valueOf, type Computed } from '../verdict.ts';
import { studentQuantile } from '../statistics/distributions.ts';

/** Over so many windows of equal length that divide the reference. JSON-safe. */
export interface UsualError {
  readonly windows: number;
  /** Of each window, in milliseconds. */
  readonly length: number;
  /** Root of the mean squared difference between realized and estimated, in the unit of `unitOf`. */
  readonly error: number;
}

export type UsualErrors = Readonly<Partial<Record<MetricName, readonly UsualError[]>>>;

export type WindowMetrics = Readonly<Partial<Record<MetricName, Computed>>>;

export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** More windows than these would hold too few rows, fewer say too little. */
const windowCounts = [5, 10, 20, 40, 80] as const;
const fewestRowsOfWindow = 30;

/** Metrics that cannot be below 0 and have no upper end: an error is a ratio. */
const isRatio: ReadonlySet<MetricName> = new Set(['mae', 'rmse', 'mape', 'wmape', 'log_loss']);

/**
 * Divides the reference into windows of several lengths, and compares what is estimated of each with what is realized.
 *
 * So the error of an estimate holds all that it will be up to: the chance of a few rows, neighbours in time that are alike,
 * and what the estimator does not know. A length at which a window has fewer than 30 rows is left out, a metric of it where
 * a window has none.
 *
 * @param compare both sides of the rows from `start` up to, not including, `end`
 */
export function usualErrors(
  times: Float64Array,
  compare: (start: number, end: number) => { estimated: WindowMetrics; realized: WindowMetrics },
): UsualErrors {
  const [first, last] = [times[0]!, times.at(-1)!];
  const errors: Partial<Record<MetricName, UsualError[]>> = {};
  for (const windows of windowCounts) {
    const length = (last - first) / windows;
    const edges = Array.from({ length: windows + 1 }, (_, i) =>
      i === windows ? times.length : times.findIndex((time) => time >= first + i * length),
    );
    if (edges.slice(1).some((edge, i) => edge - edges[i]! < fewestRowsOfWindow)) break;
    const sides = edges.slice(1).map((edge, i) => compare(edges[i]!, edge));
    for (const name of Object.keys(sides[0]!.estimated) as MetricName[]) {
      const differences = sides.map(({ estimated, realized }) => differenceOf(name, estimated, realized));
      if (differences.some((difference) => difference === undefined)) continue;
      const squares = differences.reduce<number>((sum, difference) => sum + difference! ** 2, 0);
      (errors[name] ??= []).push({ windows, length, error: Math.sqrt(squares / windows) });
    }
  }
  return errors;
}

/** As a ratio in logarithms, in units of the mean absolute error, or as it is. */
function differenceOf(
  name: MetricName,
  estimated: WindowMetrics,
  realized: WindowMetrics,
): number | undefined {
  const [before, after] = [valueOf(estimated[name]), valueOf(realized[name])];
  if (before === null || after === null) return undefined;
  const difference = isRatio.has(name)
    ? Math.log(after / before)
    : (after - before) / unitOf(name, estimated);
  return Number.isFinite(difference) ? difference : undefined;
}

/** A bias is as large as errors are. */
function unitOf(name: MetricName, estimated: WindowMetrics): number {
  return name === 'bias' ? (valueOf(estimated.mae) ?? NaN) : 1;
}

/**
 * The 95% interval of an estimate, from how far off estimates of windows of such a length were. Undefined where that is not
 * known. Between two lengths the error is interpolated; a window longer than a fifth of the reference counts as one of that
 * length, since what does not average out within it may not average out at all.
 *
 * @param length of the window, in milliseconds
 * @example
 * const errors = { accuracy: [{ windows: 20, length: 7 * dayMs, error: 0.01 }] };
 * intervalAround('accuracy', { accuracy: { value: 0.8 } }, errors, 7 * dayMs) // { low: 0.779, high: 0.821 }
 */
export function intervalAround(
  name: MetricName,
  estimated: WindowMetrics,
  errors: UsualErrors,
  length: number,
): Interval | undefined {
  const value = valueOf(estimated[name]);
  const usual = errors[name];
  if (value === null || usual === undefined || usual.length === 0) return undefined;
  const { error, windows } = errorAt(usual, length);
  const half = error * studentQuantile(0.975, windows);
  if (isRatio.has(name)) return { low: value * Math.exp(-half), high: value * Math.exp(half) };
  const reach = half * unitOf(name, estimated);
  if (!Number.isFinite(reach)) return undefined;
  const [lowest, highest] = rangeOf(name);
  return { low: Math.max(lowest, value - reach), high: Math.min(highest, value + reach) };
}

/** What a metric that is no ratio can be. */
function rangeOf(name: MetricName): readonly [number, number] {
  if (metricTable[name].task === 'classification') return [0, 1];
  return [-Infinity, name === 'r2' ? 1 : Infinity];
}

/** The longest windows come first. */
function errorAt(usual: readonly UsualError[], length: number): { error: number; windows: number } {
  const [longest, shortest] = [usual[0]!, usual.at(-1)!];
  if (length >= longest.length) return longest;
  if (length <= shortest.length) {
    const shorter = Math.sqrt(shortest.length / Math.max(length, shortest.length / shortest.windows));
    return { error: shortest.error * shorter, windows: shortest.windows };
  }
  const above = usual.findLastIndex((one) => one.length >= length);
  const [long, short] = [usual[above]!, usual[above + 1]!];
  const share = Math.log(long.length / length) / Math.log(long.length / short.length);
  return { error: long.error + share * (short.error - long.error), windows: long.windows };
}
