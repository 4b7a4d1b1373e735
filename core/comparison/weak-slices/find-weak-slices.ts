/** In which slices of the rows does a model err more than elsewhere? */

import { adjustPValues } from '../../drift/false-discovery.ts';
import { rowCountOf, type Sample } from '../../multivariate/sample.ts';
import { sum } from '../blocks.ts';
import { floorToDay } from '../../window.ts';
import { keepUnexplained } from './keep-unexplained.ts';
import { conditionsOn, type SliceCondition, type SlicedFeature } from './slice-conditions.ts';
import { emptyDays, intervalOf, testSlice, type DailyLosses, type SliceDifference } from './slice-test.ts';

/** JSON-safe. */
export interface WeakSlice {
  /** One, or two that both hold. */
  readonly conditions: readonly SliceCondition[];
  readonly rows: number;
  /** Mean loss inside, and elsewhere. */
  readonly value: number;
  readonly rest: number;
  /** 95% interval of value - rest. */
  readonly low: number;
  readonly high: number;
  /** One-sided, and the same after the correction for all slices that were tried. */
  readonly pValue: number;
  readonly adjustedPValue: number;
}

export interface WeakSlices {
  /** The most certain first; at most 10. */
  readonly slices: readonly WeakSlice[];
  /** Slices with enough rows of enough days. */
  readonly tried: number;
}

export interface WeakSliceOptions {
  /** Rows that a slice, and the rest, need. */
  readonly minimumRows: number;
  /** How much worse a slice has to be: 0.2 is 20% more loss than elsewhere. */
  readonly effect: number;
  /** Expected share of false ones among the slices found. */
  readonly alpha: number;
}

const most = 10;
/** Pairs of more features would be thousands. */
const pairedFeatures = 20;
/** Of two conditions, one that leaves nearly all rows of the other says nothing. */
const mostOfCondition = 0.75;

/** Some rows: those with codes in a range of one feature, and of another (which may be every row). */
export interface Candidate extends SliceDifference {
  readonly ranges: readonly {
    readonly feature: number;
    readonly low: number;
    readonly high: number;
    readonly condition: SliceCondition;
  }[];
  readonly adjustedPValue: number;
}

const everyRow: Omit<SlicedFeature, 'codes'> = {
  bins: 1,
  ranges: [{ low: 0, high: 0, condition: { feature: '', missing: true } }],
};

/**
 * In which slices, of one condition or of two together, is the loss larger than elsewhere?
 *
 * Tried are all conditions (see `conditionsOn`) on each feature, and all pairs of them on two of the first 20
 * features, of which each leaves out at least a quarter of the other's rows. Each slice is tested against the rest (see `testSlice`); the p-values of all that were tried are corrected together (Benjamini
 * and Hochberg), so that of the slices found at most a share `alpha` is expected to be false. A slice is found when its
 * corrected p is at most `alpha` and its mean loss at least 1 + `effect` times that elsewhere. Of those found, the most
 * certain ones that others do not explain are given (see `keepUnexplained`).
 *
 * Rows without a finite loss are left out. Not computable where all losses are the same. Days of UTC count as independent;
 * where weather or holidays last for several, p-values are too small.
 *
 * Source: Chung, Kraska, Polyzotis, Tae and Whang (2019), "Slice Finder: automated data slicing for model validation", ICDE.
 * Cost: 20,000 rows of 10 features take about 0.3 s.
 *
 * @param losses of each row of the sample, 0 or more, NaN where there is none
 * @example
 * const hours = Array.from({ length: 30 * 24 }, (_, hour) => hour);
 * const sample = sampleOf(
 *   [{ name: 'hr', kind: 'continuous' }],
 *   hours.map((hour) => ({ time: hour * hourMs, values: [hour % 24] })),
 * );
 * const losses = Float64Array.from(hours, (hour) => (hour % 24 >= 20 ? 60 : 30) + (hour % 7));
 * findWeakSlices(sample, losses, { minimumRows: 30, effect: 0.2, alpha: 0.05 }).slices.map(sliceInWords)
 * // ['hr at least 20']
 */
