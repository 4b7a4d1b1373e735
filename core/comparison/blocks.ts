/** How sure is a number whose rows come in hours and days that resemble each other? */

import { studentQuantile, studentSurvival } from '../statistics/distributions.ts';
import { countText } from '../performance/metrics.ts';
import { dayMs, hourMs, type Window } from '../window.ts';

/** Rows of one block of time count as one observation; different days as independent. */
export type BlockLength = 'hour' | 'day';

/** Fewer blocks with rows on a side say nothing about how much blocks differ. */
const fewestBlocks = 4;
const confidence = 0.95;
const rounding = 1e-12;

/** What is known about a difference beside its number: its 95% interval and its two-sided p-value. */
export type Certainty =
  | {
      readonly low: number;
      readonly high: number;
      readonly pValue: number;
      readonly degreesOfFreedom: number;
    }
  | { readonly notComputable: string };

/**
 * In which blocks are the rows of a window summed up? Days where it has at least seven, else hours.
 *
 * @example [blockLengthOf({ start: 0, end: 7 * dayMs }), blockLengthOf({ start: 0, end: dayMs })] // ['day', 'hour']
 */
export function blockLengthOf({ start, end }: Window): BlockLength {
  return end - start >= 7 * dayMs ? 'day' : 'hour';
}

/**
 * The same in milliseconds.
 *
 * @example blockMs('day') // 86_400_000
 */
export function blockMs(length: BlockLength): number {
  return length === 'day' ? dayMs : hourMs;
}

/**
 * How sure is a difference, given what each block adds to its error?
 *
 * Days: batch means, variance K / (K - 1) times the sum of the squared influences of K days. Hours: neighbours are alike, so
 * the influences are projected on the first v cosines (equal-weighted cosines; v = 0.4 T^(2/3) of T hours): the variance is
 * 2 / v times the sum of the squared projections. Student's law, with K - 1 or v degrees of freedom; at most the effective
 * number of blocks of the side that has fewer of them, less 1 (a side whose rows are nearly all of one day has next to none).
 *
 * Of sides that do not differ, 4 to 6% are told apart at 5% by a week or four whose hours are independent or carry half of a
 * shock to the next one, and 7 to 8% where they carry 80%, since neighbouring days then are alike. One day is little: 5 to
 * 10%, and 12 to 19% at 80%. The spread that intervals of metrics have (`createSpreadOf`) stays at 3 to 5% of weeks (9 to 14% of a day at
 * 80%), but needs every hour and finds up to 18 in 100 fewer of the differences that are there (bench/comparison).
 *
 * Influences that are all 0 give an interval of no width, and p = 1 for a difference of 0, else 0. Not computable with
 * fewer than 4 blocks on a side.
 *
 * Sources: Lazarus, Lewis, Stock and Watson (2018), Journal of Business & Economic Statistics 36 (cosines and v); Carter,
 * Schnepel and Steigerwald (2017), Review of Economics and Statistics 99 (effective number). Cost: blocks x v.
 *
 * @param influences in the order of time; they add up to 0
 * @param sides rows of each block, of either side
 * @example
 * const rows = [5, 5, 5, 5];
 * certaintyOf(1, [0.1, -0.2, 0.3, -0.2], [rows, rows], 'day')
 * // { low: -0.559074, high: 2.559074, pValue: 0.133887, degreesOfFreedom: 3 }
 */
export function certaintyOf(
  difference: number,
  influences: readonly number[],
  sides: readonly (readonly number[])[],
  length: BlockLength,
): Certainty {
  const fewest = Math.min(...sides.map((rows) => rows.filter((count) => count > 0).length));
  if (fewest < fewestBlocks) {
    return {
      notComputable: `the rows are of ${countText(fewest, length)}; how sure the difference is takes ${fewestBlocks}`,
    };
  }
  const { variance, degrees } = length === 'day' ? ofDays(influences) : ofHours(influences);
  const degreesOfFreedom = Math.min(degrees, ...sides.map((rows) => effectiveBlocks(rows) - 1));
  const standardError = Math.sqrt(variance);
  const reach = standardError * studentQuantile((1 + confidence) / 2, degreesOfFreedom);
  return {
    low: difference - reach,
    high: difference + reach,
    pValue: Math.min(1, 2 * upperTail(Math.abs(difference), standardError, degreesOfFreedom)),
    degreesOfFreedom,
  };
}

/**
 * How probable is a difference at least as large, by chance? Without any error, 0 above 0, else 1.
 *
 * @example upperTail(2.228138851986274, 1, 10) // 0.025
 */
export function upperTail(difference: number, standardError: number, degreesOfFreedom: number): number {
  if (standardError > 0) return studentSurvival(difference / standardError, degreesOfFreedom);
  return difference > 0 ? 0 : 1;
}

/**
 * Blocks of equal size that would be as uncertain as these: all of them where they are of one size, 1 where one has nearly
 * all rows (Kish).
 *
 * @example effectiveBlocks([5, 5, 0, 0]) // 2
 */
export function effectiveBlocks(rows: Iterable<number>): number {
  let [total, squares] = [0, 0];
  for (const count of rows) {
    total += count;
    squares += count ** 2;
  }
  return total ** 2 / squares;
}

function ofDays(influences: readonly number[]): { variance: number; degrees: number } {
  const count = influences.length;
  return { variance: (count / (count - 1)) * sum(influences.map((each) => each ** 2)), degrees: count - 1 };
}

function ofHours(influences: readonly number[]): { variance: number; degrees: number } {
  const count = influences.length;
  const degrees = Math.max(2, Math.round(0.4 * count ** (2 / 3)));
  let squares = 0;
  for (let j = 1; j <= degrees; j += 1) {
    let projection = 0;
    for (const [t, influence] of influences.entries())
      projection += influence * Math.cos((Math.PI * j * (t + 0.5)) / count);
    squares += projection ** 2;
  }
  return { variance: (2 / degrees) * squares, degrees };
}

/** How far apart two numbers are; what only rounding tells apart is not. */
export function differenceOf(a: number, b: number): number {
  return Math.abs(a - b) <= rounding * Math.max(Math.abs(a), Math.abs(b)) ? 0 : a - b;
}

/** @example sum([1, 2, 3]) // 6 */
export function sum(values: Iterable<number>): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}
