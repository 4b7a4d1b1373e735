/** Compares the features of a current window, taken together, with those of its reference, on samples of rows. */

import type { Monitor } from '../../core/monitor/schema.ts';
import {
  compareTogether as compareSamples,
  type TogetherFindings,
} from '../../core/multivariate/compare-together.ts';
import { sampleOf, type Sample } from '../../core/multivariate/sample.ts';
import { fewestUsualWindows, usualWindows } from '../../core/multivariate/usual-windows.ts';
import { calibrationSpan } from '../../core/reference/windows.ts';
import { windowWithout, type Window } from '../../core/window.ts';
import type { RowConnection } from '../feature-rows/row-connection.ts';
import { predictionColumns, readColumn, type Column } from '../profiles/columns.ts';
import { listRemoved } from '../storage/removed-rows.ts';
import { readSampledRows, type SampledRow } from './sampled-rows.ts';

export interface ComparedWindows {
  readonly current: Window;
  /** What it is compared with; for a season these are the same hours of the weeks before. */
  readonly reference: readonly Window[];
  /**
   * Earlier windows in which nothing was wrong; by default those of the reference, or else of the time that calibrates.
   */
  readonly usual?: readonly Window[];
}

/** Values of a side, at most: a model of 200 features is looked at in 300 rows. */
const mostValues = 60_000;
/** Which rows are drawn: the same in every run. */
const seed = 1;

/**
 * Have the features that a monitor counts changed together? Reads a sample of the reference, the current window and
 * each usual window, and judges them in core/multivariate. A disabled feature is left out: a weekday, of which a week
 * has each once, would hide what else has changed. JSON-safe; whatever cannot be computed says why.
 *
 * With 2,000 rows of 12 features and 4 usual windows: 1.6 s of computing, and 0.5 s of reading a million rows.
 */
export async function compareTogether(
  connection: RowConnection,
  monitor: Monitor,
  { current, reference, usual: given }: ComparedWindows,
): Promise<TogetherFindings> {
  const usual = given ?? (await usualWindowsOf(connection, monitor, reference, current));
  const { features, drift } = monitor;
  const columns = predictionColumns(monitor).filter(
    ({ name, subject }) => subject === 'feature' && features[name]!.enabled,
  );
  const rows = Math.min(drift.multivariate.sample, Math.floor(mostValues / Math.max(1, columns.length)));
  const read = async (windows: readonly Window[]): Promise<Sample> =>
    toSample(columns, await readSampledRows(connection, monitor, windows, { rows, seed }));
  const usualSamples = [];
  for (const window of usual) usualSamples.push({ window, sample: await read([window]) });
  return compareSamples(await read(reference), await read([current]), {
    seed,
    alpha: drift.alpha,
    usual: usualSamples,
  });
}

/** Columns of sampled rows. */
function toSample(columns: readonly Column[], rows: readonly SampledRow[]): Sample {
  return sampleOf(
    columns,
    rows.map((row) => ({
      time: row.event_time,
      values: columns.map((column) => readColumn(column, row)),
    })),
  );
}

/** Rows that are removed tell nothing: windows are looked for in the others. */
async function usualWindowsOf(
  connection: RowConnection,
  monitor: Monitor,
  reference: readonly Window[],
  current: Window,
): Promise<readonly Window[]> {
  const ofReference = usualWindows(reference, current);
  if (ofReference.length >= fewestUsualWindows) return ofReference;
  const { spans } = calibrationSpan(monitor.reference, current);
  const first = Math.min(current.start, ...spans.map(({ start }) => start));
  const removed = await listRemoved(connection, monitor.model, { start: first, end: current.end });
  return usualWindows(
    spans.flatMap((span) => windowWithout(span, removed)),
    current,
  );
}