export function findWeakSlices(
  sample: Sample,
  losses: Float64Array,
  options: WeakSliceOptions,
): WeakSlices | { readonly notComputable: string } {
  const rows = Int32Array.from(losses.keys()).filter((row) => Number.isFinite(losses[row]!));
  const rowVariance = varianceOf(losses, rows);
  if (!(rowVariance > 0)) return { notComputable: 'the loss is the same in all rows' };
  const days = daysOf(sample, rows);
  const tested = { days, losses, rows, rowVariance, minimumRows: options.minimumRows };
  const features = sample.columns.map(conditionsOn);
  const pValues: number[] = [];
  const promising: { candidate: Omit<Candidate, 'adjustedPValue'>; index: number }[] = [];
  const every = { ...everyRow, codes: new Uint8Array(rowCountOf(sample)) };
  for (const [i, feature] of features.entries()) {
    const others = i < pairedFeatures ? features.slice(i + 1, pairedFeatures) : [];
    for (const [j, other] of [every, ...others].entries()) {
      for (const found of testPairs(feature, other, tested)) {
        pValues.push(found.difference.pValue);
        const { value, rest, pValue } = found.difference;
        if (pValue > options.alpha || !(value >= (1 + options.effect) * rest)) continue;
        const ranges = [{ feature: i, ...found.range }];
        if (other !== every) ranges.push({ feature: i + j, ...found.otherRange });
        promising.push({ candidate: { ...found.difference, ranges }, index: pValues.length - 1 });
      }
    }
  }
  const adjusted = adjustPValues(pValues);
  const candidates = promising
    .map(({ candidate, index }): Candidate => ({ ...candidate, adjustedPValue: adjusted[index]! }))
    .filter(({ adjustedPValue }) => adjustedPValue <= options.alpha);
  const kept = keepUnexplained(candidates, features, tested, { ...options, most });
  return { slices: kept.map(weakSliceOf), tried: pValues.length };
}

/** What a search looks at: which rows count, on which day each was, and its loss. */
export interface TestedRows {
  readonly rows: Int32Array;
  readonly days: { readonly of: Int32Array; readonly count: number };
  readonly losses: Float64Array;
  readonly rowVariance: number;
  readonly minimumRows: number;
}

/** Every condition on one feature together with every one on another, where each leaves out a quarter of the other's rows. */
function* testPairs(
  feature: SlicedFeature,
  other: SlicedFeature,
  tested: TestedRows,
): Generator<{
  difference: SliceDifference;
  range: SlicedFeature['ranges'][number];
  otherRange: SlicedFeature['ranges'][number];
}> {
  const { rows, days, losses } = tested;
  const cells = Array.from({ length: feature.bins * other.bins }, () => emptyDays(days.count));
  const all = emptyDays(days.count);
  for (const row of rows) {
    const cell = cells[feature.codes[row]! * other.bins + other.codes[row]!]!;
    const day = days.of[row]!;
    for (const sums of [cell, all]) {
      sums.rows[day]! += 1;
      sums.losses[day]! += losses[row]!;
    }
  }
  // One for all slices: thousands are tested.
  const inside = emptyDays(days.count);
  const fill = (range: Codes, otherRange: Codes): number => {
    inside.rows.fill(0);
    inside.losses.fill(0);
    for (let code = range.low; code <= range.high; code += 1) {
      for (let otherCode = otherRange.low; otherCode <= otherRange.high; otherCode += 1)
        addDays(inside, cells[code * other.bins + otherCode]!);
    }
    return sum(inside.rows);
  };
  const alone = (ranges: SlicedFeature['ranges'], rowsOf: (range: Codes) => number): readonly number[] =>
    ranges.map((range) => (other.bins === 1 ? Infinity : rowsOf(range)));
  const ofFeature = alone(feature.ranges, (range) => fill(range, { low: 0, high: other.bins - 1 }));
  const ofOther = alone(other.ranges, (range) => fill({ low: 0, high: feature.bins - 1 }, range));
  for (const [i, range] of feature.ranges.entries()) {
    for (const [j, otherRange] of other.ranges.entries()) {
      if (fill(range, otherRange) > mostOfCondition * Math.min(ofFeature[i]!, ofOther[j]!)) continue;
      const difference = testSlice(inside, all, tested);
      if (difference !== undefined) yield { difference, range, otherRange };
    }
  }
}

type Codes = Pick<SlicedFeature['ranges'][number], 'low' | 'high'>;

function weakSliceOf(candidate: Candidate): WeakSlice {
  const { ranges, rows, value, rest, pValue, adjustedPValue } = candidate;
  const conditions = ranges.map(({ condition }) => condition);
  return { conditions, rows, value, rest, ...intervalOf(candidate), pValue, adjustedPValue };
}

function daysOf({ times }: Sample, rows: Int32Array): TestedRows['days'] {
  const indexOf = new Map<number, number>();
  const of = new Int32Array(times.length);
  for (const row of rows) {
    const day = floorToDay(times[row]!);
    const index = indexOf.get(day) ?? indexOf.size;
    indexOf.set(day, index);
    of[row] = index;
  }
  return { of, count: indexOf.size };
}

function addDays(sums: DailyLosses, added: DailyLosses): void {
  for (let day = 0; day < sums.rows.length; day += 1) {
    sums.rows[day]! += added.rows[day]!;
    sums.losses[day]! += added.losses[day]!;
  }
}

function varianceOf(losses: Float64Array, rows: Int32Array): number {
  let sum = 0;
  for (const row of rows) sum += losses[row]!;
  const mean = sum / rows.length;
  let squares = 0;
  for (const row of rows) squares += (losses[row]! - mean) ** 2;
  return squares / (rows.length - 1);
}
