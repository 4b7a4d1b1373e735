/** A database of its own for a benchmark: on a server that is named, or on one that is started for it. */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { ActivityContext } from '../../activities/activity-context.ts';
import { startPostgres } from '../../demo/stack/postgres.ts';
import type { Database } from '../../sql/database.ts';
import { openDatabase } from '../../sql/database.ts';
import { migrate } from '../../sql/migrator.ts';

/** Of an activity that Temporal does not run. */
export const idleContext = (): ActivityContext => ({
  workflowId: '',
  runId: '',
  heartbeat: () => {},
  resumePoint: undefined,
  cancelled: new AbortController().signal,
});

const name = 'tidewatch_bench';

/** Works on an empty, migrated database of the server at this URL, or of one that is started for it, and drops it. */
export async function withBenchDatabase<T>(
  server: string | undefined,
  work: (database: Database, url: string) => Promise<T>,
): Promise<T> {
  if (server !== undefined) return inDatabase(new URL(server), work);
  const directory = await mkdtemp(join(tmpdir(), 'tidewatch-bench-'));
  const postgres = await startPostgres({
    stateDirectory: directory,
    persistent: false,
    logFile: join(directory, 'postgres.log'),
    pidFile: join(directory, 'postgres.pid'),
    // The server of the demo leaves these out; a production server writes them, and they are part of its WAL.
    settings: { full_page_writes: 'on' },
  });
  try {
    return await inDatabase(new URL(postgres.url('postgres')), work);
  } finally {
    await postgres.stop();
    await rm(directory, { recursive: true, force: true });
  }
}

async function inDatabase<T>(admin: URL, work: (database: Database, url: string) => Promise<T>): Promise<T> {
  await once(admin.href, `drop database if exists ${name} with (force)`, `create database ${name}`);
  const { href: url } = new URL(`/${name}`, admin);
  const database = openDatabase({ url, poolSize: 4, applicationName: name });
  try {
    await migrate(database);
    return await work(database, url);
  } finally {
    await database.close();
    await once(admin.href, `drop database ${name} with (force)`);
  }
}

async function once(url: string, ...statements: readonly string[]): Promise<void> {
  const database = openDatabase({ url, poolSize: 1, applicationName: name });
  try {
    for (const statement of statements) await database.execute(statement);
  } finally {
    await database.close();
  }
}

export interface Cost {
  readonly seconds: number;
  /** Megabytes of write-ahead log. */
  readonly wal: number;
}

/** What a piece of work costs, after a checkpoint and without what is still to be vacuumed. */
export async function costOf(database: Database, work: () => Promise<unknown>): Promise<Cost> {
  await database.execute('checkpoint');
  const before = await walPosition(database);
  const started = performance.now();
  await work();
  const seconds = (performance.now() - started) / 1_000;
  return { seconds, wal: ((await walPosition(database)) - before) / 1e6 };
}

async function walPosition(database: Database): Promise<number> {
  const [row] = await database.query<{ bytes: number }>(
    `select pg_current_wal_insert_lsn() - '0/0'::pg_lsn as bytes`,
  );
  return row!.bytes;
}

/** The middle one by time. */
export function medianOf(costs: readonly Cost[]): Cost {
  return costs.toSorted((a, b) => a.seconds - b.seconds)[Math.floor(costs.length / 2)]!;
}
