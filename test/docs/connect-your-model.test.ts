/** Runs the commands of docs/connect-your-model.md, in their order, on rows that are made for it, without a Pushgateway. */

import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';

import { afterAll, beforeAll, expect, it } from 'vitest';

import { findBinary } from '../../demo/stack/binaries.ts';
import { freeLoopbackPort } from '../../demo/stack/loopback-ports.ts';
import { postgresHome, type PostgresHome } from '../../demo/stack/postgres-home.ts';
import { formatInstant } from '../../core/window.ts';
import { openDatabase } from '../../sql/database.ts';
import { createTestDatabase, testServers, type TestDatabase } from '../setup/servers.ts';
import { startTestWorker, type TestWorker } from '../setup/worker.ts';
import { commandsOf, fenced, runnable } from './fenced.ts';

const page = await readFile(new URL('../../docs/connect-your-model.md', import.meta.url), 'utf8');
const commands = commandsOf(page);

let directory: string;
let test: TestDatabase;
/** Of the worker, and of the schedules that the page applies. */
const taskQueue = 'connect-your-model';
let worker: TestWorker;
let postgres: { readonly home: PostgresHome; readonly port: number } | undefined;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'connect-'));
  test = await createTestDatabase('empty');
  await writeFile(join(directory, 'scored.csv'), madeRows());
});
afterAll(async () => {
  await worker?.stop();
  if (postgres !== undefined) {
    await asPostgres('pg_ctl --pgdata tidewatch-postgres --mode immediate --wait stop > stopped.log 2>&1');
    await postgres.home.release();
  }
  await test.drop();
  await rm(directory, { recursive: true });
});

/** 59 days of 40 customers; in the last week their usage is twice what it was. */
function madeRows(): string {
  const [head] = fenced(page, 'text')[0]!.trim().split('\n');
  const rows = Array.from({ length: 59 * 40 }, (_, i) => {
    const day = Math.floor(i / 40);
    const usage = 20 + ((i * 7919) % 100) / 10;
    const churned = i % 5 === 0 ? 'yes' : 'no';
    return [
      formatInstant(Date.UTC(2026, 0, 1 + day, i % 24)),
      `c${i % 40}`,
      ['basic', 'plus', 'pro'][(i * 31) % 3],
      (i * 104_729) % 60,
      day >= 52 ? usage * 2 : usage,
      i % 11 === 0 ? 'yes' : churned,
      churned === 'yes' ? 0.7 : 0.2,
      // The newest are not known yet.
      day >= 57 ? '' : churned,
    ].join(',');
  });
  return [head, ...rows].join('\n');
}

async function run(line: string): Promise<string> {
  const command = runnable(line);
  const { stdout } = await promisify(execFile)('/bin/sh', ['-c', command], {
    cwd: directory,
    env: {
      PATH: process.env['PATH'],
      DATABASE_URL: test.url,
      TEMPORAL_ADDRESS: testServers().temporalAddress,
      TEMPORAL_TASK_QUEUE: taskQueue,
    },
  });
  return stdout;
}

/** A Postgres as the page makes one, on a free port, by the account that may. */
async function asPostgres(line: string): Promise<void> {
  postgres ??= {
    home: await postgresHome(directory),
    port: await freeLoopbackPort(),
  };
  const { home, port } = postgres;
  const command = line
    .replace(/(?<=port[= ])5432/, String(port))
    .replace('unix_socket_directories=/tmp', `unix_socket_directories=${home.directory}`);
  await promisify(execFile)('/bin/sh', ['-c', command], {
    cwd: home.directory,
    env: { PATH: [dirname(home.initdb), process.env['PATH']].join(delimiter), LC_ALL: 'C' },
    ...home.account,
  });
}

