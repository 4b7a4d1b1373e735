/** The first rows of a table as `ingest` reads them: what their values look like decides as it will there. */

import { existsSync } from 'node:fs';

import type { TableFile } from '../../sql/table-file.ts';
import { familyOf, isReadable } from '../../sql/table-types.ts';
import { openRows } from '../ingest/open-rows.ts';
import { sampleRows, type RowSource, type SourceRow } from '../ingest/row-source.ts';

export type FirstRows = Omit<RowSource, 'close'>;

/** Works with the first rows of a file; undefined for what can be read only once, is copied, or is several files. */
export async function withFirstRows<T>(
  name: string,
  work: (rows: FirstRows | undefined) => Promise<T>,
): Promise<T> {
  if (name === '-' || name.startsWith('postgres:') || !existsSync(name)) return work(undefined);
  const source = await openRows(name, []);
  try {
    return await work(source);
  } finally {
    await source.close();
  }
}

/** The first rows of a table that was opened otherwise. */
export async function firstRowsOf(table: TableFile): Promise<FirstRows> {
  const readable = table.columns.filter(isReadable);
  const columns = readable.map(({ name }) => name);
  const instants = readable.filter(({ type }) => familyOf(type) === 'instant');
  const sample: SourceRow[] = [];
  for await (const chunk of table.readChunks(columns)) {
    for (const index of chunk[0]?.keys() ?? [])
      if (sample.length < sampleRows)
        sample.push({ line: sample.length + 1, values: chunk.map((values) => values[index]) });
    break;
  }
  return {
    name: table.path,
    format: 'table',
    columns,
    unseen: new Set(),
    timesWithoutZone: new Set(instants.filter(({ type }) => !/TIME ZONE/.test(type)).map(({ name }) => name)),
    instants: new Set(instants.map(({ name }) => name)),
    decimalComma: false,
    sample,
    size: table.rows,
    unit: 'rows',
    writtenAt: 0,
    batches: async function* () {},
  };
}
