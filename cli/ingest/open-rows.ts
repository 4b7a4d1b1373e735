/** Opens what `ingest` reads, by its content: CSV or JSON lines (gzipped or not), Parquet, or a table of Postgres. */

import { stat } from 'node:fs/promises';

import { beginningOf, checkIsCsv, dialectOf, startingTextOf, unreadable } from '../../sql/table-source.ts';
import { pathsOf } from '../../sql/table-paths.ts';
import { familyOf } from '../../sql/table-types.ts';
import { isReadable } from '../../sql/table-types.ts';
import { makeTemporaryDirectory, type TemporaryDirectory } from '../../sql/temporary-directory.ts';
import { openTable } from '../open-table.ts';
import { csvHead, csvRows, lineEndOf, type CsvFile } from './csv-rows.ts';
import { jsonLineColumns, jsonLineRows } from './json-line-rows.ts';
import { sampleRows, type Position, type RowSource, type SourceBatch, type SourceRow } from './row-source.ts';
import { fingerprintOf, type TextFile } from './text-blocks.ts';

/**
 * Opens one file, `-` for standard input, or `postgres:` and a table. Standard input is copied to a temporary file first.
 *
 * @param names keys that JSON lines may have though their beginning has not
 * @throws TidewatchError `UNREADABLE_TABLE`
 */
export async function openRows(name: string, names: readonly string[]): Promise<RowSource> {
  if (name.startsWith('postgres:')) return tableRows(name, name, 'Postgres', 0, async () => {});
  let directory: TemporaryDirectory | undefined;
  const close = async (): Promise<void> => directory?.remove();
  try {
    const [path = name] = await pathsOf(name, {
      matching: async () => [],
      temporaryDirectory: async () => (directory ??= await makeTemporaryDirectory()).path,
    });
    const called = name === '-' ? 'standard input' : name;
    const beginning = await beginningOf(path, called);
    const writtenAt = (await stat(path)).mtimeMs;
    if (beginning.format === 'parquet') return await tableRows(path, called, 'Parquet', writtenAt, close);
    const text = await startingTextOf(path, called, beginning);
    const isGzipped = beginning.format === 'gzipped csv';
    const file = { path, name: called, isGzipped };
    const common = {
      name: called,
      timesWithoutZone: new Set<string>(),
      instants: new Set<string>(),
      size: isGzipped ? undefined : beginning.size,
      unit: 'bytes' as const,
      writtenAt,
      ...(name !== '-' && { fingerprint: ({ offset }: Position) => fingerprintOf(file, offset) }),
      close,
    };
    return text.startsWith('{') || text.startsWith('[')
      ? await jsonRows(file, text, names, common)
      : await plainRows(file, text, common);
  } catch (error) {
    await close();
    throw error;
  }
}

type Common = Pick<
  RowSource,
  'name' | 'timesWithoutZone' | 'instants' | 'size' | 'unit' | 'writtenAt' | 'fingerprint' | 'close'
>;

async function plainRows(textFile: TextFile, text: string, common: Common): Promise<RowSource> {
  checkIsCsv(text, common.name);
  const dialect = dialectOf(text);
  const file: CsvFile = { ...textFile, dialect, lineEnd: lineEndOf(text) };
  const { columns, start } = await csvHead(file);
  const batches = (from: Position | undefined): AsyncIterable<SourceBatch> =>
    csvRows(file, columns, from ?? start);
  return {
    ...common,
    format: 'CSV',
    columns,
    unseen: new Set(),
    decimalComma: dialect.decimalComma,
    sample: await sampleOf(batches(undefined)),
    batches,
  };
}

async function jsonRows(
  file: TextFile,
  text: string,
  names: readonly string[],
  common: Common,
): Promise<RowSource> {
  if (text.startsWith('[')) {
    throw unreadable(
      common.name,
      'it is one JSON array; write one object a line, for example with jq -c ".[]"',
    );
  }
  const seen = await jsonLineColumns(file);
  const unseen = new Set(names.filter((name) => !seen.includes(name)));
  const columns = [...seen, ...unseen];
  const batches = (from: Position | undefined): AsyncIterable<SourceBatch> =>
    jsonLineRows(file, columns, from ?? { offset: 0, line: 1 });
  return {
    ...common,
    format: 'JSON lines',
    columns,
    unseen,
    decimalComma: false,
    sample: await sampleOf(batches(undefined)),
    batches,
  };
}

/** A table is read in batches of this many rows. */
const tableBatchRows = 20_000;

async function tableRows(
  path: string,
  name: string,
  format: string,
  writtenAt: number,
  closeFile: () => Promise<void>,
): Promise<RowSource> {
  const table = await openTable(path);
  const readable = table.columns.filter(isReadable);
  const columns = readable.map(({ name }) => name);
  const instants = readable.filter(({ type }) => familyOf(type) === 'instant');
  const zoneless = instants.filter(({ type }) => !/TIME ZONE/.test(type));
  async function* batches(
    from: Position = { offset: 0, line: 1 },
    asText: ReadonlySet<string> = new Set(),
  ): AsyncGenerator<SourceBatch> {
    let rows: SourceRow[] = [];
    let { offset } = from;
    const batch = (): SourceBatch => ({ rows, next: { offset, line: offset + 1 } });
    for await (const chunk of table.readChunks(columns, { asText, from: from.offset })) {
      for (const index of chunk[0]?.keys() ?? []) {
        offset += 1;
        rows.push({ line: offset, values: chunk.map((column) => column[index]) });
      }
      if (rows.length < tableBatchRows) continue;
      yield batch();
      rows = [];
    }
    yield batch();
  }
  return {
    name,
    format,
    columns,
    unseen: new Set(),
    timesWithoutZone: new Set(zoneless.map(({ name }) => name)),
    instants: new Set(instants.map(({ name }) => name)),
    decimalComma: false,
    sample: await sampleOf(batches()),
    size: table.rows,
    unit: 'rows',
    writtenAt: writtenAt === 0 ? Date.now() : writtenAt,
    ...(path === name &&
      format === 'Parquet' && {
        fingerprint: () => fingerprintOf({ path, name, isGzipped: true }, 0),
      }),
    batches,
    close: async () => {
      await table.close();
      await closeFile();
    },
  };
}

async function sampleOf(batches: AsyncIterable<SourceBatch>): Promise<readonly SourceRow[]> {
  for await (const { rows } of batches) {
    if (rows.length > 0) return rows.slice(0, sampleRows);
  }
  return [];
}
