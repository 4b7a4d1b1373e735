/** Does a model err more in the windows in which a feature has drifted more? */

import { sampleCorrelation } from 'simple-statistics';

import { ranksOf } from '../multivariate/association.ts';
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
export interface DriftErrorCorrelation {
  /** Spearman's rank correlation, -1 to 1. */
  readonly correlation: number;
  readonly pValue: number;
  /** Windows that count: those apart from each other. */
  readonly windows: number;
}

const fewestWindows = 8;

/**
 * Do drift and error rise together over past windows?
 *
 * Windows that overlap share rows and count once: from the newest backwards, each that is apart from those taken.
 * Spearman's correlation of the two series, ties at their mean rank; p by Student's law for r sqrt((n - 2) / (1 - r^2))
 * with n - 2 degrees of freedom, two-sided.
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
    const reason = `${windows} windows apart from each other have both drift and error, ${fewestWindows} are needed`;
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
  return { correlation, pValue: Math.min(1, 2 * studentSurvival(t, windows - 2)), windows };
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
