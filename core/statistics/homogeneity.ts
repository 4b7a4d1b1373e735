/** Have two samples the same shares of levels? What chi-squared and G share; they differ in how they measure a difference. */

import {
  occurringBinsOf,
  reasonNoCounts,
  sumOverBins,
  totalOf,
  type BinCounts,
  type Term,
} from './bin-counts.ts';
import type { Computation, Sides } from './comparison.ts';
import { chiSquaredSurvival } from './distributions.ts';
import { hypergeometricProbability, rangeOf } from './hypergeometric.ts';
import { permutationSurvival } from './permutation-law.ts';

/** A measure of how far counts are from what equal shares would give. */
export interface Discrepancy {
  readonly termOf: (counts: BinCounts) => Term;
  /** All of it is that of some levels, that of all others together, and so much of that within the others, given their sizes. */
  readonly weightWithin: (all: Sides<number>, others: Sides<number>) => number;
}

/** Cochran's rule: below it the chi-squared law is too rough. */
const leastExpected = 5;
/** Statistics that only rounding tells apart are ties. */
const tie = 1 - 1e-9;
/** Counts of rare levels that are less probable are left out: 60 counts a level do, 3 ms for two of them. */
const leastExact = 1e-50;

/**
 * Tests two lists of counts, level by level.
 *
 * Levels that are expected fewer than 5 times on a side are merged into one, those fewer than once into another, so that new
 * levels do not drown in rare ones. The p-value is from the chi-squared law with k - 1 degrees of freedom; where a merged
 * level is still expected fewer than 5 times, exact in it (hypergeometric, down to 1e-50) and chi-squared in the others. Where every level is
 * rare, nothing is merged, and it is from the law of permutations. Measured as for `permutationSurvival`, chi-squared and G
 * gave 3.0-6.1%, 0.5-1.3% and 0.03-0.19%.
 */
export function homogeneityOfCounts(
  reference: readonly number[],
  current: readonly number[],
  discrepancy: Discrepancy,
): Computation {
  const reason = reasonNoCounts(reference, current);
  if (reason !== undefined) return { notComputable: reason };
  const merged = mergeRare(occurringBinsOf({ reference, current }));
  const levels = merged.counts.reference.length;
  const statistic = statisticOf(merged, discrepancy);
  return {
    statistic,
    pValue: survival(merged, statistic, discrepancy),
    effect: cramersVOf(merged.counts),
    degreesOfFreedom: levels - 1,
    bins: levels,
  };
}

/** The p-value of counts that need not be whole, of shares at an effective number of values. */
export function homogeneityPValueOf(counts: BinCounts, discrepancy: Discrepancy): number {
  const merged = mergeRare(occurringBinsOf(counts));
  const isExactInPart = merged.rare > 0 && merged.rare < merged.counts.reference.length;
  const tested = isExactInPart ? inWholeRows(merged) : merged;
  return survival(tested, statisticOf(tested, discrepancy), discrepancy);
}

interface Merged {
  readonly counts: BinCounts;
  /** How many of the last levels are still expected fewer than 5 times. */
  readonly rare: number;
}

/** Merged levels stay on their own even where they are still rare: a total change to unseen levels must show. */
function mergeRare(counts: BinCounts): Merged {
  const { reference, current } = counts;
  const [n, m] = [totalOf(reference), totalOf(current)];
  const expected = reference.map((count, level) => ((count + current[level]!) * Math.min(n, m)) / (n + m));
  const common = expected.flatMap((value, level) => (value >= leastExpected ? [level] : []));
  if (common.length === 0) return { counts, rare: reference.length };
  const groups = [
    expected.flatMap((value, level) => (value >= 1 && value < leastExpected ? [level] : [])),
    expected.flatMap((value, level) => (value < 1 ? [level] : [])),
  ]
    .filter((group) => group.length > 0)
    .map((levels) => ({ levels, expected: totalOf(levels.map((level) => expected[level]!)) }))
    .toSorted((a, b) => b.expected - a.expected);
  const merge = (side: readonly number[]): readonly number[] => [
    ...common.map((level) => side[level]!),
    ...groups.map(({ levels }) => totalOf(levels.map((level) => side[level]!))),
  ];
  return {
    counts: { reference: merge(reference), current: merge(current) },
    rare: groups.filter((group) => group.expected < leastExpected).length,
  };
}

