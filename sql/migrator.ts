/** Brings a database to the newest schema: plain numbered files, forward only, each in its own transaction. */

import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';

import { TidewatchError } from '../core/errors.ts';
import type { Database, Queryable } from './database.ts';

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

/**
 * Applies what is missing and returns the names of the migrations it applied. Any number of processes may start at
 * once: one applies, the others wait for it and find nothing to do.
 *
 * @throws TidewatchError `SCHEMA_AHEAD` when the database is newer than this code, `MIGRATION_CHANGED` when an applied file
 * was edited; then nothing has been changed.
 */
export async function migrate(database: Database): Promise<string[]> {
  const migrations = await listMigrations();
  return database.transaction(async (connection) => {
    // Ends with the transaction; the number is arbitrary and names "tidewatch migrates".
    await connection.query('select pg_advisory_xact_lock(8416730512)');
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
  });
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
    throw new TidewatchError('SCHEMA_BEHIND', { actual: applied.size, expected: migrations.length });
  }
}

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
      throw new TidewatchError('SCHEMA_AHEAD', { actual: id, expected: migrations.length });
    if (expected !== hash) throw new TidewatchError('MIGRATION_CHANGED', { id });
  }
}
