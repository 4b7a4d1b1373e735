/** When did the world of a model last change for good? */

import { mean, median } from 'simple-statistics';

import type { MetricName } from '../performance/metrics.ts';
import { distinctTexts, metricTable } from '../performance/metrics.ts';
import { formatPValue } from '../number-text.ts';
import type { Window } from '../window.ts';
import { formatDay } from '../window.ts';

/** The error of one version on one day. */
export interface DailyError {
  readonly version: string;
  /** Its midnight. */
  readonly day: number;
  readonly value: number;
}

/** What the drift run of one day said of the dataset. */
export interface DriftDay {
  /** The current window of that day. */
  readonly window: Window;
  readonly drifted: boolean;
}

export interface RegimeFacts {
  readonly metric: MetricName;
  /** The oldest first. */
  readonly errors: readonly DailyError[];
  /** The oldest first. */
  readonly drift: readonly DriftDay[];
}

export interface RegimeChange {
  readonly at: number;
  readonly reason: string;
}

/** Shorter stretches are a spell, not a level. */
const fewestDays = 7;
const level = 0.01;
/** A sure change of less than this share of the error is no reason to forget what came before it. */
const smallestChange = 0.1;

/**
 * When did the world of a model last change for good? The newest of two kinds of change; null where none is found, also with
 * too few days to tell.
 *
 * The *error* has moved to another level while the model stayed the same: within the days of each version, Pettitt's test
 * (see `levelShift`) finds one change after the other, each in the days after the one before; a change counts when the
 * medians of both sides differ by at least a tenth. Or the *data* have moved: the dataset has drifted in a run and had not in
 * the one before; the middle of the window of that run is taken.
 *
 * Source: A. N. Pettitt, A non-parametric approach to the change-point problem, Applied Statistics 28 (1979); one after the
 * other is binary segmentation, of which only the last part is followed.
 *
 * @example
 * const errors = Array.from({ length: 40 }, (_, i) => ({ version: 'a', day: i * dayMs, value: (i < 25 ? 50 : 80) + (i * 7) % 5 }));
 * lastRegimeChange({ metric: 'rmse', errors, drift: [] })
 * // { at: 25 * dayMs, reason: 'RMSE of a moved from 52 to 82 on 1970-01-26 (p = 5.2e-6)' }
 */
export function lastRegimeChange({ metric, errors, drift }: RegimeFacts): RegimeChange | null {
  const versions = [...new Set(errors.map(({ version }) => version))];
  const changes = [
    ...versions.map((version) =>
      lastShift(
        metric,
        errors.filter((error) => error.version === version),
      ),
    ),
    lastOnset(drift),
  ];
  return changes.reduce((newest, change) => {
    if (change === null || newest === null) return newest ?? change;
    return change.at > newest.at ? change : newest;
  }, null);
}

function lastShift(metric: MetricName, days: readonly DailyError[]): RegimeChange | null {
  let last: RegimeChange | null = null;
  for (let rest = days; ;) {
    const shift = levelShift(rest.map(({ value }) => value));
    if (shift === null || shift.pValue > level) return last;
    const [before, after] = [rest.slice(0, shift.index), rest.slice(shift.index)];
    const medians = [before, after].map((part) => median(part.map(({ value }) => value)));
    const [from, to] = [medians[0]!, medians[1]!];
    const first = after[0]!;
    if (Math.abs(to - from) >= smallestChange * Math.abs(from)) {
      const [fromText, toText] = distinctTexts(metric, from, to);
      const p = formatPValue(shift.pValue);
      const evidence = p.startsWith('<') ? `p ${p}` : `p = ${p}`;
      last = {
        at: first.day,
        reason: `${metricTable[metric].label} of ${first.version} moved from ${fromText} to ${toText} on ${formatDay(first.day)} (${evidence})`,
      };
    }
    rest = after;
  }
}

function lastOnset(drift: readonly DriftDay[]): RegimeChange | null {
  const onset = drift.findLast(({ drifted }, index) => drifted && drift[index - 1]?.drifted === false);
  if (onset === undefined) return null;
  const { start, end } = onset.window;
  return {
    at: (start + end) / 2,
    reason: `the dataset drifted in the days from ${formatDay(start)} to ${formatDay(end - 1)}`,
  };
}

export interface LevelShift {
  /** Of the first value at the new level. */
  readonly index: number;
  readonly pValue: number;
}

/**
 * Where is a change of the level of a series most likely, and how surprising would it be in one that has none? Pettitt's test,
 * by ranks, so that neither the unit nor single outliers matter.
 *
 * The statistic is the largest |U(t)|, where U(t) counts over the pairs across t how much more often the later one is smaller;
 * p is 2 exp(-6 K^2 / (n^3 + n^2)), at most 1. That law is for independent values: where neighbours are alike, K^2 is taken down
 * by (1 - r) / (1 + r), with r the autocorrelation of neighbours, as the sizes of the differences within both sides have it.
 *
 * Null with fewer than 7 values on either side, and for a constant series. Cost: n^2.
 *
 * @example levelShift([3, 1, 2, 3, 1, 2, 3, 1, 9, 8, 7, 9, 8, 7, 9, 8]).index // 8
 */
export function levelShift(values: readonly number[]): LevelShift | null {
  const n = values.length;
  let [index, largest, u] = [0, 0, 0];
  for (let t = 1; t < n; t += 1) {
    const value = values[t - 1]!;
    u += values.reduce((sum, other) => sum + Math.sign(value - other), 0);
    if (t >= fewestDays && n - t >= fewestDays && Math.abs(u) > largest) [index, largest] = [t, Math.abs(u)];
  }
  if (largest === 0) return null;
  const likeness = likenessOfNeighbours([values.slice(0, index), values.slice(index)]);
  const independent = (1 - likeness) / (1 + likeness);
  return { index, pValue: Math.min(1, 2 * Math.exp((-6 * largest ** 2 * independent) / (n ** 3 + n ** 2))) };
}

/**
 * The autocorrelation from one value to the next, from 0 to 1, which other changes of the level hardly touch: in a series that is
 * alike by r from neighbour to neighbour, steps over two places are larger than those over one by the root of 1 + r.
 */
function likenessOfNeighbours(sides: readonly (readonly number[])[]): number {
  const [one, two] = [meanStep(sides, 1), meanStep(sides, 2)];
  return one === 0 ? 0 : Math.min(0.99, Math.max(0, (two / one) ** 2 - 1));
}

function meanStep(sides: readonly (readonly number[])[], places: number): number {
  return mean(
    sides.flatMap((side) => side.slice(places).map((value, index) => Math.abs(value - side[index]!))),
  );
}
