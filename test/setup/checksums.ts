/** What a database says, as one checksum a table, so that two of them can be compared. */

import type { Queryable } from '../../sql/database.ts';

/**
 * Columns that are not content, beside those whose default is the clock: they say when, under which number or at which
 * try a row was written.
 */
const notContent: readonly string[] = [
  // Wall clock.
  'claimed_at',
  'delivered_at',
  'due_at',
  'finished_at',
  'sent_at',
  'retry_at',
  // Of an approval; until when days are waited for, the events of a retraining tell as well.
  'waits_until',
  // Numbers from sequences; a try that was rolled back has used some up.
  'drift_run_id',
  'message_id',
  'generation',
  // How many tries a delivery took.
  'attempts',
];

/** What may stand any number of times, and counts once: the same hour may be marked dirty by any number of statements. */
const countedOnce: readonly string[] = ['dirty_windows'];

/** Rows of other tables count as often as they are there: without a column that is left out of its key, the same row may be there twice. */
const selectOf = (table: string): string => (countedOnce.includes(table) ? 'select distinct' : 'select');

export interface Checksum {
  readonly rows: number;
  readonly md5: string | null;
}

interface TableRow extends Record<string, unknown> {
  readonly name: string;
  readonly clocks: readonly string[];
}

/** The tables of every migrated database. */
let tables: Promise<TableRow[]> | undefined;

function listTables(database: Queryable): Promise<TableRow[]> {
  return (tables ??= database.query<TableRow>(`
    select relname as name, array(
      select attname::text from pg_attribute join pg_attrdef on adrelid = attrelid and adnum = attnum
      where attrelid = pg_class.oid and pg_get_expr(adbin, adrelid) ~ 'now\\(\\)|clock_timestamp\\(\\)') as clocks
    from pg_class
    where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and not relispartition
      and relname <> 'schema_migrations'
    order by relname`));
}

/** Table -> every row as text, in order, without the columns that are not content. `except` leaves more columns out. */
export async function contents(
  database: Queryable,
  except: readonly string[] = [],
): Promise<Record<string, readonly string[]>> {
  const parts = (await listTables(database)).map(({ name, clocks }) => {
    const left = [...clocks, ...notContent, ...except].map((column) => `'${column}'`).join(', ');
    return `${selectOf(name)} '${name}' as name, (to_jsonb(${name}) - array[${left}]::text[])::text as content from ${name}`;
  });
  const rows = await database.query<{ name: string; content: string }>(
    `${parts.join('\nunion all\n')} order by name, content`,
  );
  const tables: Record<string, string[]> = {};
  for (const { name, content } of rows) (tables[name] ??= []).push(content);
  return tables;
}

/**
 * Table -> checksum of every row without the columns that are not content. `except` leaves more columns out; `alike` are texts of
 * which the first counts as the second wherever it is.
 */
export async function checksums(
  database: Queryable,
  except: readonly string[] = [],
  alike: readonly [string, string] = ['', ''],
): Promise<Record<string, Checksum>> {
  const parts = (await listTables(database)).map(({ name, clocks }) => {
    const left = [...clocks, ...notContent, ...except].map((column) => `'${column}'`).join(', ');
    return `
      select '${name}' as name, count(*) as rows, md5(string_agg(content, e'\\n' order by content)) as md5
      from (${selectOf(name)} replace((to_jsonb(${name}) - array[${left}]::text[])::text, $1, $2) as content from ${name}) content`;
  });
  const rows = await database.query<Checksum & { name: string } & Record<string, unknown>>(
    parts.join('\nunion all\n'),
    alike,
  );
  return Object.fromEntries(rows.map(({ name, rows, md5 }) => [name, { rows, md5 }]));
}

/** The rows of a table, in full order: some of its columns, where they say all that is to be compared. */
export function sortedRows(database: Queryable, table: string, columns: string): Promise<unknown[]> {
  return database.query(`select ${columns} from ${table} order by ${columns}`);
}
