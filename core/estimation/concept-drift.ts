/** Concept drift: the model is worse than its inputs say, so what the inputs mean has changed. */

import type { Fact } from '../alert/alert.ts';
import {
  betterBy,
  distinctTexts,
  metricTable,
  metricText,
  type MetricName,
  type Task,
} from '../performance/metrics.ts';
import { leastSquaresSlope } from '../statistics/least-squares.ts';
import type { Verdict } from '../verdict.ts';

/** The metric that a gap is judged by: the one that a few rows sway the least. */
const judgedBy = { regression: 'mae', classification: 'accuracy' } as const satisfies Record<
  Task,
  MetricName
>;

/** An estimate of a window, what was realized of it, and whether its inputs drifted meanwhile. */
export interface ReconciledEstimate {
  readonly task: Task;
  readonly estimated: Readonly<Partial<Record<MetricName, number>>>;
  readonly intervals: Readonly<Partial<Record<MetricName, readonly [low: number, high: number]>>>;
  readonly realized: Readonly<Partial<Record<MetricName, number>>>;
  readonly inputs: 'stable' | 'drifted' | 'unknown';
}

/** Of the same version, over a window of the same length that overlaps none of the others. */
export interface EarlierEstimate extends Omit<ReconciledEstimate, 'task'> {
  /** How many windows before the newest, from 1 on. */
  readonly windowsBefore: number;
}

export interface GapVerdict {
  readonly verdict: Verdict;
  readonly facts: readonly Fact[];
}

/** A quarter of a year of weeks: what widens more slowly is told by the interval. */
export const windowsOfTrend = 12;
const fewestWindows = 6;
/** Of the slope: at 95%, gaps without any trend would be called widening in 2 of 100 windows. */
const certainty = 0.99;
/** From the first window to the last, as a share of the way from an estimate to the end of its interval. */
const leastWidening = 0.5;

/**
 * Has the world changed, when a model is worse than was estimated from its inputs? A `warning`, while the inputs are stable,
 *
 * - at once where what was realized is on the worse side of the estimate's 95% interval (gaps as wide as usual lie within it);
 * - within the interval where the gap widens: what was realized is worse than estimated, and the least-squares line through
 *   the gaps of the newest 12 windows, of which 6 or more had stable inputs, gets worse at 99% certainty, by half of the way
 *   to the end of the interval or more. Gaps count in shares of the way to the end of their own interval, so that neither a
 *   wider interval nor another level of the metric is taken for a trend.
 *
 * `insufficient-data` where there is no estimate or no realized value, or where the inputs have drifted or nobody has looked:
 * then the estimate itself may be off. Earlier windows of such inputs count for nothing.
 *
 * Simulated: gaps without a trend, a twentieth of them outside their interval, widen in 0.5% of windows where they are
 * independent, and in 4% where neighbours correlate by 0.5. Gaps that widen each week by a tenth of the way to the end, and
 * vary by 0.15 of it, are told before any leaves its interval in 92% of runs, in the median after 8 weeks instead of 11.
 *
 * @param earlier in any order
 * @example
 * const estimate = { task: 'regression', estimated: { mae: 10 }, intervals: { mae: [8, 12] }, inputs: 'stable' };
 * [11, 15, 5].map((mae) => judgeGap({ ...estimate, realized: { mae } }).verdict.level) // ['ok', 'warning', 'ok']
 * @example
 * const estimate = { task: 'regression', estimated: { mae: 10 }, intervals: { mae: [8, 12] }, inputs: 'stable' };
 * const mae = [11.5, 11.4, 11.2, 11, 10.7, 10.6, 10.3, 10];
 * const [newest, ...earlier] = mae.map((mae, i) => ({ ...estimate, realized: { mae }, windowsBefore: i }));
 * judgeGap(newest, earlier).verdict.level // 'warning'
 */
