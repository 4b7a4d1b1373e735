/** Brings a database to the newest schema: plain numbered files, forward only, all that are missing in one transaction. */

import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { setTimeout } from 'node:timers/promises';

import { TidewatchError } from '../core/errors.ts';
import { isLockTimeout, type Database, type Queryable } from './database.ts';

const ownDirectory = new URL('./migrations/', import.meta.url);

/** May code that does not know a migration start where it is applied? */
type OlderCode = 'works' | 'refused';

export interface Migration {
  readonly id: number;
  readonly name: string;
  readonly text: string;
  readonly hash: string;
  /** As the line `-- older code: works` of the file says; without one it is refused. */
  readonly olderCode: OlderCode;
}

/** The migrations of a directory, in order; by default those that this code knows. */
export async function listMigrations(directory: URL = ownDirectory): Promise<Migration[]> {
  const names = (await readdir(directory)).filter((name) => /^\d{4}_.+\.sql$/.test(name)).sort();
  return Promise.all(
    names.map(async (name) => {
      const text = await readFile(new URL(name, directory), 'utf8');
      return {
        id: Number(name.slice(0, 4)),
        name,
        text,
        hash: createHash('sha256').update(text).digest('hex'),
        olderCode: /^-- older code: works$/m.test(text) ? 'works' : 'refused',
      };
    }),
  );
}

export interface MigrateOptions {
  /** Where the migrations are, by default those that this code knows. */
  readonly directory?: URL;
  /** For how long a statement waits for a lock that others hold. All who come later wait behind it: by default 2 s. */
  readonly lockTimeoutMs?: number;
  /** How often it is tried before it gives up, by default 15 times. */
  readonly tries?: number;
  /** Between two tries others get on, by default for 1 s. */
  readonly pauseMs?: number;
}

/** Another process that migrates may create indexes. */
const longestMigration = '30min';

/**
 * Applies what is missing and returns the names of the migrations it applied. Any number of processes may start at
 * once: one applies, the others wait for it and find nothing to do. Readers and writers that are at work wait for no longer than the
 * lock timeout, and a migration that cannot have its locks is tried again from the beginning. Where the database is newer than this code,
 * there is nothing to do.
 *
 * @throws TidewatchError `SCHEMA_AHEAD` when the database is newer and this code cannot work with it, `MIGRATION_CHANGED` when an applied
 * file was edited, `MIGRATION_LOCKED` when others held their locks all the time; then nothing has been changed.
 */
export async function migrate(
  database: Database,
  { directory = ownDirectory, lockTimeoutMs = 2_000, tries = 15, pauseMs = 1_000 }: MigrateOptions = {},
): Promise<string[]> {
  const migrations = await listMigrations(directory);
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await database.transaction((connection) => migrateIn(connection, migrations, lockTimeoutMs));
    } catch (error) {
      if (!isLockTimeout(error)) throw error;
      if (attempt >= tries)
        throw new TidewatchError(
          'MIGRATION_LOCKED',
          { tries, holders: await lockHolders(database) },
          { cause: error },
        );
    }
    await setTimeout(pauseMs);
  }
}

async function migrateIn(
  connection: Queryable,
  migrations: readonly Migration[],
  lockTimeoutMs: number,
): Promise<string[]> {
  await connection.query(`set local lock_timeout = '${longestMigration}'`);
  // Ends with the transaction; the number is arbitrary and names "tidewatch migrates".
  await connection.query('select pg_advisory_xact_lock(8416730512)');
  await connection.query(`set local lock_timeout = ${lockTimeoutMs}`);
  // Functions that act for the owner keep it, by `set search_path from current`: nobody's temporary table comes before theirs.
  await connection.query(
    `select set_config('search_path', quote_ident(current_schema()) || ', pg_temp', true) where current_schema() is not null`,
  );
  await connection.query(`
    create table if not exists schema_migrations (
      id integer constraint schema_migrations_pkey primary key,
      name text not null,
      hash text not null,
      applied_at timestamptz not null default now()
    )`);
  const { missing } = judge(migrations, await appliedMigrations(connection));
  for (const { id, name, text, hash } of missing) {
    await connection.query('insert into schema_migrations (id, name, hash) values ($1, $2, $3)', [
      id,
      name,
      hash,
    ]);
    await connection.query(text);
  }
  // In the end, since one of them may have added the column.
  const harmless = missing.filter(({ olderCode }) => olderCode === 'works').map(({ id }) => id);
  if (harmless.length > 0)
    await connection.query(`update schema_migrations set older_code = 'works' where id = any($1)`, [
      harmless,
    ]);
  return missing.map((migration) => migration.name);
}

