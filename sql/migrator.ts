/** Brings a database to the newest schema: plain numbered files, forward only, all that are missing in one transaction. */

import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { setTimeout } from 'node:timers/promises';

import { TidewatchError } from '../core/errors.ts';
import { isLockTimeout, type Database, type Queryable } from './database.ts';

const directory = new URL('./migrations/', import.meta.url);

export interface Migration {
  readonly id: number;
  readonly name: string;
  readonly text: string;
  readonly hash: string;
}

/** The migrations that this code knows, in order. */
export async function listMigrations(): Promise<Migration[]> {
  const names = (await readdir(directory)).filter((name) => /^\d{4}_.+\.sql$/.test(name)).sort();
  return Promise.all(
    names.map(async (name) => {
      const text = await readFile(new URL(name, directory), 'utf8');
      return {
        id: Number(name.slice(0, 4)),
        name,
        text,
        hash: createHash('sha256').update(text).digest('hex'),
      };
    }),
  );
}

export interface MigrateOptions {
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
 * lock timeout, and a migration that cannot have its locks is tried again from the beginning.
 *
 * @throws TidewatchError `SCHEMA_AHEAD` when the database is newer than this code, `MIGRATION_CHANGED` when an applied file
 * was edited, `MIGRATION_LOCKED` when others held their locks all the time; then nothing has been changed.
 */
export async function migrate(
  database: Database,
  { lockTimeoutMs = 2_000, tries = 15, pauseMs = 1_000 }: MigrateOptions = {},
): Promise<string[]> {
  const migrations = await listMigrations();
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
  await connection.query(`
    create table if not exists schema_migrations (
      id integer constraint schema_migrations_pkey primary key,
      name text not null,
      hash text not null,
      applied_at timestamptz not null default now()
    )`);
  const applied = await appliedMigrations(connection);
  checkApplied(migrations, applied);
  const missing = migrations.filter((migration) => !applied.has(migration.id));
  for (const { id, name, text, hash } of missing) {
    await connection.query('insert into schema_migrations (id, name, hash) values ($1, $2, $3)', [
      id,
      name,
      hash,
    ]);
    await connection.query(text);
  }
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
 * Is the database at exactly the schema that this code needs?
 *
 * @throws TidewatchError `SCHEMA_BEHIND`, `SCHEMA_AHEAD` or `MIGRATION_CHANGED`
 */
export async function checkSchema(database: Database): Promise<void> {
  const migrations = await listMigrations();
  const [{ exists } = { exists: false }] = await database.query<{ exists: boolean }>(
    `select to_regclass('schema_migrations') is not null as exists`,
  );
  const applied = exists ? await appliedMigrations(database) : new Map<number, string>();
  checkApplied(migrations, applied);
  if (applied.size < migrations.length) {
    throw new TidewatchError('SCHEMA_BEHIND', {
      actual: newest(applied.keys()),
      expected: newestOf(migrations),
    });
  }
}

/** As its file begins; 0 where there is none. */
function newest(ids: Iterable<number>): string {
  const id = Math.max(0, ...ids);
  return id === 0 ? '0' : String(id).padStart(4, '0');
}

const newestOf = (migrations: readonly Migration[]): string => newest(migrations.map(({ id }) => id));

async function appliedMigrations(connection: Queryable): Promise<Map<number, string>> {
  const rows = await connection.query<{ id: number; hash: string }>(
    'select id, hash from schema_migrations order by id',
  );
  return new Map(rows.map(({ id, hash }) => [id, hash]));
}

function checkApplied(migrations: readonly Migration[], applied: ReadonlyMap<number, string>): void {
  const known = new Map(migrations.map((migration) => [migration.id, migration.hash]));
  for (const [id, hash] of applied) {
    const expected = known.get(id);
    if (expected === undefined)
      throw new TidewatchError('SCHEMA_AHEAD', { actual: newest([id]), expected: newestOf(migrations) });
    if (expected !== hash) throw new TidewatchError('MIGRATION_CHANGED', { id });
  }
}
