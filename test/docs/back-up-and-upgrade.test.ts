/**
 * Runs the commands of docs/back-up-and-upgrade.md, in their order, against a Postgres of the version of the `pg_dump` that is installed
 * (Debian: `postgresql`, whose `pg_virtualenv` starts one that is thrown away). Skipped where there is none.
 */

import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { openClient } from '../../client/tidewatch-client.ts';
import { openDatabase } from '../../sql/database.ts';
import { executableOnPath } from '../setup/prometheus-tools.ts';
import { testServers } from '../setup/servers.ts';
import { commandsOf, runnable } from './fenced.ts';

const page = await readFile(new URL('../../docs/back-up-and-upgrade.md', import.meta.url), 'utf8');
const root = new URL('../../', import.meta.url).pathname;
const pgVirtualenv = executableOnPath(['pg_virtualenv']);
const pgDump = executableOnPath(['pg_dump']);

describe.skipIf(pgVirtualenv === undefined || pgDump === undefined)('a back-up', () => {
  let directory: string;
  let server: { child: ChildProcess; url: (database: string) => string };
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'back-up-'));
    server = await startServer();
  });
  afterAll(async () => {
    server?.child.stdin?.end();
    if (server?.child.exitCode === null) await once(server.child, 'exit');
    await rm(directory, { recursive: true });
  });

  /** A server for as long as the shell in it reads its standard input. */
  async function startServer(): Promise<typeof server> {
    const child = spawn(
      pgVirtualenv!,
      ['sh', '-c', 'echo "url postgres://$PGUSER:$PGPASSWORD@$PGHOST:$PGPORT/"; cat'],
      {
        stdio: ['pipe', 'pipe', 'inherit'],
      },
    );
    for await (const line of createInterface({ input: child.stdout })) {
      const base = /^url (\S+)$/.exec(line)?.[1];
      if (base !== undefined) return { child, url: (database) => new URL(database, base).href };
    }
    throw new Error('pg_virtualenv ended before its server was there');
  }

  /** Runs a line of the page against a database of that server. */
  async function run(line: string, database: string): Promise<string> {
    const { stdout } = await promisify(execFile)('/bin/sh', ['-c', runnable(line)], {
      cwd: directory,
      env: {
        PATH: process.env['PATH'],
        DATABASE_URL: server.url(database),
        TEMPORAL_ADDRESS: testServers().temporalAddress,
        TEMPORAL_TASK_QUEUE: 'back-up',
      },
    });
    return stdout;
  }

  /** Table -> a checksum of all its rows, every column of them. */
  async function contentOf(name: string): Promise<Record<string, string | null>> {
    const database = openDatabase({ url: server.url(name), poolSize: 1 });
    try {
      const tables = await database.query<{ name: string }>(
        `select relname as name from pg_class
         where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and not relispartition order by relname`,
      );
      const content: Record<string, string | null> = {};
      for (const table of tables) {
        const [row] = await database.query<{ md5: string | null }>(
          `select md5(string_agg(content::text, e'\\n' order by content::text)) as md5 from ${table.name} content`,
        );
        content[table.name] = row!.md5;
      }
      return content;
    } finally {
      await database.close();
    }
  }

  it('brings back every row of every table, by the commands of the page', async () => {
    const commands = commandsOf(page);
    const [backUp, restore, ...rest] = commands;
    expect(backUp).toMatch(/^pg_dump /);
    expect(restore).toMatch(/^pg_restore /);

    const admin = openDatabase({ url: server.url('postgres'), poolSize: 1 });
    for (const name of ['before', 'after']) await admin.execute(`create database ${name}`);
    await admin.close();
    await run('npx tidewatch migrate', 'before');
    await run(`npx tidewatch apply --monitors ${root}monitors --paused`, 'before');
    const client = openClient({ databaseUrl: server.url('before') });
    await client.logPredictions('bike-demand', [
      {
        version: '1',
        entity: 'station "é" \\N',
        eventTime: '2026-02-03T09:00:00Z',
        features: { temp: 0.3, weathersit: 'null\tand a tab' },
        prediction: 310,
      },
    ]);
    await client.recordActuals('bike-demand', [
      {
        entity: 'station "é" \\N',
        eventTime: '2026-02-03T09:00:00Z',
        value: 298,
        recordedAt: '2026-02-20T12:00:00Z',
      },
    ]);
    await client.close();
    const before = await contentOf('before');
    expect(before['predictions']).not.toBeNull();

    await run(backUp!, 'before');
    await run(restore!, 'after');
    expect(await contentOf('after')).toEqual(before);

    // The restored database works: the commands that follow find the newest schema and the same monitors.
    expect(rest.slice(0, 2)).toEqual(['npx tidewatch migrate', 'npx tidewatch apply']);
    expect(await run('npx tidewatch migrate', 'after')).toContain('nothing to migrate');
    expect(await run(`npx tidewatch apply --monitors ${root}monitors`, 'after')).toContain(
      'nothing to change',
    );
  });
});
