/** What commands read rows from: files, or Postgres. */

import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { reasonOf, TidewatchError } from '../core/errors.ts';
import { openTableFile, type TableFile, type TableFileOptions } from '../sql/table-file.ts';
import { pathsOf } from '../sql/table-paths.ts';
import { beginningOf, startingTextOf } from '../sql/table-source.ts';
import { makeTemporaryDirectory } from '../sql/temporary-directory.ts';
import { withAnyDatabase } from './database.ts';
import type { TextFile } from './ingest/text-blocks.ts';

const scheme = 'postgres:';

/**
 * Opens the table that an argument names: a file, as `openTableFile` does, or JSON lines; after `postgres:` a table, a view or a
 * query. Rows of the last two, and standard input, are copied to a temporary file first.
 *
 * @example await openTable('postgres:select hum, temp from weather where day < 30')
 * @throws TidewatchError `UNREADABLE_TABLE`, `INVALID_CONFIGURATION` without DATABASE_URL, `POSTGRES_UNREACHABLE`
 */
export async function openTable(name: string, times?: TableFileOptions['times']): Promise<TableFile> {
  // Several files by a pattern are opened as one.
  if (!name.startsWith(scheme) && name !== '-' && !existsSync(name))
    return openTableFile(name, { ...(times && { times }) });
  const { path: directory, remove } = await makeTemporaryDirectory();
  try {
    const table = name.startsWith(scheme)
      ? await openCopy(name, join(directory, 'table.csv'))
      : await openFile(name, directory, times);
    const close = async (): Promise<void> => {
      await table.close();
      await remove();
    };
    return { ...table, close };
  } catch (error) {
    await remove();
    throw error;
  }
}

async function openCopy(name: string, file: string): Promise<TableFile> {
  const types = await copyFromPostgres(name, file);
  return openTableFile(file, { copyOf: { name, types } });
}

async function openFile(
  name: string,
  directory: string,
  times: TableFileOptions['times'],
): Promise<TableFile> {
  const [path = name] = await pathsOf(name, {
    matching: async () => [],
    temporaryDirectory: async () => directory,
  });
  const lines = await jsonLinesFile(path, name);
  if (lines === undefined) return openTableFile(path, { name, ...(times && { times }) });
  const { openJsonLines } = await import('./json-lines-table.ts');
  return openJsonLines(lines, directory);
}

/** Is it a text of JSON lines, gzipped or not? Undefined where it is something else. */
async function jsonLinesFile(path: string, name: string): Promise<TextFile | undefined> {
  const beginning = await beginningOf(path, name);
  if (beginning.format === 'parquet') return undefined;
  const isGzipped = beginning.format === 'gzipped csv';
  const text = await startingTextOf(path, name, beginning);
  return text.startsWith('{') ? { path, name, isGzipped } : undefined;
}

async function copyFromPostgres(name: string, file: string): Promise<Readonly<Record<string, string>>> {
  const { copyToFile } = await import('../sql/copy.ts');
  return withAnyDatabase('tidewatch', async (database) => {
    try {
      const columns = await copyToFile(database, queryOf(name.slice(scheme.length)), file);
      return Object.fromEntries(columns.map((column) => [column.name, typeOf(column.type)]));
    } catch (error) {
      if (error instanceof TidewatchError) throw error;
      throw new TidewatchError('UNREADABLE_TABLE', { file: name, reason: reasonOf(error) }, { cause: error });
    }
  });
}

/** @example queryOf('public.weather') // 'select * from public.weather' */
function queryOf(text: string): string {
  return /^\s*(select|with|values|table)\s/i.test(text) ? text : `select * from ${text}`;
}

/** How DuckDB reads the types of Postgres, by their identity in pg_type; any other is text. */
const types: Readonly<Record<number, string>> = {
  16: 'BOOLEAN',
  20: 'BIGINT',
  21: 'BIGINT',
  23: 'BIGINT',
  700: 'DOUBLE',
  701: 'DOUBLE',
  1700: 'DOUBLE',
  1082: 'DATE',
  1083: 'TIME',
  1114: 'TIMESTAMP',
  1184: 'TIMESTAMP WITH TIME ZONE',
};

function typeOf(identity: number): string {
  return types[identity] ?? 'VARCHAR';
}
