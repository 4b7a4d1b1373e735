/**
 * Owns `pg-copy-streams`: many rows at once. In straight into a table where all of them are new, or through a staging table, so
 * that they can be merged by key; out as CSV.
 */

import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';

import { from as copyFrom, to as copyTo } from 'pg-copy-streams';

import type { Client, Database } from './database.ts';
import { isConflict, isUnsupported } from './database.ts';

/** A value as COPY takes it; JSON and instants as text. */
export type CopyValue = string | number | boolean | null;

export interface Statement {
  readonly text: string;
  readonly values: readonly unknown[];
}

export interface CopiedRows {
  readonly table: string;
  /** Column -> type. */
  readonly columns: Readonly<Record<string, string>>;
  /** The rows as `copyLine` writes them, one or more in each text. */
  readonly rows: readonly string[];
  /** What else belongs to the same transaction. */
  readonly statements: readonly Statement[];
}

/**
 * Copies rows straight into their table, in one transaction with the statements. Where no row is there yet, Postgres needs a third
 * less for it than for a merge: 3.1 CPU seconds for 300,000 predictions of 8 features, as for one plain COPY, and not 4.5.
 *
 * A row with a key that is there already, or is written meanwhile, ends it before the transaction has changed anything; most
 * often after the first thousand rows, which is what Postgres puts into a table at once.
 *
 * @returns whether the rows were new: if not, nothing is stored
 */
export async function copyNewRows(
  database: Pick<Database, 'withClient'>,
  copied: CopiedRows,
): Promise<boolean> {
  const { table, columns, rows, statements } = copied;
  try {
    await inTransaction(database, async (client) => {
      await copyIn(client, 'begin', table, columns, rows);
      for (const { text, values } of statements) await client.query(text, [...values]);
    });
    return true;
  } catch (error) {
    // Where teams are kept apart, Postgres copies no row into a table for whom it has to look at each.
    if (isConflict(error) || isUnsupported(error)) return false;
    throw error;
  }
}

export interface MergedRows extends CopiedRows {
  /** The staging table; by default `staged_<table>`. */
  readonly staged?: string | undefined;
  /** Writes what is in the staging table into the table. */
  readonly merge: string;
}

/**
 * Copies rows into a staging table and merges them from there, in one transaction: all of it is stored, or nothing. The
 * staging table has the columns, and `row_number`, which grows from row to row.
 *
 * The staging table lives as long as its connection and is emptied at each commit. Making one for each call would write
 * to the system catalogs for every handful of predictions. Measured on two busy cores, Postgres 15, 8 jsonb features, batches
 * of 20,000 rows, median of five: 49,000 new and 65,000 unchanged rows/s; one JSON parameter instead of COPY 46,000 and
 * 52,000, arrays with `unnest` 36,000 and 41,000.
 *
 * @returns how many rows the merge wrote
 */
export async function mergeRows(database: Pick<Database, 'withClient'>, merged: MergedRows): Promise<number> {
  const { table, columns, rows, merge, statements, staged = `staged_${table}` } = merged;
  const definitions = Object.entries(columns).map(([name, type]) => `${name} ${type}`);
  return inTransaction(database, async (client) => {
    const before = `
      begin;
      create temporary table if not exists ${staged}
        (row_number bigint generated always as identity, ${definitions.join(', ')}) on commit delete rows`;
    await copyIn(client, before, `pg_temp.${staged}`, columns, rows);
    const { rowCount } = await client.query(merge);
    for (const { text, values } of statements) await client.query(text, [...values]);
    return rowCount ?? 0;
  });
}

/** @param before statements that are sent together with it: an answer waits until the next rows leave a turn for it */
async function copyIn(
  client: Client,
  before: string,
  table: string,
  columns: CopiedRows['columns'],
  rows: readonly string[],
): Promise<void> {
  const names = Object.keys(columns).join(', ');
  const copy = client.query(copyFrom(`${before}; copy ${table} (${names}) from stdin`));
  // In one piece: each piece waits for a turn of the event loop, which is reading the next rows meanwhile.
  await pipeline([rows.join('')], copy);
}

/** `work` begins the transaction, with its first statement. */
async function inTransaction<T>(
  database: Pick<Database, 'withClient'>,
  work: (client: Client) => Promise<T>,
): Promise<T> {
  return database.withClient(async (client) => {
    try {
      const result = await work(client);
      await client.query('commit');
      return result;
    } catch (error) {
      // A connection that is gone has rolled back already.
      await client.query('rollback').catch(() => {});
      throw error;
    }
  });
}

/** A column of a query: its name, and the identity of its type in pg_type. */
export interface QueriedColumn {
  readonly name: string;
  readonly type: number;
}

/** Writes the rows of a query to a file, as CSV with their names in its first line, and returns their columns. Changes nothing. */
export async function copyToFile(
  database: Database,
  query: string,
  file: string,
): Promise<readonly QueriedColumn[]> {
  return copyRows(database, query, 'csv', createWriteStream(file));
}

/** What COPY is told: of JSON it must change nothing, and these two characters are never in it. */
const copyForms = {
  csv: { of: (query: string) => query, options: 'format csv, header' },
  jsonl: {
    of: (query: string) => `select to_json(queried) from (${query}) as queried`,
    options: String.raw`format csv, quote e'\x01', delimiter e'\x02'`,
  },
} as const;

/** The same to any stream; also as JSON, an object a line. */
export async function copyRows(
  database: Database,
  query: string,
  form: keyof typeof copyForms,
  sink: NodeJS.WritableStream,
  options: { readonly end: boolean } = { end: true },
): Promise<readonly QueriedColumn[]> {
  const { of, options: copyOptions } = copyForms[form];
  return database.withClient(async (client) => {
    try {
      await client.query('begin read only');
      const { fields } = await client.query(`select * from (${query}) as queried limit 0`);
      const rows = client.query(copyTo(`copy (${of(query)}) to stdout (${copyOptions})`));
      await pipeline(rows, sink, options);
      return fields.map(({ name, dataTypeID }) => ({ name, type: dataTypeID }));
    } finally {
      // A connection that is gone has rolled back already.
      await client.query('rollback').catch(() => {});
    }
  });
}

/** What a query gives in the binary format of COPY, in pieces that end anywhere. It has to be read to its end. */
export function copyBinary(client: Client, query: string): AsyncIterable<Buffer> {
  return client.query(copyTo(`copy (${query}) to stdout (format binary)`));
}

/** One row in the text format of COPY. */
export function copyLine(first: string, rest: readonly CopyValue[]): string {
  let line = escapeText(first);
  for (const value of rest)
    line += `\t${value === null ? '\\N' : typeof value === 'string' ? escapeText(value) : value}`;
  return `${line}\n`;
}

const special = /[\\\t\n\r]/;
const specials = /[\\\t\n\r]/g;
const escapes: Readonly<Record<string, string>> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' };

function escapeText(text: string): string {
  return special.test(text)
    ? text.replaceAll(specials, (character) => escapes[character] ?? character)
    : text;
}
