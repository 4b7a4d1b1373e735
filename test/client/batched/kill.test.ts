/** Real processes that log, killed at any moment: what may be lost is bounded, is the end, and nothing is stored twice. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, expect, it } from 'vitest';

import { openBatchedClient } from '../../../client/tidewatch-client.ts';
import { startPostgresProxy, type PostgresProxy } from '../../setup/postgres-proxy.ts';
import { createTestDatabase, type TestDatabase } from '../../setup/servers.ts';
import { queueRows } from './logged-rows.ts';

let test: TestDatabase;
let proxy: PostgresProxy;
let directory: string;
const running = new Set<LoggingProcess>();
beforeEach(async () => {
  test = await createTestDatabase();
  proxy = await startPostgresProxy(test.url);
  directory = await mkdtemp(join(tmpdir(), 'tidewatch-killed-'));
});
afterEach(async () => {
  for (const process of running) await process.kill();
  await proxy.stop();
  await test.drop();
  await rm(directory, { recursive: true, force: true });
});

interface LoggingProcess {
  /** One more than the last number that it said. */
  next(): number;
  kill(): Promise<void>;
}

function startLogging(first: number): LoggingProcess {
  const script = new URL('./logging-process.ts', import.meta.url).pathname;
  const child = spawn(process.execPath, ['--import', 'tsx', script, proxy.url, directory, String(first)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const closed = once(child, 'close');
  let said = '';
  child.stdout.on('data', (data: Buffer) => {
    said = (said + data.toString()).slice(-100);
  });
  const started: LoggingProcess = {
    // What follows the last line end is half a number.
    next: () => Number(said.split('\n').at(-2) ?? first - 1) + 1,
    kill: async () => {
      running.delete(started);
      child.kill('SIGKILL');
      await closed;
    },
  };
  running.add(started);
  return started;
}

/** Lets a process log some rows, and kills it at a moment that nobody chose. */
async function logAndKill(first: number, rows: number): Promise<number> {
  const process = startLogging(first);
  await expect.poll(() => process.next(), { timeout: 60_000, interval: 5 }).toBeGreaterThan(first + rows);
  await process.kill();
  return process.next();
}

const storedNumbers = async (): Promise<number[]> =>
  (
    await test.database.query<{ prediction: number }>(
      'select prediction from predictions order by prediction',
    )
  ).map(({ prediction }) => prediction);
const range = (from: number, to: number): number[] =>
  Array.from({ length: to - from }, (_, index) => from + index);

/** Those of `[first, end)` are stored from the first on, but for the last ones, as many as memory holds. */
function expectAllButTheLast(stored: readonly number[], first: number, end: number): void {
  const numbers = stored.filter((number) => number >= first && number < first + 100_000);
  expect(numbers).toEqual(range(first, first + numbers.length));
  expect(numbers.length).toBeGreaterThanOrEqual(end - first - queueRows);
}

/** What a service does when it starts again. */
async function sendWhatIsLeft(): Promise<void> {
  const client = openBatchedClient({ databaseUrl: proxy.url, spool: { directory } });
  await expect.poll(() => client.flush(), { timeout: 60_000 }).toBe('stored');
  await client.close();
  expect(await readdir(directory)).toEqual([]);
}

it('loses at most what was in memory while Postgres is there', { timeout: 240_000 }, async () => {
  const ends: number[] = [];
  for (const round of range(0, 3)) ends.push(await logAndKill(round * 100_000, 150 + round * 77));
  await sendWhatIsLeft();
  const stored = await storedNumbers();
  for (const [round, end] of ends.entries()) expectAllButTheLast(stored, round * 100_000, end);
});

it('loses at most what was in memory while Postgres is away', { timeout: 240_000 }, async () => {
  await proxy.goAway();
  const ends: number[] = [];
  for (const round of range(0, 3)) ends.push(await logAndKill(round * 100_000, 400 + round * 77));
  expect(await storedNumbers()).toEqual([]);
  await proxy.comeBack();
  await sendWhatIsLeft();
  const stored = await storedNumbers();
  for (const [round, end] of ends.entries()) expectAllButTheLast(stored, round * 100_000, end);
});

it(
  'loses no more when several are killed while they send what others have left',
  { timeout: 240_000 },
  async () => {
    await proxy.goAway();
    const firstEnds = [await logAndKill(0, 500), await logAndKill(100_000, 500)];
    const processes = [startLogging(200_000), startLogging(300_000)];
    await expect
      .poll(() => processes.map((process, index) => process.next() - (2 + index) * 100_000 > 200), {
        timeout: 60_000,
      })
      .toEqual([true, true]);
    await proxy.comeBack();
    await expect
      .poll(async () => (await storedNumbers()).length, { timeout: 60_000, interval: 5 })
      .toBeGreaterThan(0);
    await Promise.all(processes.map((process) => process.kill()));
    const ends = [...firstEnds, ...processes.map((process) => process.next())];
    await sendWhatIsLeft();
    const stored = await storedNumbers();
    for (const [index, end] of ends.entries()) expectAllButTheLast(stored, index * 100_000, end);
  },
);
