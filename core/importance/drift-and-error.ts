/** Does a model err more in the windows in which a feature has drifted more? */

import { sampleCorrelation } from 'simple-statistics';

import { adjustPValues } from '../drift/false-discovery.ts';
import { ranksOf } from '../multivariate/association.ts';
import { formatPValue, formatSignificant } from '../number-text.ts';
import { countText, metricTable, type MetricName } from '../performance/metrics.ts';
import { studentSurvival } from '../statistics/distributions.ts';
import { overlaps, type Window } from '../window.ts';

/**
 * One past window: how far a feature had drifted in it (the effect of its deciding method), and an error metric of the
 * model.
 */
export interface DriftAndError {
  readonly window: Window;
  readonly drift: number;
  readonly error: number;
}

/** JSON-safe. */
interface DriftErrorCorrelation {
  /** Spearman's rank correlation, -1 to 1. */
  readonly correlation: number;
  readonly pValue: number;
  /** Windows that count: those apart from each other. */
  readonly windows: number;
}

/** What is known of one feature; JSON-safe. */
export interface FeatureDriftAndError {
  readonly feature: string;
  /** Whether drift and error go together: `unknown` with fewer than 8 windows, or where either never changes. */
  readonly related: 'yes' | 'no' | 'unknown';
  /** Spearman's rank correlation: 1 where a window of more drift has always been one of more error; null when unknown. */
  readonly correlation: number | null;
  readonly pValue: number | null;
  /** After the correction for all features. */
  readonly adjustedPValue: number | null;
  /** Past windows that were looked at; null when unknown. */
  readonly windows: number | null;
  readonly reason: string;
}

const fewestWindows = 8;

/**
 * Of which features does the drift go together with the model's error?
 *
 * Each feature's correlation (see `correlateDriftAndError`), its p-value corrected for all of them (Benjamini and
 * Hochberg): related where that is at most `alpha`.
 *
 * @param metric what the errors are; of one where higher is better, less of it counts as more error
 * @example
 * const weeks = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10].map((error, i) => {
 *   const window = { start: i * weekMs, end: (i + 1) * weekMs };
 *   return { window, drift: error === 3 ? 0.8 : error / 10, error };
 * });
 * correlateFeatures(new Map([['hum', weeks]]), { metric: 'rmse', alpha: 0.05 })[0].reason
 * // 'hum: the more it drifts, the worse the RMSE (rank correlation 0.85 over 10 windows, p 0.0018 after correction)'
 */
export function correlateFeatures(
  series: ReadonlyMap<string, readonly DriftAndError[]>,
  { metric, alpha }: { readonly metric: MetricName; readonly alpha: number },
): readonly FeatureDriftAndError[] {
  const sign = metricTable[metric].direction === 'higher-is-better' ? -1 : 1;
  const found = [...series].map(
    ([feature, points]) =>
      [
        feature,
        correlateDriftAndError(points.map((point) => ({ ...point, error: sign * point.error }))),
      ] as const,
  );
  const pValues = found.flatMap(([, result]) => ('pValue' in result ? result.pValue : []));
  const adjusted = adjustPValues(pValues).values();
  return found.map(([feature, result]) => {
    if ('level' in result) {
      const none = { correlation: null, pValue: null, adjustedPValue: null, windows: null };
      return { feature, related: 'unknown', ...none, reason: `${feature}: ${result.reason}` };
    }
    const adjustedPValue = adjusted.next().value!;
    const related = adjustedPValue <= alpha ? 'yes' : 'no';
    const reason = `${feature}: ${inWords(metric, related, { ...result, adjustedPValue })}`;
    return { feature, related, ...result, adjustedPValue, reason };
  });
}

function inWords(
  metric: MetricName,
  related: 'yes' | 'no',
  { correlation, adjustedPValue, windows }: DriftErrorCorrelation & { readonly adjustedPValue: number },
): string {
  const { label } = metricTable[metric];
  const head =
    related === 'no'
      ? `its drift and the ${label} do not go together`
      : `the more it drifts, the ${correlation > 0 ? 'worse' : 'better'} the ${label}`;
  const numbers = `rank correlation ${formatSignificant(correlation, 2)} over ${windows} windows, p ${formatPValue(adjustedPValue)} after correction`;
  return `${head} (${numbers})`;
}

/**
 * Do drift and error rise together over past windows?
 *
 * Windows that overlap share rows and count once: from the newest backwards, each that is apart from those taken.
 * Spearman's correlation of the two series, ties at their mean rank; p by Student's law for r sqrt((n - 2) / (1 - r^2))
 * with n - 2 degrees of freedom, two-sided, and at least 2 / n!, what perfect order has by chance.
 *
 * `insufficient-data` below 8 windows apart, or where either series never changes. Correlation is no cause: a season
 * drives both. Source: Spearman (1904); `scipy.stats.spearmanr`.
 *
 * @example
 * const errors = [3, 1, 2, 4, 5, 7, 6, 8];
 * correlateDriftAndError(errors.map((error, week) => ({ window: { start: week, end: week + 1 }, drift: week, error })))
 * // { correlation: 38 / 42, pValue: 0.00200828, windows: 8 }
 */
export function correlateDriftAndError(
  past: readonly DriftAndError[],
): DriftErrorCorrelation | { readonly level: 'insufficient-data'; readonly reason: string } {
  const apart = newestApart(past);
  const windows = apart.length;
  if (windows < fewestWindows) {
    const known = countText(windows, 'separate window');
    const reason = `drift and error are both known of ${known}, ${fewestWindows} are needed`;
    return { level: 'insufficient-data', reason };
  }
  const ranks = (['drift', 'error'] as const).map((series) =>
    Array.from(ranksOf(Float64Array.from(apart, (point) => point[series]))),
  );
  const [drift, error] = ranks as [number[], number[]];
  if (new Set(drift).size === 1 || new Set(error).size === 1) {
    const series = new Set(drift).size === 1 ? 'drift' : 'error';
    return { level: 'insufficient-data', reason: `the ${series} is the same in all ${windows} windows` };
  }
  const correlation = Math.min(1, Math.max(-1, sampleCorrelation(drift, error)));
  const t = Math.abs(correlation) * Math.sqrt((windows - 2) / (1 - correlation ** 2));
  const twoSided = Math.min(1, 2 * studentSurvival(t, windows - 2));
  return { correlation, pValue: Math.max(twoSided, leastPValue(windows)), windows };
}

/** No order of so many ranks is less probable: all rise together, or one falls as the other rises. */
function leastPValue(windows: number): number {
  let orders = 1;
  for (let rank = 2; rank <= windows; rank += 1) orders *= rank;
  return 2 / orders;
}

function newestApart(past: readonly DriftAndError[]): DriftAndError[] {
  const apart: DriftAndError[] = [];
  for (const point of past.toSorted(
    (a, b) => b.window.end - a.window.end || b.window.start - a.window.start,
  )) {
    if (!apart.some(({ window }) => overlaps(window, point.window))) apart.push(point);
  }
  return apart;
}
