/** Owns `@duckdb/node-api`: CSV and Parquet files as tables, read a few columns at a time. */

import { createRequire } from 'node:module';
import { join } from 'node:path';

import type * as DuckDB from '@duckdb/node-api';

import { reasonOf, TidewatchError } from '../core/errors.ts';
import { isUsableNumber } from '../core/profile/grid.ts';
import { pathsOf } from './table-paths.ts';
import {
  reasonOfDuckdb,
  tableSourceOf,
  unreadable,
  type FolderMeaning,
  type KnownTypes,
  type TableSource,
  type TimeMeaning,
} from './table-source.ts';
import { countLevels, type LevelCounts, type LevelSelection, type Query } from './table-levels.ts';
import { noNumbers, numberColumnOf, takeNumbers, type NumberColumn } from './table-numbers.ts';
import {
  identifierSql,
  isReadable,
  numberSql,
  tableColumn,
  textSql,
  valueSql,
  type TableColumn,
} from './table-types.ts';
import { makeTemporaryDirectory, type TemporaryDirectory } from './temporary-directory.ts';

// As CommonJS, which it is: to import it, Node.js first parses all of its 180 files for names, which takes 0.1 s.
const { DOUBLE, DuckDBDoubleVector, DuckDBInstance, LIST, listValue, VARCHAR } = createRequire(
  import.meta.url,
)('@duckdb/node-api') as typeof DuckDB;

export type { LevelCounts } from './table-levels.ts';
export type { NumberColumn } from './table-numbers.ts';
export type { TableColumn } from './table-types.ts';

/** A value as it comes from a table; instants are epoch milliseconds. */
export type TableValue = number | string | boolean | null;

export interface TableFile {
  readonly path: string;
  readonly rows: number;
  readonly columns: readonly TableColumn[];
  /**
   * The columns as numbers, whatever their type: see `numberSql`. Memory: 8 bytes a row and column. Ask for about 10 columns
   * at once: each call decodes only what it names, but costs 0.1 s a million rows. `buffers`, one a column and as long as
   * the table, hold the values where they are given; whoever reads again into them overwrites what was read before.
   */
  readNumbers(names: readonly string[], buffers?: readonly Float64Array[]): Promise<readonly NumberColumn[]>;
  /** The same row by row, with NaN for what is missing or invalid: for columns that belong together. */
  readAlignedNumbers(names: readonly string[]): Promise<readonly Float64Array[]>;
  /** The levels of a column, counted in the database: numbers as JavaScript writes them, booleans as true and false. */
  countLevels(name: string, selection: LevelSelection): Promise<LevelCounts>;
  /**
   * Chunks of up to 2,048 rows, column by column, in the order of the file. `asText`: columns whose numbers are sent as they
   * are written, because a key may be longer than a number can hold; `asNumbers`: columns of numbers or truth values that come as a
   * Float64Array, with NaN where a value is missing, and without a look at each; `from`: rows to leave out before; `hashed`: a hash of these
   * columns comes last, as text; `during`: only rows whose instant in a column is in this half-open window, the rest of a Parquet
   * file is not read.
   */
  readChunks(
    names: readonly string[],
    options?: {
      readonly asText?: ReadonlySet<string>;
      readonly asNumbers?: ReadonlySet<string>;
      readonly from?: number;
      readonly hashed?: readonly string[] | undefined;
      readonly during?: DuringWindow | undefined;
    },
  ): AsyncIterable<readonly (Float64Array | readonly TableValue[])[]>;
  /** A Parquet file of the same rows, for other threads to open: the file itself, or a temporary one. */
  parquetFile(): Promise<string>;
  /** Frees the connection and any temporary file. */
  close(): Promise<void>;
}

/** Which instants of a column, epoch milliseconds; of a column without a zone as if it were UTC. */
export interface DuringWindow {
  readonly column: string;
  readonly start: number;
  readonly end: number;
}

export interface TableFileOptions {
  /** Threads of DuckDB; by default one a core. */
  readonly threads?: number;
  /** For messages, where the file is a copy. */
  readonly name?: string;
  /** The file is a copy of this table as Postgres writes CSV, with columns of these types. */
  readonly copyOf?: { readonly name: string; readonly types: KnownTypes };
  /** Of Parquet files: whether a directory `month=1` is a column; by default it is nothing. */
  readonly folders?: FolderMeaning;
  readonly times?: TimeMeaning;
}

/** A larger CSV file is rewritten as Parquet once, so that its columns can be read without parsing it again. */
const largestInMemory = { plain: 16e6, gzipped: 4e6 } as const;