/** Only whole rows have an exact law; less than half a row of a rare level is no evidence. */
function inWholeRows({ counts, rare }: Merged): Merged {
  const whole = { reference: counts.reference.map(Math.round), current: counts.current.map(Math.round) };
  const occurring = occurringBinsOf(whole);
  return { counts: occurring, rare: rare - (whole.reference.length - occurring.reference.length) };
}

function statisticOf({ counts }: Merged, discrepancy: Discrepancy): number {
  return counts.reference.length === 1 ? 0 : sumOverBins(counts, discrepancy.termOf(counts));
}

function survival({ counts, rare }: Merged, statistic: number, discrepancy: Discrepancy): number {
  const levels = counts.reference.length;
  if (statistic <= 0) return 1;
  if (rare === 0) return chiSquaredSurvival(statistic, levels - 1);
  if (rare === levels) return permutationSurvival(counts, discrepancy.termOf(counts), statistic);
  return survivalWithRareLevels(counts, rare, statistic * tie, discrepancy);
}

/**
 * Given how many values of each rare level are on a side (hypergeometric, one after the other), the statistic is that of these
 * levels and of all others together, and a chi-squared value within the others.
 */
function survivalWithRareLevels(
  counts: BinCounts,
  rare: number,
  atLeast: number,
  discrepancy: Discrepancy,
): number {
  const all = { reference: totalOf(counts.reference), current: totalOf(counts.current) };
  // The smaller side is drawn; the law is the same, and has fewer counts.
  const [drawn, term]: readonly [number, Term] =
    all.current <= all.reference
      ? [all.current, discrepancy.termOf(counts)]
      : [all.reference, swapped(discrepancy.termOf(counts))];
  const totals = counts.reference.map((count, level) => count + counts.current[level]!);
  const rareTotals = totals.slice(-rare);
  const degreesWithin = totals.length - rare - 1;

  const withinOthers = (others: number, drawnOfOthers: number, sum: number): number => {
    const left = atLeast - sum - term(others - drawnOfOthers, drawnOfOthers);
    const sizes = { reference: others - drawnOfOthers, current: drawnOfOthers };
    const isSettled = degreesWithin === 0 || sizes.reference === 0 || sizes.current === 0;
    if (left <= 0 || isSettled) return Number(left <= 0);
    return chiSquaredSurvival(left / discrepancy.weightWithin(all, sizes), degreesWithin);
  };
  const beyond = (level: number, total: number, left: number, sum: number): number => {
    const marked = rareTotals[level];
    if (marked === undefined) return withinOthers(total, left, sum);
    const draw = { total, marked, drawn: left };
    const [least, most] = rangeOf(draw);
    let probability = 0;
    for (let count = least; count <= most; count += 1) {
      // Above its mean a count is ever less probable, until it does not matter, or adds nothing.
      const own = hypergeometricProbability(draw, count);
      if (own < leastExact) break;
      const further = beyond(level + 1, total - marked, left - count, sum + term(marked - count, count));
      probability += own * further;
      if (further === 1 && own < probability * 2 ** -53) break;
    }
    return probability;
  };
  return Math.min(1, Math.max(leastExact, beyond(0, all.reference + all.current, drawn, 0)));
}

function swapped(term: Term): Term {
  return (reference, current) => term(current, reference);
}

/**
 * Cramer's V of the shares, both sides weighing the same: the square root of half the sum of (p - q)^2 / (p + q). With the
 * sizes as weights, a small window against a large reference could never reach a floor.
 */
function cramersVOf({ reference, current }: BinCounts): number {
  const [n, m] = [totalOf(reference), totalOf(current)];
  const squared = reference.reduce((sum, count, level) => {
    const [p, q] = [count / n, current[level]! / m];
    return sum + (p - q) ** 2 / (p + q) / 2;
  }, 0);
  return Math.min(1, Math.sqrt(squared));
}
