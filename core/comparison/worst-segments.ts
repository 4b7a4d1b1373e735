/** Which of the segments that are evaluated anyway is the worst? */

import { adjustPValues } from '../drift/false-discovery.ts';
import type { OutcomeSummary } from '../performance/summary.ts';
import type { BlockLength } from './blocks.ts';
import { compareMeans, type BlockSum, type ComparedBlock } from './compare-means.ts';
import type { SliceLoss } from './weak-slices/weak-slice-in-words.ts';

/** The outcomes of a segment in one block of time; all outcomes have the segment ''. */
export interface SegmentBlock {
  readonly segment: string;
  /** Start of the block. */
  readonly block: number;
  readonly summary: OutcomeSummary;
}

export interface RankedSegment {
  readonly segment: string;
  readonly rows: number;
  /** Mean loss inside, and in all other rows. */
  readonly value: number;
  readonly rest: number;
  /** 95% interval of value - rest; null, like the p-values, where the rows are of too few blocks. */
  readonly low: number | null;
  readonly high: number | null;
  /** One-sided, and the same after the correction for all segments. */
  readonly pValue: number | null;
  readonly adjustedPValue: number | null;
}

/**
 * All segments of a version, the worst first: by the lower end of the interval of how much larger their mean loss is than
 * that of all other rows, so that a few unlucky rows do not lead. Those whose interval is not computable come last.
 *
 * The loss is |error|; of classes -ln of the probability of the actual one where every row has it, else 1 for a wrong class.
 * Segments that are empty, or all rows, are left out. How sure: see `compareMeans`.
 *
 * @example
 * const error = (block, segment, errors) => ({ segment, block, summary: summarizeRegression({
 *   predictions: Float64Array.from(errors), actuals: new Float64Array(errors.length) }) });
 * const days = [0, 1, 2, 3].flatMap((day) => [error(day, '', [1, 2, 9, 8 + day]), error(day, 'city=Porto', [9, 8 + day])]);
 * rankSegments(days, 'day').segments // [{ segment: 'city=Porto', rows: 8, value: 9.25, rest: 1.5 }]
 */
export function rankSegments(
  blocks: readonly SegmentBlock[],
  length: BlockLength,
): { readonly loss: SliceLoss; readonly segments: readonly RankedSegment[] } {
  const all = blocks.filter(({ segment }) => segment === '');
  const loss = lossOf(all.map(({ summary }) => summary));
  const allByBlock = new Map(all.map(({ block, summary }) => [block, sumOf(summary, loss)]));
  const names = [...new Set(blocks.map(({ segment }) => segment))].filter((name) => name !== '').sort();
  const compared = names.flatMap((segment): readonly Omit<RankedSegment, 'adjustedPValue'>[] => {
    const own = new Map(
      blocks.filter((one) => one.segment === segment).map((one) => [one.block, sumOf(one.summary, loss)]),
    );
    const found = compareMeans(insideAndOutside(own, allByBlock), { length });
    if ('notComputable' in found) return [];
    const rows = [...own.values()].reduce((total, one) => total + one.rows, 0);
    const { value, against: rest, difference, certainty } = found;
    if ('notComputable' in certainty)
      return [{ segment, rows, value, rest, low: null, high: null, pValue: null }];
    const { low, high, pValue: twoSided } = certainty;
    const pValue = difference > 0 ? twoSided / 2 : 1 - twoSided / 2;
    return [{ segment, rows, value, rest, low, high, pValue }];
  });
  const adjusted = adjustPValues(compared.flatMap(({ pValue }) => pValue ?? [])).values();
  const segments = compared
    .map((one) => ({ ...one, adjustedPValue: one.pValue === null ? null : adjusted.next().value! }))
    .sort((a, b) => (b.low ?? -Infinity) - (a.low ?? -Infinity) || b.value - b.rest - (a.value - a.rest));
  return { loss, segments };
}

function lossOf(summaries: readonly OutcomeSummary[]): SliceLoss {
  if (summaries.some(({ task }) => task === 'regression')) return 'mae';
  const isScored = summaries.every(
    (summary) => summary.task === 'classification' && summary.counts.scoredRows === summary.rows,
  );
  return isScored ? 'log_loss' : 'error_rate';
}

function sumOf(summary: OutcomeSummary, loss: SliceLoss): BlockSum {
  const { rows } = summary;
  if (summary.task === 'regression') return { rows, sum: summary.sums.absoluteError };
  if (loss === 'log_loss') return { rows, sum: summary.sums.logLoss };
  const right = Object.entries(summary.confusion).map(([actual, predicted]) => predicted[actual] ?? 0);
  return { rows, sum: rows - right.reduce((total, count) => total + count, 0) };
}

function insideAndOutside(
  own: ReadonlyMap<number, BlockSum>,
  all: ReadonlyMap<number, BlockSum>,
): ComparedBlock[] {
  return [...all]
    .sort(([a], [b]) => a - b)
    .map(([block, total]) => {
      const subject = own.get(block) ?? { rows: 0, sum: 0 };
      return { subject, against: { rows: total.rows - subject.rows, sum: total.sum - subject.sum } };
    });
}