export function judgeGap(newest: ReconciledEstimate, earlier: readonly EarlierEstimate[] = []): GapVerdict {
  const { task, estimated, intervals, realized, inputs } = newest;
  const metric = judgedBy[task];
  const [before, after, interval] = [estimated[metric], realized[metric], intervals[metric]];
  const { label } = metricTable[metric];
  const size = sizeOf(metric, newest);
  if (before === undefined || after === undefined || interval === undefined || size === undefined) {
    const reason = `${label} is not both estimated, with an interval, and realized`;
    return { verdict: { level: 'insufficient-data', reason }, facts: [] };
  }
  const [realizedText, estimatedText] = distinctTexts(metric, after, before);
  const range = `${metricText(metric, interval[0])} to ${metricText(metric, interval[1])}`;
  const found = `${label} is ${realizedText}, estimated was ${estimatedText} (95%: ${range})`;
  const series = seriesOf(metric, newest, earlier);
  const widens = size > 0 && isWidening(series);
  const facts = [
    { name: `${label}, realized`, value: realizedText },
    { name: `${label}, estimated`, value: `${estimatedText} (95%: ${range})` },
    ...(widens ? [{ name: 'Gaps, from the oldest', value: gapsText(metric, series) }] : []),
  ];
  if (size <= 1 && !widens) return { verdict: { level: 'ok', reason: found }, facts };
  const what = size > 1 ? found : `${found}; the gap has widened over ${series.length} windows`;
  if (inputs === 'stable') {
    const reason = `${what}, and the inputs are as they were: they have come to mean something else`;
    return { verdict: { level: 'warning', reason }, facts };
  }
  const why =
    inputs === 'drifted' ? 'but the inputs have drifted too' : 'but nobody has looked at the inputs';
  return { verdict: { level: 'insufficient-data', reason: `${what}, ${why}` }, facts };
}

interface Gap {
  /** In windows; the newest is at 0. */
  readonly at: number;
  /** Realized - estimated. */
  readonly gap: number;
  /** 0 where it is as estimated, 1 at the worse end of the interval, -1 at the better one. */
  readonly size: number;
}

/** From the oldest to the newest. */
function seriesOf(
  metric: MetricName,
  newest: ReconciledEstimate,
  earlier: readonly EarlierEstimate[],
): readonly Gap[] {
  return [
    { ...newest, windowsBefore: 0 },
    ...earlier.filter(({ inputs, windowsBefore }) => inputs === 'stable' && windowsBefore < windowsOfTrend),
  ]
    .toSorted((a, b) => b.windowsBefore - a.windowsBefore)
    .flatMap((one) => {
      const size = sizeOf(metric, one);
      if (size === undefined || !Number.isFinite(size)) return [];
      return [{ at: -one.windowsBefore, gap: one.realized[metric]! - one.estimated[metric]!, size }];
    });
}

function sizeOf(
  metric: MetricName,
  { estimated, realized, intervals }: Omit<ReconciledEstimate, 'task' | 'inputs'>,
): number | undefined {
  const [before, after, interval] = [estimated[metric], realized[metric], intervals[metric]];
  if (before === undefined || after === undefined || interval === undefined) return undefined;
  const worseBy = (value: number): number => -(betterBy(metric, value, before) ?? 0);
  const worse = worseBy(after);
  if (worse === 0) return 0;
  const ends = interval.map(worseBy);
  return worse > 0 ? worse / Math.max(0, ...ends) : -worse / Math.min(0, ...ends);
}

function isWidening(series: readonly Gap[]): boolean {
  if (series.length < fewestWindows) return false;
  const points = series.map(({ at, size }) => ({ x: at, y: size }));
  const { slope, interval } = leastSquaresSlope(points, certainty);
  return interval[0] > 0 && slope * (points.at(-1)!.x - points[0]!.x) >= leastWidening;
}

function gapsText(metric: MetricName, series: readonly Gap[]): string {
  return series.map(({ gap }) => `${gap > 0 ? '+' : ''}${metricText(metric, gap, 2)}`).join(', ');
}
