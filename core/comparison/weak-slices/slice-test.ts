/** Is the loss inside a slice larger than outside of it? */

import { studentQuantile } from '../../statistics/distributions.ts';
import { upperTail } from '../blocks.ts';

/** Rows and their losses, summed by day. */
export interface DailyLosses {
  readonly rows: Float64Array;
  readonly losses: Float64Array;
}

/** No rows on so many days. */
export function emptyDays(count: number): DailyLosses {
  return { rows: new Float64Array(count), losses: new Float64Array(count) };
}

export interface SliceDifference {
  readonly rows: number;
  /** Mean loss inside, and outside. */
  readonly value: number;
  readonly rest: number;
  readonly standardError: number;
  readonly degreesOfFreedom: number;
  /** One-sided: how probable so much more loss inside is by chance. */
  readonly pValue: number;
}

/** On fewer effective days, what a day does cannot be told from what the slice does. */
const fewestDays = 4;
const mostInside = 0.6;

/**
 * Is the mean loss of some rows above that of the others, by more than chance?
 *
 * Days are the observations: the variance of the difference is K / (K - 1) times the sum of the days' squared influences, K
 * the effective number of days (see `effectiveBlocks`) of the side that has fewer (rows of a slice may be of few days), with K - 1 degrees of
 * freedom; and never less than that of as many independent rows, so that a slice in which every row happens to be alike
 * does not count as certain.
 *
 * Undefined with fewer than `minimumRows` rows or 4 effective days on a side, or more than 60% of the rows inside: then it
 * is the rest that is special.
 *
 * Sources: Chung, Kraska, Polyzotis, Tae and Whang (2019), "Slice Finder", ICDE (Welch's test of a slice against the rest,
 * which takes rows for independent); Carter, Schnepel and Steigerwald (2017), Review of Economics and Statistics 99.
 *
 * @param rowVariance of the losses of single rows
 */
export function testSlice(
  inside: DailyLosses,
  all: DailyLosses,
  { minimumRows, rowVariance }: { readonly minimumRows: number; readonly rowVariance: number },
): SliceDifference | undefined {
  // Thousands of slices are tested: nothing is allocated.
  let [rows, loss, allRows, allLoss, squaredRows, squaredRestRows] = [0, 0, 0, 0, 0, 0];
  for (let day = 0; day < all.rows.length; day += 1) {
    rows += inside.rows[day]!;
    loss += inside.losses[day]!;
    allRows += all.rows[day]!;
    allLoss += all.losses[day]!;
    squaredRows += inside.rows[day]! ** 2;
    squaredRestRows += (all.rows[day]! - inside.rows[day]!) ** 2;
  }
  const restRows = allRows - rows;
  if (rows < minimumRows || restRows < minimumRows || rows > mostInside * allRows) return undefined;
  const days = Math.min(rows ** 2 / squaredRows, restRows ** 2 / squaredRestRows);
  if (days < fewestDays) return undefined;
  const [value, rest] = [loss / rows, (allLoss - loss) / restRows];
  let squares = 0;
  for (let day = 0; day < all.rows.length; day += 1) {
    const [dayRows, dayLoss] = [inside.rows[day]!, inside.losses[day]!];
    const influence =
      (dayLoss - value * dayRows) / rows -
      (all.losses[day]! - dayLoss - rest * (all.rows[day]! - dayRows)) / restRows;
    squares += influence ** 2;
  }
  const independent = rowVariance * (1 / rows + 1 / restRows);
  const standardError = Math.sqrt(Math.max((days / (days - 1)) * squares, independent));
  const pValue = upperTail(value - rest, standardError, days - 1);
  return { rows, value, rest, standardError, degreesOfFreedom: days - 1, pValue };
}

/** The 95% interval of value - rest. */
export function intervalOf({ value, rest, standardError, degreesOfFreedom }: SliceDifference): {
  low: number;
  high: number;
} {
  const reach = standardError * studentQuantile(0.975, degreesOfFreedom);
  return { low: value - rest - reach, high: value - rest + reach };
}
