/** Mean, deviation and skewness of a sum of terms over bins when the rows of two samples are dealt out again at random. */

import { totalOf, type Term } from './bin-counts.ts';
import { hypergeometricNodes, type Draw } from './hypergeometric.ts';

/** Of all rows, so many are dealt to one side. */
export type Deal = Omit<Draw, 'marked'>;

export interface Moments {
  readonly mean: number;
  readonly deviation: number;
  readonly skewness: number;
}

/** How the term t and the count c of one bin vary, both from their means. */
interface BinLaw {
  readonly weights: Float64Array;
  readonly terms: Float64Array;
  readonly counts: Float64Array;
  readonly meanTerm: number;
  /** Mean products of terms and counts. */
  readonly tc: number;
  readonly cc: number;
  readonly ccc: number;
  readonly cccc: number;
  /** Rows of the bin over all others: two bins correlate by minus the square root of the product of theirs. */
  readonly odds: number;
}

/**
 * The mean is exact. The variance is that of the bins and, for each two of them, what their terms share with the counts and
 * with the squares of the counts (the first two terms of Mehler's expansion): all of it for chi-squared. The third cumulant is
 * that of the bins, scaled by the square of the scale of the variance, as for chi-squared with bins of equal size.
 */
export function permutationMoments(totals: readonly number[], deal: Deal, term: Term): Moments {
  // Many rare levels have few different totals.
  const laws = new Map([...new Set(totals)].map((total) => [total, binLaw(total, deal, term)]));
  const bins = totals.map((total) => laws.get(total)!);
  // Counts add up to a constant: the multiple of them that goes with the terms can be taken from these.
  const slope = totalOf(bins.map((bin) => bin.tc)) / totalOf(bins.map((bin) => bin.cc));
  let [mean, ofBins, third] = [0, 0, 0];
  const withCount: number[] = [];
  const withSquare: number[] = [];
  for (const { weights, terms, counts, meanTerm, cc, ccc, cccc, odds } of bins) {
    let [rc, rcc] = [0, 0];
    for (let i = 0; i < weights.length; i += 1) {
      const c = counts[i]!;
      const r = terms[i]! - slope * c;
      const weighted = weights[i]! * r;
      ofBins += weighted * r;
      third += weighted * r * r;
      rc += weighted * c;
      rcc += weighted * c * c;
    }
    mean += meanTerm;
    if (cc === 0) continue;
    // The variance of the square of the count, without what goes with the count itself.
    const squares = cccc - cc ** 2 - ccc ** 2 / cc;
    withCount.push(rc * Math.sqrt(odds / cc));
    if (squares > 1e-9 * cccc) withSquare.push(((rcc - (rc * ccc) / cc) * odds) / Math.sqrt(squares));
  }
  const variance = Math.max(0, ofBins - sumOverPairs(withCount) + sumOverPairs(withSquare));
  return {
    mean,
    deviation: Math.sqrt(variance),
    skewness: variance > 0 ? (third * Math.sqrt(variance)) / ofBins ** 2 : 0,
  };
}

/** The products of each two different numbers, in both orders. */
function sumOverPairs(values: readonly number[]): number {
  return totalOf(values) ** 2 - totalOf(values.map((value) => value ** 2));
}

function binLaw(total: number, deal: Deal, term: Term): BinLaw {
  const nodes = wholesAround(total).map(([marked, part]) => ({
    ...hypergeometricNodes({ ...deal, marked: Math.min(marked, deal.total) }),
    marked,
    part,
  }));
  const size = nodes.reduce((sum, { counts }) => sum + counts.length, 0);
  const weights = new Float64Array(size);
  const terms = new Float64Array(size);
  const counts = new Float64Array(size);
  let [meanTerm, meanCount, at] = [0, 0, 0];
  for (const node of nodes) {
    for (let i = 0; i < node.counts.length; i += 1, at += 1) {
      const count = node.counts[i]!;
      weights[at] = node.part * node.weights[i]!;
      counts[at] = count;
      terms[at] = term(node.marked - count, count);
      meanTerm += weights[at]! * terms[at]!;
      meanCount += weights[at]! * count;
    }
  }
  let [tc, cc, ccc, cccc] = [0, 0, 0, 0];
  for (let i = 0; i < size; i += 1) {
    const t = (terms[i]! -= meanTerm);
    const c = (counts[i]! -= meanCount);
    const square = weights[i]! * c * c;
    tc += weights[i]! * t * c;
    cc += square;
    ccc += square * c;
    cccc += square * c * c;
  }
  return {
    weights,
    terms,
    counts,
    meanTerm,
    tc,
    cc,
    ccc,
    cccc,
    odds: total / Math.max(1, deal.total - total),
  };
}

/** A number between two whole ones, as both of them in proportion; from 100 on the nearest serves. */
function wholesAround(total: number): readonly (readonly [whole: number, part: number])[] {
  const below = Math.floor(total);
  if (below === total || total > 100) return [[Math.round(total), 1]];
  return [
    [below, below + 1 - total],
    [below + 1, total - below],
  ];
}
