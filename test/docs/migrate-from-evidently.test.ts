/** Runs the commands of docs/migrate-from-evidently-and-cron.md, in their order, on rows that are made for it. */

import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, expect, it } from 'vitest';

import { monitorSchema } from '../../core/monitor/schema.ts';
import { methodNames } from '../../core/statistics/registry.ts';
import { formatInstant, hourMs } from '../../core/window.ts';
import { connectTemporal } from '../../schedules/temporal-client.ts';
import { scheduleIdsOf } from '../../schedules/catalog.ts';
import { readYaml } from '../../cli/yaml-source.ts';
import { createTestDatabase, testServers, type TestDatabase } from '../setup/servers.ts';
import { startTestWorker, type TestWorker } from '../setup/worker.ts';
import { commandsOf, fenced, runnable } from './fenced.ts';

const page = await readFile(
  new URL('../../docs/migrate-from-evidently-and-cron.md', import.meta.url),
  'utf8',
);

let directory: string;
let test: TestDatabase;
let worker: TestWorker;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'migrate-'));
  test = await createTestDatabase('empty');
  const [head] = fenced(page, 'text')[0]!.trim().split('\n');
  const rows = Array.from({ length: 42 * 24 }, (_, hour) => rowOf(hour));
  const write = (name: string, some: readonly string[]) =>
    writeFile(join(directory, name), [head, ...some].join('\n'));
  await write('scored.csv', rows);
  await write('reference.csv', rows.slice(0, 28 * 24));
  await write('current.csv', rows.slice(35 * 24));
});
afterAll(async () => {
  await worker?.stop();
  const { client, close } = await connectTemporal({
    address: testServers().temporalAddress,
    namespace: 'default',
  });
  for (const id of scheduleIdsOf('bikes'))
    await client.schedule
      .getHandle(id)
      .delete()
      .catch(() => {});
  await close();
  await test.drop();
  await rm(directory, { recursive: true });
});

/** Hours of six weeks; in the last one it is warmer than the model knows. */
function rowOf(hour: number): string {
  const warmer = hour >= 35 * 24 ? 0.25 : 0;
  const temp = 0.3 + ((hour * 7919) % 200) / 1000;
  const hum = 0.4 + ((hour * 104_729) % 300) / 1000;
  const weather = ['clear', 'clear', 'mist', 'rain'][(hour * 31) % 4];
  const predicted = 100 + 300 * temp;
  const counted = predicted + 300 * warmer + ((hour * 13) % 20) - 10;
  const at = formatInstant(Date.UTC(2026, 0, 1) + hour * hourMs);
  return [at, 'station-1', (temp + warmer).toFixed(3), hum.toFixed(3), weather, predicted, counted].join(',');
}

interface Outcome {
  readonly code: number;
  readonly text: string;
}

const run = (line: string): Promise<Outcome> =>
  new Promise((resolve) => {
    const command = runnable(line);
    const env = {
      PATH: process.env['PATH'],
      DATABASE_URL: test.url,
      TEMPORAL_ADDRESS: testServers().temporalAddress,
      TEMPORAL_TASK_QUEUE: worker?.taskQueue ?? 'migrate-from-evidently',
    };
    execFile('/bin/sh', ['-c', command], { cwd: directory, env }, (error, stdout, stderr) =>
      resolve({ code: Number(error?.code ?? 0), text: `${stdout}${stderr}` }),
    );
  });

/** What a command of the page is to say, and how it ends: the first that its line contains. */
const expected: readonly (readonly [part: string, says: RegExp, code?: number])[] = [
  [
    '--compat evidently',
    /temp: K-S p_value .* < 0\.05[\s\S]*1 of 3 columns drifted, 50% make a drifted dataset/,
  ],
  ['--method psi', /temp: PSI .*, its limit is 0\.2/],
  ['--method temp=wasserstein', /temp: Wasserstein .* sd/],
  ['--fail-on-drift', /^$/, 1],
  ['--expectations --reference', /wrote expectations\.yaml/],
  ['--expectations expectations.yaml', /temp/],
  ['init bikes', /wrote monitors\/bikes\.yaml/],
  ['migrate', /applied 0001_core\.sql/],
  ['apply', /done: 1 monitor created/],
  ['ingest', /stored 1,008 predictions \(1,008 new or changed\) and 1,008 actuals/],
  [
    'backfill-schedule',
    /drift-detection:bikes, .*: 3 runs; drift: .*\nperformance-evaluation:bikes, .*: 3 runs; windows: /,
  ],
  ['status', /drift +\w+, the 7 days to 10 Feb|drift +\w+, /],
  ['export drift', /temp,feature,reference/],
];

it('takes a script with Evidently to a monitor', { timeout: 600_000 }, async () => {
  for (const line of commandsOf(page)) {
    if (line.startsWith('export ')) continue;
    if (line === 'npx tidewatch worker') continue;
    const [, says, code = 0] = expected.find(([part]) => line.includes(part)) ?? [];
    expect(says, line).toBeDefined();
    // The task queue of the schedules is that of the worker.
    if (line === 'npx tidewatch apply') worker = await startTestWorker(test.database);
    const outcome = await run(line);
    expect(outcome.text, line).toMatch(says!);
    expect(outcome.code, line).toBe(code);
    // `init` prints the very line that the page has next.
    if (line.includes('init bikes'))
      expect(commandsOf(page)).toContain(`npx ${/to load the rows: (.*)/.exec(outcome.text)![1]!}`);
    if (line.includes('--fail-on-drift'))
      expect(await readFile(join(directory, 'drift.html'), 'utf8')).toContain('temp');
  }
});

it('names methods that exist, and keys of a monitor', async () => {
  const named = methodNames.filter((name) => page.includes(`\`${name}\``));
  expect(named).toEqual(expect.arrayContaining(methodNames.filter((name) => name !== 'l-infinity')));
  const file = join(directory, 'keys.yaml');
  await writeFile(file, fenced(page, 'yaml')[0]!);
  const { data } = await readYaml(file);
  const monitor = { model: 'bikes', task: 'regression', reference: { kind: 'rolling' }, ...(data as object) };
  expect(() => monitorSchema.parse(monitor)).not.toThrow();
});
