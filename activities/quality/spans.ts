/** What the checks of a column need, from stored profiles. */

import { decodeProfile } from '../../core/profile/encode.ts';
import type { ColumnHistory } from '../../core/quality/column-quality.ts';
import { columnSpan, type ColumnSpan } from '../../core/quality/column-span.ts';
import type { KnownWindows } from '../../core/quality/known-windows.ts';
import type { Window } from '../../core/window.ts';
import type { Queryable } from '../../sql/database.ts';
import { wholeModel } from '../profiles/columns.ts';
import { readProfiles } from '../../sql/read-profiles.ts';
import type { StoredReference } from '../profiles/reference-store.ts';

/** Columns whose profiles are in memory at once: 8 weeks of 20 columns are about 10 MB. */
const columnsAtOnce = 20;

/** The history of every column of a reference, a few columns at a time. */
export async function* readHistories(
  connection: Queryable,
  model: string,
  reference: StoredReference,
  current: Window,
  known: KnownWindows,
): AsyncGenerator<ColumnHistory> {
  const names = [...reference.grids.keys()];
  for (let start = 0; start < names.length; start += columnsAtOnce) {
    const columns = names.slice(start, start + columnsAtOnce);
    const read = (windows: readonly Window[], by: 'days' | 'hours'): Promise<SpansByColumn> =>
      readSpans(connection, model, reference, columns, windows, by);
    const ofReference = await read(known.reference, 'days');
    const ofOthers = await read(known.others, 'days');
    const ofUsual = await read(known.usual, 'hours');
    const ofCurrent = await read([current], 'hours');
    for (const column of columns) {
      yield {
        column,
        grid: reference.grids.get(column)!,
        reference: ofReference.get(column) ?? [],
        others: ofOthers.get(column) ?? [],
        usual: ofUsual.get(column) ?? [],
        current: ofCurrent.get(column) ?? [],
      };
    }
  }
}

type SpansByColumn = ReadonlyMap<string, readonly ColumnSpan[]>;

async function readSpans(
  connection: Queryable,
  model: string,
  { id, grids }: StoredReference,
  columns: readonly string[],
  windows: readonly Window[],
  by: 'days' | 'hours',
): Promise<SpansByColumn> {
  const spans = new Map<string, ColumnSpan[]>(columns.map((column) => [column, []]));
  for (const window of windows) {
    for (const stored of await readProfiles(connection, model, id, wholeModel, window, by, columns)) {
      const grid = grids.get(stored.column)!;
      spans.get(stored.column)!.push(columnSpan(stored.window, decodeProfile(stored.content, grid), grid));
    }
  }
  return spans;
}
