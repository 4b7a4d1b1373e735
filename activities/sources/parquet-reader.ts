/** Reads a folder of Parquet files: those that are new or have changed since the last time. */

import { mkdir, readdir, realpath, rm, stat } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';

import { reasonOf, TidewatchError } from '../../core/errors.ts';
import { dayMs, instantOfLocal, type Window } from '../../core/window.ts';
import type { Vector } from '../../sql/binary-rows.ts';
import { openTableFile, type DuringWindow, type TableFile } from '../../sql/table-file.ts';
import { familyOf, isReadable } from '../../sql/table-types.ts';
import { makeTemporaryDirectory, type TemporaryDirectory } from '../../sql/temporary-directory.ts';
import { hourCounter } from './hour-counter.ts';
import type { ObjectStore, StoredFile } from './object-store.ts';
import {
  batchRows,
  mostRowsAnHour,
  SourceProblem,
  type ChangesRequest,
  type ColumnsRequest,
  type RowReader,
  type SourceBatch,
} from './row-reader.ts';
import { columnProblems, type SourceColumn, type WantedColumn } from './wanted-columns.ts';

/** Where Parquet files are. */
export interface FileStore {
  list(): Promise<readonly StoredFile[]>;
  /** Where it can be read on this machine, until `done`; the folders above it are kept, because they may be columns. */
  open(key: string): Promise<{ readonly path: string; readonly done: () => Promise<void> }>;
  close(): Promise<void>;
}

export interface ParquetRequest {
  /** For people. */
  readonly name: string;
  readonly files: () => FileStore;
  readonly wanted: readonly WantedColumn[];
  readonly all: readonly WantedColumn[];
  readonly stamped: boolean;
  readonly timeZone: string | undefined;
  /** Rows of events before it are left out. */
  readonly since: number | undefined;
}

export function parquetReader(request: ParquetRequest): RowReader {
  return {
    name: request.name,
    problems: () =>
      withFiles(request, async (files) => {
        try {
          const newest = (await listParquet(files)).at(-1)!;
          return await withTable(files, newest.key, async (table) => problemsOf(request, table));
        } catch (error) {
          if (error instanceof SourceProblem) return error.problems;
          throw error;
        }
      }),
    readChanges: (changes) => withFiles(request, (files) => readFiles(files, request, changes)),
    readColumns: (asked) => withFiles(request, (files) => readColumns(files, request, asked)),
  };
}

async function readFiles(
  files: FileStore,
  request: ParquetRequest,
  { known, take }: ChangesRequest,
): Promise<readonly string[]> {
  const found = await listParquet(files);
  const bad: string[] = [];
  for (const { key, fingerprint } of found) {
    if (known.get(key) === fingerprint) continue;
    try {
      await withTable(files, key, async (table) => {
        const problems = problemsOf(request, table);
        if (problems.length > 0) throw new SourceProblem(problems);
        await refuseLargeHours(table, request);
        await readTable(table, request, new Map([[key, fingerprint]]), take);
      });
    } catch (error) {
      // The other files are read all the same: what is good in them must not wait for a person.
      if (!(error instanceof SourceProblem)) throw error;
      bad.push(...error.problems.map((problem) => `${key}: ${problem}`));
    }
  }
  if (bad.length > 0) throw new SourceProblem(bad);
  const present = new Set(found.map(({ key }) => key));
  return [...known.keys()].filter((key) => !present.has(key));
}

/** Reads the rows of a window from those files that may have some. */
async function readColumns(
  files: FileStore,
  request: ParquetRequest,
  { wanted, window, only, parts, take }: ColumnsRequest,
): Promise<void> {
  const { since, timeZone } = request;
  const first = Math.max(window.start, since ?? -Infinity);
  const instants = only && new Set(only.instants);
  const entities = only?.entities && new Set<unknown>(only.entities);
  const timeAt = wanted.findIndex(({ what }) => what === 'event_time');
  const entityAt = wanted.findIndex(({ what }) => what === 'entity');
  for (const { key } of await listParquet(files)) {
    if (!parts.has(key)) continue;
    await withTable(files, key, async (table) => {
      const problems = problemsOf(request, table);
      if (problems.length > 0) throw new SourceProblem(problems.map((problem) => `${key}: ${problem}`));
      const during = duringOf(table, wanted[timeAt]!.column, { start: first, end: window.end });
      for await (const { values, vector, rows } of valuesOf(table, { wanted, timeZone }, { during })) {
        const places: number[] = [];
        for (let row = 0; row < rows; row += 1) {
          const time = Number(values(timeAt, row) ?? Number.NaN);
          if (!(time >= first && time < window.end)) continue;
          if (instants?.has(time) === false) continue;
          if (entities !== undefined && entityAt >= 0 && !entities.has(values(entityAt, row))) continue;
          places.push(row);
        }
        if (places.length > 0)
          await take({ rows: places.length, columns: wanted.map((_, column) => vector(column, places)) });
      }
    });
  }
}