/**
 * Opens a CSV (gzipped or not) or Parquet file as a table; several as one by a pattern (`january/*.parquet`), standard input
 * as `-`.
 *
 * @example
 * const table = await openTableFile('current.parquet');
 * const [hum] = await table.readNumbers(['hum']);
 * await table.close();
 * @throws TidewatchError `UNREADABLE_TABLE` when there is no such file or it is no table; the methods throw it too, and
 * `UNKNOWN_TABLE_COLUMN` for a name that the file does not have.
 */
export async function openTableFile(file: string, options: TableFileOptions = {}): Promise<TableFile> {
  const path = options.copyOf?.name ?? options.name ?? file;
  const instance = await DuckDBInstance.create(':memory:', {
    // Nothing is downloaded on behalf of a file.
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    ...(options.threads !== undefined && { threads: String(options.threads) }),
  });
  const connection = await instance.connect();
  let directory: TemporaryDirectory | undefined;
  const temporaryDirectory = async (): Promise<string> => (directory ??= await makeTemporaryDirectory()).path;
  const writeParquet = async (relation: string): Promise<string> => {
    const parquet = join(await temporaryDirectory(), 'table.parquet');
    await connection.run(`copy (from ${relation}) to ${textSql(parquet)} (format parquet)`);
    return parquet;
  };
  const close = async (): Promise<void> => {
    connection.closeSync();
    instance.closeSync();
    await directory?.remove();
  };
  try {
    const matching = (pattern: string): Promise<readonly string[]> => matchesOf(connection, pattern);
    const paths = await pathsOf(file, { matching, temporaryDirectory });
    const source = await tableSourceOf(path, paths, {
      types: options.copyOf?.types,
      ...(options.folders && { folders: options.folders }),
      ...(options.times && { times: options.times }),
    });
    const stored = await store(connection, source, writeParquet);
    const { relation } = stored;
    const { rows, columns } = await describe(connection, relation);
    if (columns.length === 0) throw unreadable(path, 'it has no columns');
    return {
      path,
      rows,
      columns,
      ...readersOf({ path, connection, relation, rows, columns }),
      parquetFile: async () => stored.parquetFile ?? writeParquet(relation),
      close,
    };
  } catch (error) {
    await close();
    throw asUnreadable(path, error);
  }
}

async function matchesOf(connection: DuckDB.DuckDBConnection, pattern: string): Promise<readonly string[]> {
  const found = await connection.runAndReadAll('select file from glob($1) order by file', [pattern]);
  return found.getRows().map(([file]) => String(file));
}

/** Makes a source readable column by column. */
async function store(
  connection: DuckDB.DuckDBConnection,
  source: TableSource,
  writeParquet: (relation: string) => Promise<string>,
): Promise<{ readonly relation: string; readonly parquetFile?: string }> {
  const { format, path, relation } = source;
  if (format === 'parquet') return { relation, parquetFile: path };
  try {
    if (isSmall(source)) {
      await connection.run(`create table content as from ${relation}`);
      return { relation: 'content' };
    }
    const parquetFile = await writeParquet(relation);
    return { relation: `read_parquet(${textSql(parquetFile)})`, parquetFile };
  } catch (error) {
    throw await locateCsvError(connection, source, error);
  }
}

function isSmall({ format, size }: TableSource): boolean {
  return size <= (format === 'gzipped csv' ? largestInMemory.gzipped : largestInMemory.plain);
}

/** While DuckDB guesses types it does not say which line it cannot parse: read once more without guessing. */
async function locateCsvError(
  connection: DuckDB.DuckDBConnection,
  { asText }: TableSource,
  error: unknown,
): Promise<unknown> {
  if (asText === undefined || !reasonOf(error).includes('when sniffing file')) return error;
  return connection.run(`select count(*) from ${asText}`).then(
    () => error,
    (located: unknown) => located,
  );
}

async function describe(
  connection: DuckDB.DuckDBConnection,
  relation: string,
): Promise<{ readonly rows: number; readonly columns: readonly TableColumn[] }> {
  const described = await connection.runAndReadAll(`describe from ${relation}`);
  const columns = described.getRows().map(([name, type]) => tableColumn(String(name), String(type)));
  const counted = await connection.runAndReadAll(`select count(*)::double from ${relation}`);
  return { rows: Number(counted.getRows()[0]?.[0]), columns };
}

type Readers = Pick<TableFile, 'readNumbers' | 'readAlignedNumbers' | 'countLevels' | 'readChunks'>;