/** What each command of the page does here. */
const steps: Readonly<Record<string, (line: string) => Promise<void>>> = {
  initdb: asPostgres,
  // What it starts must not hold this process's pipes.
  pg_ctl: async (line) => {
    await asPostgres(`${line} > started.log 2>&1`);
  },
  createdb: async (line) => {
    // The packages of Postgres have it; the binaries that come with npm do not.
    const hasCreatedb = await promisify(execFile)('/bin/sh', ['-c', 'command -v createdb']).then(
      () => true,
      () => false,
    );
    const url = (name: string): string => `postgres://tidewatch@127.0.0.1:${postgres!.port}/${name}`;
    if (hasCreatedb) await asPostgres(line);
    else {
      expect(line).toBe('createdb --host 127.0.0.1 --port 5432 --username=tidewatch tidewatch');
      const database = openDatabase({ url: url('postgres'), applicationName: 'connect' });
      await database.execute('create database tidewatch');
      await database.close();
    }
    // As the page's DATABASE_URL has it.
    expect(commands).toContainEqual(expect.stringContaining(url('tidewatch').replace(/:\d+/, ':5432')));
    const { stdout } = await promisify(execFile)('/bin/sh', ['-c', runnable('npx tidewatch migrate')], {
      cwd: directory,
      env: { PATH: process.env['PATH'], DATABASE_URL: url('tidewatch') },
    });
    expect(stdout).toContain('0001_core.sql');
  },
  'temporal server start-dev': async (line) => {
    const binary = await findBinary('temporal', { cacheDirectory: '.tidewatch/bin' });
    const { stdout } = await promisify(execFile)(binary, ['server', 'start-dev', '--help']);
    for (const [option] of line.matchAll(/--[a-z-]+/g)) expect(stdout).toContain(`${option} `);
  },
  init: async (line) => {
    const said = await run(line);
    // The page shows the very line that it prints.
    const printed = /to load the rows: (.*)/.exec(said)![1]!;
    expect(commands).toContain(`npx ${printed}`);
    expect(said).toContain('wrote watched/churn.yaml');
    // The command before and after the one that is next.
    expect(said).toContain('`tidewatch migrate`, and `tidewatch apply --monitors watched --plan`');
    const file = join(directory, 'watched/churn.yaml');
    const monitor = await readFile(file, 'utf8');
    expect(monitor).toContain('classes: ["no", "yes"]');
    // As the page tells to do by hand.
    const shown = fenced(page, 'yaml')[0]!.replace(/^ {3}/gm, '');
    const limits = shown.slice(shown.indexOf('performance:'));
    expect(monitor).toContain(shown.replace(limits, ''));
    const commented = limits.trimEnd().replace(/^/gm, '# ');
    expect(monitor).toContain(commented);
    await writeFile(file, monitor.replace(commented, limits));
  },
  migrate: async (line) => {
    const said = await run(line);
    expect(said).toContain('0001_core.sql');
    expect(said).toMatch(/\nnext: `tidewatch apply --plan` [^\n]*\n$/);
  },
  'apply --monitors watched --plan': async (line) => {
    expect(await run(line)).toMatch(
      /nothing changed; run `tidewatch apply --monitors watched` to do this\n$/,
    );
  },
  // The schedules are not to fire into other tests.
  'apply --monitors watched': async (line) => {
    expect(await run(`${line} --paused`)).toMatch(
      /\nnext: load rows by `tidewatch ingest <file> --model churn` [^\n]*\n$/,
    );
  },
  ingest: async (line) => {
    const said = await run(line);
    expect(said).toMatch(/stored 2,360 predictions \(2,360 new or changed\) and 2,280 actuals/);
    expect(said).toMatch(
      /recorded_at +\S+, when the file was last written: runs about days before count these/,
    );
    // It names the instant that the page has.
    const [drift] = commands.filter((command) => command.includes('run drift-detection'));
    expect(said).toMatch(/\nnext: `tidewatch worker` [^\n]*\n$/);
    expect(`npx ${said.split('`').at(-2)}`).toBe(drift);
  },
  worker: async () => {
    worker = await startTestWorker(test.database, { pushgateway: undefined }, taskQueue);
  },
  doctor: async (line) => {
    const said = await run(line);
    expect(said).toMatch(/^ok +pushgateway +none: PUSHGATEWAY_URL is not set/m);
    expect(said).not.toMatch(/^(critical|away|not checked)/m);
  },
  'run drift-detection': async (line) => {
    expect(await run(`${line}; test $? = 1`)).toContain('usage');
  },
  'run performance-evaluation': async (line) => {
    const said = await run(line);
    // Every window, the limits of the page with it.
    expect(said).toContain('3 windows evaluated');
    expect(said).toMatch(/2026-02-20 to 2026-02-27, version 1: accuracy 92.5% .*, 280 outcomes$/m);
    expect(said).not.toContain('not judged');
  },
  'run degradation-check': async (line) => {
    expect(await run(line)).toMatch(/churn: ok: accuracy .* 92.5% is not below 92%/);
  },
  status: async (line) => {
    const text = await run(line);
    // The page shows these lines.
    for (const line of fenced(page, 'text')[1]!.trim().split('\n')) expect(text).toContain(line.trim());
    expect(text).toContain('280 outcomes');
  },
  'alerts acknowledge': async (line) => {
    expect(await run(`${line} --by ana`)).toContain(
      'drift:churn:usage: acknowledged by ana; it is told again',
    );
    expect(await run('npx tidewatch alerts')).toContain('acknowledged by ana');
  },
  alerts: async (line) => expect(await run(line)).toContain('drift:churn:usage'),
  // They were applied paused.
  pause: async (line) => {
    expect(await run(line)).toContain('nothing is started for it until: tidewatch resume churn');
  },
  resume: async (line) => {
    expect(await run(line)).toContain(
      'churn: 4 schedules resumed; what was due meanwhile is not caught up on',
    );
    await run('npx tidewatch pause churn');
  },
  'export drift': async (line) => {
    const [head, ...rows] = (await run(line)).trimEnd().split('\n');
    expect(head).toContain('column_name');
    expect(
      rows.find((row) => row.includes(',usage,feature,reference,') && /critical|warning/.test(row)),
    ).toBeDefined();
  },
};

// Seventeen commands, each a process, and three runs.
it('takes a new user from a file to the first drift result', { timeout: 400_000 }, async () => {
  for (const line of commands) {
    if (line.startsWith('export ')) continue;
    const name = Object.keys(steps)
      .filter((step) => line.startsWith(`npx tidewatch ${step}`) || line.startsWith(`${step} `))
      .sort((a, b) => b.length - a.length)[0];
    expect(name, line).toBeDefined();
    await steps[name!]!(line);
  }
});