/** Clock changes fold local time: a day wider than what is asked for. */
function duringOf(table: TableFile, column: string, { start, end }: Window): DuringWindow {
  const isLocal = columnsOf(table).find(({ name }) => name === column)?.isLocal === true;
  return isLocal ? { column, start: start - dayMs, end: end + dayMs } : { column, start, end };
}

function vectorOf(values: readonly unknown[]): Vector {
  return values.every((value) => typeof value === 'number' || value === null)
    ? Float64Array.from(values, (value) => value ?? Number.NaN)
    : values.map((value) => (typeof value === 'number' ? String(value) : (value as string | boolean | null)));
}

/** Chunks of a file, with the value of a row as a column is wanted. */
async function* valuesOf(
  table: TableFile,
  { wanted, timeZone }: Pick<ParquetRequest, 'wanted' | 'timeZone'>,
  options: { readonly during?: DuringWindow; readonly hashed?: readonly string[] | undefined },
): AsyncGenerator<{
  readonly rows: number;
  readonly values: (column: number, row: number) => unknown;
  /** Of some rows, in order. */
  readonly vector: (column: number, places: readonly number[]) => Vector;
  readonly hash: (row: number) => unknown;
}> {
  const columns = columnsOf(table);
  const typeOf = new Map(columns.map((column) => [column.name, column]));
  const names = [...new Set(wanted.map(({ column }) => column))];
  const asText = new Set(
    wanted.flatMap((each) => (isText(each, typeOf.get(each.column)!) ? [each.column] : [])),
  );
  const asNumbers = new Set(
    names.filter((name) => wanted.every(({ column, use }) => column !== name || use === 'number')),
  );
  const at = wanted.map(({ column }) => names.indexOf(column));
  const readers = wanted.map((each) => readerOf(each, typeOf.get(each.column)!, timeZone));
  for await (const chunk of table.readChunks(names, { asText, asNumbers, ...options })) {
    const rows = chunk[0]!.length;
    const values = (column: number, row: number): unknown => readers[column]!(chunk[at[column]!]![row]);
    yield {
      rows,
      values,
      vector: (column, places) => {
        const numbers = chunk[at[column]!]!;
        if (!(numbers instanceof Float64Array)) return vectorOf(places.map((row) => values(column, row)));
        return places.length === rows ? numbers : Float64Array.from(places, (row) => numbers[row]!);
      },
      hash: (row) => chunk[names.length]?.[row],
    };
  }
}

/** Refuses a file with more rows of one hour than can be watched before any of them is stored, at the first that is too many. */
async function refuseLargeHours(
  table: TableFile,
  { wanted, timeZone, since }: ParquetRequest,
): Promise<void> {
  if (table.rows <= mostRowsAnHour) return;
  const times = wanted.filter(({ what }) => what === 'event_time');
  const countHours = hourCounter(times);
  for await (const { rows, values } of valuesOf(table, { wanted: times, timeZone }, {}))
    countHours(
      Array.from({ length: rows }, (_, row) => [values(0, row)]).filter(
        ([time]) => since === undefined || Number(time) >= since,
      ),
    );
}

/** Later rows than of the year 2200 are not stored. */
const latest = Date.UTC(2200);

/** Reads one file; its fingerprint goes with its last rows. */
async function readTable(
  table: TableFile,
  request: ParquetRequest,
  done: ReadonlyMap<string, string>,
  take: (batch: SourceBatch) => Promise<void>,
): Promise<void> {
  const { wanted, all, stamped, since } = request;
  const timeAt = wanted.findIndex(({ what }) => what === 'event_time');
  const hashed = stamped ? [...new Set(all.map(({ column }) => column))] : undefined;
  let rows: unknown[][] = [];
  let [first, last] = [Infinity, -Infinity];
  for await (const chunk of valuesOf(table, request, { hashed })) {
    for (let index = 0; index < chunk.rows; index += 1) {
      const values = wanted.map((_, column) => chunk.values(column, index));
      const time = values[timeAt];
      if (since !== undefined && Number(time) < since) continue;
      if (typeof time === 'number' && Math.abs(time) < latest)
        [first, last] = [Math.min(first, time), Math.max(last, time)];
      if (stamped) values.push(chunk.hash(index));
      rows.push(values);
    }
    if (rows.length < batchRows) continue;
    await take({ rows, done: new Map() });
    rows = [];
  }
  await take({ rows, done, span: first <= last ? { start: first, end: last } : undefined });
}