function readersOf(table: {
  readonly path: string;
  readonly connection: DuckDB.DuckDBConnection;
  readonly relation: string;
  readonly rows: number;
  readonly columns: readonly TableColumn[];
}): Readers {
  const { path, connection, relation, rows, columns } = table;

  const columnOf = (name: string): TableColumn => {
    const column = columns.find((column) => column.name === name);
    if (column === undefined) {
      const known = columns.map(({ name }) => name).join(', ');
      throw new TidewatchError('UNKNOWN_TABLE_COLUMN', { file: path, column: name, known });
    }
    if (!isReadable(column)) throw unreadable(path, `${name}: ${column.reason ?? 'it cannot be read'}`);
    return column;
  };

  const query: Query = async (sql, list) => {
    const [values, type] =
      list === undefined ? [] : 'texts' in list ? [list.texts, VARCHAR] : [list.numbers, DOUBLE];
    const reader =
      values === undefined || type === undefined
        ? await connection.runAndReadAll(sql)
        : await connection.runAndReadAll(sql, [listValue([...values])], [LIST(type)]);
    return reader.getRows();
  };

  async function* chunksOf(
    expressions: readonly string[],
    from = 0,
    where = 'true',
  ): AsyncGenerator<DuckDB.DuckDBDataChunk> {
    try {
      const result = await connection.stream(
        `select ${expressions.join(', ')} from ${relation} where ${where}${from === 0 ? '' : ` offset ${from}`}`,
      );
      for (
        let chunk = await result.fetchChunk();
        chunk !== null && chunk.rowCount > 0;
        chunk = await result.fetchChunk()
      )
        yield chunk;
    } catch (error) {
      throw asUnreadable(path, error);
    }
  }

  return {
    readNumbers: async (names, buffers) => {
      const taken = names.map((_, i) => noNumbers(buffers?.[i] ?? new Float64Array(rows)));
      for await (const chunk of chunksOf(names.map((name) => numberSql(columnOf(name)))))
        for (const [index, column] of taken.entries()) takeNumbers(numbersOf(chunk, index), column);
      return taken.map(numberColumnOf);
    },
    readAlignedNumbers: async (names) => {
      const found = names.map(() => new Float64Array(rows));
      let row = 0;
      for await (const chunk of chunksOf(names.map((name) => numberSql(columnOf(name))))) {
        for (const [index, values] of found.entries())
          values.set(
            numbersOf(chunk, index).map((value) => (isUsableNumber(value) ? value + 0 : NaN)),
            row,
          );
        row += chunk.rowCount;
      }
      return found;
    },
    countLevels: async (name, selection) => {
      try {
        return await countLevels(query, relation, columnOf(name), selection);
      } catch (error) {
        throw asUnreadable(path, error);
      }
    },
    readChunks: async function* (names, { asText, asNumbers, from, hashed, during } = {}) {
      const sql = (name: string): string => {
        if (asText?.has(name)) return `${identifierSql(name)}::varchar`;
        return asNumbers?.has(name)
          ? `coalesce(${identifierSql(columnOf(name).name)}::double, 'nan'::double)`
          : valueSql(columnOf(name));
      };
      // Halved, so that it fits a signed number.
      const hash = hashed?.map((name) => identifierSql(columnOf(name).name)).join(', ');
      const expressions = [
        ...names.map(sql),
        ...(hash === undefined ? [] : [`(hash(${hash}) >> 1)::bigint::varchar`]),
      ];
      const where = during && duringSql(columnOf(during.column), during);
      for await (const chunk of chunksOf(expressions, from, where))
        yield expressions.map((_, index) =>
          asNumbers?.has(names[index]!)
            ? numbersOf(chunk, index)
            : (chunk.getColumnValues(index) as TableValue[]),
        );
    },
  };
}

/** On the column itself, so that the statistics of row groups tell which of them need not be read. */
function duringSql({ name, type }: TableColumn, { start, end }: DuringWindow): string {
  const at = (instant: number): string =>
    type.includes('TIME ZONE')
      ? `to_timestamp(${instant / 1000}::double)`
      : `make_timestamp(${Math.trunc(instant * 1000)}::bigint)`;
  return `${identifierSql(name)} >= ${at(start)} and ${identifierSql(name)} < ${at(end)}`;
}

function numbersOf(chunk: DuckDB.DuckDBDataChunk, column: number): Float64Array {
  const vector = chunk.getColumnVector(column);
  // The array is private; its public accessor costs 30 times as much, a value at a time.
  if (vector instanceof DuckDBDoubleVector) return vector['items'];
  throw new TypeError(`column ${column} was not read as DOUBLE`);
}

function asUnreadable(path: string, error: unknown): unknown {
  return error instanceof TidewatchError ? error : unreadable(path, reasonOfDuckdb(error), error);
}
