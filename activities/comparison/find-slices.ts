/** Where the versions of a window are weak: segments that are evaluated anyway, and slices that are searched for. */

import { blockLengthOf, blockMs } from '../../core/comparison/blocks.ts';
import { findWeakSlices } from '../../core/comparison/weak-slices/find-weak-slices.ts';
import { lossesOf } from '../../core/comparison/weak-slices/row-losses.ts';
import type { SliceCondition } from '../../core/comparison/weak-slices/slice-conditions.ts';
import {
  lossInWords,
  sliceInWords,
  type SliceLoss,
} from '../../core/comparison/weak-slices/weak-slice-in-words.ts';
import { rankSegments, type RankedSegment, type SegmentBlock } from '../../core/comparison/worst-segments.ts';
import { sampleOf } from '../../core/multivariate/sample.ts';
import { decodeSummary } from '../../core/performance/encode.ts';
import { mergeSummaries } from '../../core/performance/summary.ts';
import type { Queryable } from '../../sql/database.ts';
import { toTimestamp } from '../../sql/database.ts';
import type { RowConnection } from '../feature-rows/row-connection.ts';
import { readSampledOutcomes } from '../importance/sampled-outcomes.ts';
import { predictionColumns } from '../profiles/columns.ts';
import type { ComparedWindow } from './compared-rows.ts';

export interface FoundSlice extends Omit<RankedSegment, 'segment'> {
  readonly version: string;
  readonly source: 'segment' | 'search';
  readonly slice: string;
  /** From 1 within its source. */
  readonly rank: number;
  readonly conditions: readonly SliceCondition[];
  readonly loss: SliceLoss;
  readonly reason: string;
}

/** How a search went: outcomes looked at and slices tried, or why there was none. */
export type Search = { readonly rows: number } & (
  | { readonly tried: number }
  | { readonly notComputable: string }
);

/** The segments of a version, the worst first, from the hourly summaries. */
export async function rankWindowSegments(
  connection: Queryable,
  of: ComparedWindow,
  version: string,
): Promise<FoundSlice[]> {
  const { loss, segments } = rankSegments(
    await readSegmentBlocks(connection, of, version),
    blockLengthOf(of.window),
  );
  return segments.map(({ segment, ...numbers }, i) => ({
    ...numbers,
    version,
    source: 'segment',
    slice: segment,
    rank: i + 1,
    conditions: [],
    loss,
    reason: `${segment}: ${lossInWords(loss, numbers)}`,
  }));
}

/** The slices in which a version is weak, found in a sample of its outcomes. */
export async function searchSlices(
  connection: RowConnection,
  of: ComparedWindow,
  version: string,
): Promise<{ search: Search; slices: FoundSlice[] }> {
  const { monitor, window } = of;
  const { sample: size, ...options } = monitor.performance.comparisons.weakSlices;
  const features = predictionColumns(monitor).filter(({ subject }) => subject === 'feature');
  const outcomes = await readSampledOutcomes(connection, monitor, version, window, size);
  const rows = outcomes.length;
  const { loss, losses } = lossesOf(monitor.task, outcomes, monitor.classes);
  const sample = sampleOf(
    features,
    outcomes.map((row) => ({ time: row.event_time, values: features.map(({ name }) => row.features[name]) })),
  );
  const found = findWeakSlices(sample, losses, options);
  if ('notComputable' in found) return { search: { rows, ...found }, slices: [] };
  const slices = found.slices.map((slice, i): FoundSlice => ({
    ...slice,
    version,
    source: 'search',
    slice: sliceInWords(slice),
    rank: i + 1,
    loss,
    reason: `${sliceInWords(slice)}: ${lossInWords(loss, slice)}`,
  }));
  return { search: { rows, tried: found.tried }, slices };
}

/** Hours merged into blocks of time, so that a month of segments is not held at once as hours. */
async function readSegmentBlocks(
  connection: Queryable,
  { monitor, window }: ComparedWindow,
  version: string,
): Promise<SegmentBlock[]> {
  const length = blockMs(blockLengthOf(window));
  const blocks: SegmentBlock[] = [];
  for (let block = window.start; block < window.end; block += length) {
    const rows = await connection.query<{ segment: string; contents: Buffer[] }>(
      `select segment, array_agg(content order by hour) as contents
       from outcome_summaries
       where model = $1 and version = $2 and hour >= $3 and hour < $4 and outcome_count > 0
       group by segment`,
      [monitor.model, version, toTimestamp(block), toTimestamp(Math.min(block + length, window.end))],
    );
    for (const { segment, contents } of rows)
      blocks.push({
        segment,
        block,
        summary: mergeSummaries(contents.map((content) => decodeSummary(content))),
      });
  }
  return blocks;
}
