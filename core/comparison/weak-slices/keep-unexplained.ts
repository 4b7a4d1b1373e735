/** Which of the weak slices say something that the others do not? */

import type { Candidate, TestedRows, WeakSliceOptions } from './find-weak-slices.ts';
import type { SlicedFeature } from './slice-conditions.ts';
import { emptyDays, testSlice } from './slice-test.ts';

/** More candidates are not looked at: they overlap those before them. */
const mostExamined = 400;

type IsIn = (row: number) => boolean;

/**
 * The most certain candidates that others do not explain, at most `most`, the most certain first.
 *
 * A candidate of two conditions is explained by a slice of one of them that was found too, unless it is worse than the other
 * rows of that slice. Any candidate is explained by slices kept before it, unless at least half of its rows are outside of
 * them, and these are worse than the other rows outside of them; where one of its two conditions has been kept, within that
 * slice. Worse means by the same test, p at most `alpha`, and by the same effect.
 *
 * The correction for many tests is not repeated: all candidates have passed it, and this only decides which of them to tell.
 */
export function keepUnexplained(
  candidates: readonly Candidate[],
  features: readonly SlicedFeature[],
  tested: TestedRows,
  { effect, alpha, most }: WeakSliceOptions & { readonly most: number },
): readonly Candidate[] {
  const ordered = candidates
    .toSorted((a, b) => a.pValue - b.pValue || excessOf(b) - excessOf(a))
    .slice(0, mostExamined);
  const isIn = ({ ranges }: Candidate): IsIn => {
    const limits = ranges.map(({ feature, low, high }) => ({ codes: features[feature]!.codes, low, high }));
    return (row) => limits.every(({ codes, low, high }) => codes[row]! >= low && codes[row]! <= high);
  };
  const isWorse = (candidate: Candidate, among: IsIn): boolean => {
    const found = testAmong(isIn(candidate), among, tested);
    return (
      found !== undefined &&
      found.rows >= candidate.rows / 2 &&
      found.pValue <= alpha / ordered.length &&
      found.value >= (1 + effect) * found.rest
    );
  };
  const parentsOf = (child: Candidate, slices: readonly Candidate[]): readonly Candidate[] =>
    child.ranges.length === 1
      ? []
      : slices.filter(({ ranges }) => ranges.length === 1 && child.ranges.some(isSameAs(ranges[0]!)));

  const kept: Candidate[] = [];
  for (const candidate of ordered) {
    if (kept.length === most) break;
    if (!parentsOf(candidate, ordered).every((parent) => isWorse(candidate, isIn(parent)))) continue;
    const keptParents = parentsOf(candidate, kept);
    const within = keptParents.map(isIn);
    const others = kept.filter((slice) => !keptParents.includes(slice)).map(isIn);
    const among: IsIn = (row) => within.every((one) => one(row)) && !others.some((one) => one(row));
    if (kept.length === 0 || isWorse(candidate, among)) kept.push(candidate);
  }
  return kept;
}

type Range = Candidate['ranges'][number];

function isSameAs(one: Range): (other: Range) => boolean {
  return (other) => one.feature === other.feature && one.low === other.low && one.high === other.high;
}

function excessOf({ rows, value, rest }: Candidate): number {
  return rows * (value - rest);
}

function testAmong(isInside: IsIn, isAmong: IsIn, tested: TestedRows): ReturnType<typeof testSlice> {
  const [inside, among] = [emptyDays(tested.days.count), emptyDays(tested.days.count)];
  for (const row of tested.rows) {
    if (!isAmong(row)) continue;
    const day = tested.days.of[row]!;
    for (const one of isInside(row) ? [inside, among] : [among]) {
      one.rows[day]! += 1;
      one.losses[day]! += tested.losses[row]!;
    }
  }
  return testSlice(inside, among, tested);
}
