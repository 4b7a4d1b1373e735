/** Which column says when the actual became known, by its values. */

import type { TableFile } from '../../sql/table-file.ts';
import { isMissing } from '../ingest/value-readers.ts';
import { isEnd } from '../ingest/usual-names.ts';
import type { ColumnReaders } from './column-readers.ts';

export interface RecordedAtRequest {
  readonly table: TableFile;
  readonly readers: ColumnReaders;
  readonly eventTime: string;
  readonly actual: string;
  /** Other columns of times. */
  readonly candidates: readonly string[];
}

/** One column, several that may be it, or none. */
export type FoundRecordedAt =
  | { readonly column: string; readonly reason: string }
  | { readonly unclear: readonly string[] }
  | undefined;

/** So many rows of real data may be out of order. */
const mostExceptions = 0.01;

/**
 * The column of times that are never before the event time, and there exactly where the actual is. Where no actual is missing, one that
 * is called like the end of something.
 */
export async function findRecordedAt({
  table,
  readers,
  eventTime,
  actual,
  candidates,
}: RecordedAtRequest): Promise<FoundRecordedAt> {
  if (candidates.length === 0) return undefined;
  const event = readers.instant(eventTime);
  const reads = candidates.map((column) => readers.instant(column));
  const seen = candidates.map(() => ({ there: 0, before: 0, differs: 0 }));
  let missing = 0;
  for await (const [events = [], actuals = [], ...others] of table.readChunks([
    eventTime,
    actual,
    ...candidates,
  ])) {
    for (const [row, time] of events.entries()) {
      const at = event(time);
      const isUnknown = isMissing(actuals[row]);
      if (isUnknown) missing += 1;
      for (const [index, counts] of seen.entries()) {
        const known = reads[index]!(others[index]?.[row]);
        if ((known === undefined) !== isUnknown) counts.differs += 1;
        if (known === undefined || at === undefined) continue;
        counts.there += 1;
        if (known < at) counts.before += 1;
      }
    }
  }
  const fitting = candidates.filter((_, index) => {
    const { there, before, differs } = seen[index]!;
    return there > 0 && before <= there * mostExceptions && differs === 0;
  });
  const named = fitting.filter(isEnd);
  if (missing > 0 && fitting.length > 0) {
    const best = named.length > 0 ? named : fitting;
    return best.length === 1
      ? { column: best[0]!, reason: 'it lies after the event time, and is missing where the actual is' }
      : { unclear: best };
  }
  if (named.length === 0) return undefined;
  return named.length === 1
    ? { column: named[0]!, reason: 'it lies after the event time, by its values and its name' }
    : { unclear: named };
}
