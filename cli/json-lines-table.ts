/** JSON lines as a table, for the commands that look at columns: by the rules that `ingest` reads them by. */

import { createWriteStream } from 'node:fs';
import { once } from 'node:events';
import { join } from 'node:path';

import { openTableFile, type TableFile } from '../sql/table-file.ts';
import { unreadable } from '../sql/table-source.ts';
import { jsonLineColumns, jsonLineRows } from './ingest/json-line-rows.ts';
import type { SourceRow } from './ingest/row-source.ts';
import type { TextFile } from './ingest/text-blocks.ts';

/**
 * Opens it: columns are the keys of the first lines, of features, probabilities and intervals as well.
 *
 * @param directory where a copy is written, which has to stay until the table is closed
 * @throws TidewatchError `UNREADABLE_TABLE` at the first line that is no object
 */
export async function openJsonLines(file: TextFile, directory: string): Promise<TableFile> {
  const columns = await jsonLineColumns(file);
  const kinds = columns.map(() => new Set<string>());
  for await (const row of rowsOf(file, columns))
    for (const [index, value] of row.values.entries()) kinds[index]!.add(kindOf(value));
  const types = Object.fromEntries(columns.map((column, i) => [column, typeOf(kinds[i]!)]));
  const copy = join(directory, 'lines.csv');
  await writeCsv(copy, columns, rowsOf(file, columns));
  return openTableFile(copy, { copyOf: { name: file.name, types } });
}

async function* rowsOf(file: TextFile, columns: readonly string[]): AsyncGenerator<SourceRow> {
  for await (const { rows } of jsonLineRows(file, columns, { offset: 0, line: 1 }))
    for (const row of rows) {
      if (row.problem !== undefined) throw unreadable(file.name, `line ${row.line}: ${row.problem}`);
      yield row;
    }
}

const zoned = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}(:?\d{2})?)$/;
const local = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?$/;
const date = /^\d{4}-\d{2}-\d{2}$/;

function kindOf(value: unknown): string {
  if (value === undefined || value === null) return 'missing';
  if (typeof value === 'number') return Number.isSafeInteger(value) ? 'whole' : 'number';
  if (typeof value === 'string')
    return zoned.test(value) ? 'zoned' : local.test(value) ? 'local' : date.test(value) ? 'date' : 'text';
  return typeof value;
}

/** Where all values of a column are of a kind, that of DuckDB; text otherwise. */
const types: Readonly<Record<string, string>> = {
  whole: 'BIGINT',
  'number whole': 'DOUBLE',
  number: 'DOUBLE',
  boolean: 'BOOLEAN',
  zoned: 'TIMESTAMP WITH TIME ZONE',
  local: 'TIMESTAMP',
  date: 'DATE',
};

function typeOf(kinds: ReadonlySet<string>): string {
  const present = [...kinds].filter((kind) => kind !== 'missing').sort();
  return types[present.join(' ')] ?? 'VARCHAR';
}

async function writeCsv(
  path: string,
  columns: readonly string[],
  rows: AsyncIterable<SourceRow>,
): Promise<void> {
  const file = createWriteStream(path);
  const write = async (values: readonly unknown[]): Promise<void> => {
    if (!file.write(`${values.map(cell).join(',')}\n`)) await once(file, 'drain');
  };
  await write(columns);
  for await (const { values } of rows) await write(values);
  file.end();
  await once(file, 'finish');
}

/** As Postgres writes CSV: nothing is a missing value, two quotes are an empty text. */
function cell(value: unknown): string {
  if (value === undefined || value === null) return '';
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return `"${text.replaceAll('"', '""')}"`;
}
