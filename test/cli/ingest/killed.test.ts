/** The command itself is killed in the midst of a file, and goes on with the row after the last one that was stored. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout } from 'node:timers/promises';

import { afterEach, beforeEach, expect, it } from 'vitest';

import { useDatabase } from '../../setup/world.ts';

const test = useDatabase('empty for each test');
const model = 'killed-ingest';
/** Eight batches. */
const rows = 160_000;

let directory: string;
let kill: (() => void) | undefined;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ingest-killed-'));
});
afterEach(async () => {
  kill?.();
  await rm(directory, { recursive: true });
});

interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly said: string;
}

function ingest(path: string): Promise<Ended> {
  const child = spawn(
    process.execPath,
    ['--import', 'tsx', 'cli/tidewatch.ts', 'ingest', path, '--model', model],
    { env: { ...process.env, DATABASE_URL: test.url }, stdio: ['ignore', 'pipe', 'inherit'] },
  );
  kill = () => child.kill('SIGKILL');
  const said = text(child.stdout);
  return (async () => {
    const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
    return { code, signal, said: await said };
  })();
}

const head = 'version,entity,event_time,x,prediction';
const csvRow = (i: number): string => `1,e${i},2024-01-01T08:00:00Z,0.5,${i}`;
const jsonRow = (i: number): string =>
  JSON.stringify({
    version: '1',
    entity: `e${i}`,
    event_time: '2024-01-01T08:00:00Z',
    x: 0.5,
    prediction: i,
  });

const numbers = Array.from({ length: rows }, (_, i) => i);

async function storedNow(): Promise<unknown> {
  const [row] = await test.database.query(
    'select count(*) as rows, count(distinct entity) as entities, sum(prediction) as sum from predictions where model = $1',
    [model],
  );
  return row;
}

async function reached(): Promise<{ readonly rows: number; readonly line: number } | undefined> {
  const [row] = await test.database.query<{ rows: number; line: number }>(
    'select row_count as rows, line from ingest_progress where model = $1',
    [model],
  );
  return row;
}

/** What the killed process was storing is stored or given up once Postgres sees that it is gone. */
async function untilNobodyStores(): Promise<void> {
  const isStoring = async (): Promise<boolean> =>
    (
      await test.database.query(
        `select from pg_stat_activity where datname = current_database() and application_name = 'tidewatch-ingest'`,
      )
    ).length > 0;
  while (await isStoring()) await setTimeout(20);
}

it.each([
  ['CSV', 'rows.csv', [head, ...numbers.map(csvRow)], 1],
  ['JSON lines', 'rows.jsonl', numbers.map(jsonRow), 0],
] as const)('of %s', { timeout: 180_000 }, async (_, name, lines, headLines) => {
  const path = join(directory, name);
  await writeFile(path, `${lines.join('\n')}\n`);

  const first = ingest(path);
  while ((await reached()) === undefined) await setTimeout(5);
  kill?.();
  expect(await first).toMatchObject({ code: null, signal: 'SIGKILL' });
  await untilNobodyStores();

  const at = (await reached())!;
  expect(at.rows).toBeGreaterThan(0);
  expect(at.rows).toBeLessThan(rows);
  expect(at.line).toBe(at.rows + headLines + 1);
  const sumOf = (count: number): number => (count * (count - 1)) / 2;
  // What is noted as done is what is stored, to the row.
  expect(await storedNow()).toEqual({ rows: at.rows, entities: at.rows, sum: sumOf(at.rows) });

  const { code, said } = await ingest(path);
  expect(code).toBe(0);
  expect(said).toContain(`goes on at line ${at.line}, where it was cut short`);
  expect(said).toContain(`stored ${(rows - at.rows).toLocaleString('en')} predictions`);
  expect(said).toContain(`${at.rows.toLocaleString('en')} rows were stored before`);
  expect(await storedNow()).toEqual({ rows, entities: rows, sum: sumOf(rows) });
  expect(await reached()).toBeUndefined();
});