/** The sessions whose transactions hold locks of this database, the oldest first; a line in words. */
async function lockHolders(database: Queryable): Promise<string> {
  const holders = await database.query<{ words: string }>(`
    select format('process %s (%s, user %s, %s for %s s)', pid, coalesce(nullif(application_name, ''), 'unnamed'), usename, state,
      round(extract(epoch from clock_timestamp() - xact_start))) as words
    from pg_stat_activity activity
    where datname = current_database() and pid <> pg_backend_pid() and xact_start is not null and exists (
      select from pg_locks where pg_locks.pid = activity.pid and granted and locktype = 'relation' and relation >= 16384)
    order by xact_start limit 5`);
  return holders.map(({ words }) => words).join('; ') || 'none any more';
}

/**
 * Is the database at the schema that this code needs, or at a newer one that it can work with?
 *
 * @returns the migrations that this code does not know, by name and in order; most often there are none
 * @throws TidewatchError `SCHEMA_BEHIND`, `SCHEMA_AHEAD` or `MIGRATION_CHANGED`
 */
export async function checkSchema(database: Queryable): Promise<readonly string[]> {
  const migrations = await listMigrations();
  const [{ exists } = { exists: false }] = await database.query<{ exists: boolean }>(
    `select to_regclass('schema_migrations') is not null as exists`,
  );
  const applied = exists ? await appliedMigrations(database) : [];
  const { missing, newer } = judge(migrations, applied);
  if (missing.length > 0) {
    throw new TidewatchError('SCHEMA_BEHIND', { actual: newest(applied), expected: newest(migrations) });
  }
  return newer;
}

/**
 * Refuses every newer schema, for what has to know all of its tables.
 *
 * @param what has to, as its user calls it
 * @throws TidewatchError `SCHEMA_BEHIND`, `SCHEMA_AHEAD` or `MIGRATION_CHANGED`
 */
export async function requireKnownSchema(database: Queryable, what: string): Promise<void> {
  const [first] = await checkSchema(database);
  if (first === undefined) return;
  const reason = `${what} takes a version that knows ${first}`;
  throw ahead(await listMigrations(), await appliedMigrations(database), reason);
}

/** What is said where `checkSchema` has found some. */
export function newerText(newer: readonly string[]): string {
  return `the schema is newer by ${newer.join(', ')}, which this version can work with`;
}

interface Applied {
  readonly id: number;
  readonly name: string;
  readonly hash: string;
  readonly olderCode: OlderCode;
}

async function appliedMigrations(connection: Queryable): Promise<readonly Applied[]> {
  // As JSON, since a database from before 0043 has no such column.
  return connection.query<Applied & Record<string, unknown>>(
    `select id, name, hash, coalesce(to_jsonb(schema_migrations) ->> 'older_code', 'refused') as "olderCode"
     from schema_migrations order by id`,
  );
}

interface Judgement {
  /** What this code knows and the database has not. */
  readonly missing: readonly Migration[];
  /** The names of what the database has and this code does not know. */
  readonly newer: readonly string[];
}

/** @throws TidewatchError `SCHEMA_AHEAD`, `MIGRATION_CHANGED` */
function judge(migrations: readonly Migration[], applied: readonly Applied[]): Judgement {
  const known = new Map(migrations.map(({ id, hash }) => [id, hash]));
  const unknown = applied.filter(({ id }) => !known.has(id));
  const refusing = unknown.find(({ olderCode }) => olderCode === 'refused');
  if (refusing !== undefined)
    throw ahead(migrations, applied, `${nameOf(refusing)} lets no older code work with it`);
  const changed = applied.find(({ id, hash }) => (known.get(id) ?? hash) !== hash);
  if (changed !== undefined) throw new TidewatchError('MIGRATION_CHANGED', { id: changed.id });
  const there = new Set(applied.map(({ id }) => id));
  const missing = migrations.filter(({ id }) => !there.has(id));
  // Of another line of versions: in which order theirs and ours would fit, nobody has tried.
  if (unknown.length > 0 && missing.length > 0)
    throw ahead(migrations, applied, `it lacks ${nameOf(missing[0]!)}, which this code needs`);
  return { missing, newer: unknown.map(nameOf) };
}

function ahead(
  migrations: readonly Migration[],
  applied: readonly Applied[],
  reason: string,
): TidewatchError {
  return new TidewatchError('SCHEMA_AHEAD', {
    actual: newest(applied),
    expected: newest(migrations),
    reason,
  });
}

const nameOf = ({ name }: { readonly name: string }): string => name.replace(/\.sql$/, '');

/** As its file begins; 0 where there is none. */
function newest(migrations: readonly { readonly id: number }[]): string {
  const id = Math.max(0, ...migrations.map((migration) => migration.id));
  return id === 0 ? '0' : String(id).padStart(4, '0');
}