function columnsOf(table: TableFile): readonly SourceColumn[] {
  return table.columns.map((column) => {
    const { name, type } = column;
    const family = isReadable(column) ? familyOf(type) : 'other';
    return { name, type, family, isLocal: family === 'instant' && !type.includes('TIME ZONE') };
  });
}

function problemsOf({ all, timeZone }: ParquetRequest, table: TableFile): readonly string[] {
  return columnProblems(all, columnsOf(table), timeZone);
}

/** Numbers that are wanted as they are written; a column may be wanted twice, then as text. */
function isText({ use }: WantedColumn, { type }: SourceColumn): boolean {
  return use === 'key' || use === 'class' || (use === 'category' && /^(U?BIGINT|U?HUGEINT)$/.test(type));
}

function readerOf(
  wanted: WantedColumn,
  column: SourceColumn,
  timeZone: string | undefined,
): (value: unknown) => unknown {
  switch (wanted.use) {
    case 'key':
    case 'class':
      // 1.0 is the class 1.
      return column.family === 'fraction' ? (value) => (value === null ? null : String(Number(value))) : same;
    case 'instant':
      if (!column.isLocal) return same;
      return (value) => (typeof value === 'number' ? instantOfLocal(value, timeZone ?? 'UTC') : value);
    case 'number':
      return (value) => (value === null ? null : orNull(Number(value)));
    case 'category':
      return (value) => (typeof value === 'number' ? orNull(value) : value);
  }
}

const same = (value: unknown): unknown => value;

/** Where others have a missing value, pandas writes NaN. */
function orNull(value: number): number | null {
  return Number.isNaN(value) ? null : value;
}

/** The Parquet files of a store, in the order of their names; what begins with "_" or "." is not written to its end yet. */
async function listParquet(files: FileStore): Promise<readonly StoredFile[]> {
  const found = (await files.list())
    .filter(({ key }) => /\.(parquet|pq)$/i.test(key) && !key.split('/').some((part) => /^[_.]/.test(part)))
    .sort((a, b) => (a.key < b.key ? -1 : 1));
  if (found.length === 0) throw new SourceProblem(['there is no Parquet file (*.parquet) in it']);
  return found;
}

async function withFiles<T>(request: ParquetRequest, work: (files: FileStore) => Promise<T>): Promise<T> {
  const files = request.files();
  try {
    return await work(files);
  } finally {
    await files.close();
  }
}

async function withTable<T>(
  files: FileStore,
  key: string,
  work: (table: TableFile) => Promise<T>,
): Promise<T> {
  const { path, done } = await files.open(key);
  try {
    const table = await openTableFile(path, { folders: 'columns', threads: 2 });
    try {
      return await work(table);
    } finally {
      await table.close();
    }
  } catch (error) {
    if (!(error instanceof TidewatchError)) throw error;
    throw new SourceProblem([String(error.details['reason'] ?? error.message)], { cause: error });
  } finally {
    await done();
  }
}

/** The files of a folder of this machine, which must be in the directory that the worker was given. */
export function localFiles(directory: string, folder: string): FileStore {
  const root = async (): Promise<string> => {
    try {
      const [top, path] = [await realpath(directory), await realpath(join(directory, folder))];
      if (path !== top && !path.startsWith(top + sep))
        throw new SourceProblem([`${folder} leads out of SOURCE_DIRECTORY`]);
      return path;
    } catch (error) {
      if (error instanceof SourceProblem) throw error;
      throw new SourceProblem([`there is no folder ${folder} in SOURCE_DIRECTORY (${reasonOf(error)})`], {
        cause: error,
      });
    }
  };
  return {
    list: async () => {
      const path = await root();
      const entries = await readdir(path, { recursive: true, withFileTypes: true });
      return Promise.all(
        entries
          .filter((entry) => entry.isFile())
          .map(async ({ name, parentPath }) => {
            const file = join(parentPath, name);
            const { size, mtimeMs } = await stat(file);
            return { key: relative(path, file).split(sep).join('/'), fingerprint: `${size} ${mtimeMs}` };
          }),
      );
    },
    open: async (key) => ({ path: join(await root(), key), done: async () => {} }),
    close: async () => {},
  };
}

/** The files of a folder of a bucket, one at a time in a temporary directory. */
export function fetchedFiles(store: ObjectStore, folder: string): FileStore {
  let directory: TemporaryDirectory | undefined;
  return {
    list: () => store.list(folder),
    open: async (key) => {
      directory ??= await makeTemporaryDirectory();
      // A name such as "../../etc/passwd" is none that a path is made of.
      const parts = key.split('/').map((part) => part.replaceAll(/^\.+$/g, '_'));
      const path = join(directory.path, ...parts);
      await mkdir(dirname(path), { recursive: true });
      await store.fetch(key, path);
      return { path, done: () => rm(path, { force: true }) };
    },
    close: async () => directory?.remove(),
  };
}
