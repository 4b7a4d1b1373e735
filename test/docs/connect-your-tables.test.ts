/** Does what docs/connect-your-tables.md says, in its order, on rows that are made for it. */

import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { afterAll, beforeAll, expect, it } from 'vitest';

import type { AttachActualsResult } from '../../activities/actuals/attach-actuals.ts';
import { openSources } from '../../activities/sources/sources.ts';
import { createTestDatabase, testServers, type TestDatabase } from '../setup/servers.ts';
import { startTestWorker, type TestWorker } from '../setup/worker.ts';
import { commandsOf, fenced, runnable } from './fenced.ts';

const page = await readFile(new URL('../../docs/connect-your-tables.md', import.meta.url), 'utf8');
const [table, rights] = fenced(page, 'sql');

let directory: string;
let test: TestDatabase;
let reader: URL;
let worker: TestWorker;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'tables-'));
  test = await createTestDatabase('empty');
  // Roles are shared by all databases of a server.
  reader = new URL(test.url);
  [reader.username, reader.password] = [`tidewatch_reader_${reader.pathname.slice(1)}`, 'choose one'];
  await test.database.execute(table!);
  await test.database.execute(rights!.replaceAll('tidewatch_reader', reader.username));
  // 59 days of 24 houses each; the last two days are not sold yet.
  await test.database.execute(`
    insert into scoring.scores (house, scored_at, rooms, garden, city, predicted, price, sold_at)
    select i, timestamp '2026-01-01' + i * interval '1 hour', 2 + i % 5, i % 2 = 0, (array['Porto', 'Faro', 'Braga'])[1 + i % 3],
      200000 + i % 7 * 10000, case when i < 57 * 24 then 200000 + i % 11 * 9000 end, timestamptz '2026-01-02' + i * interval '1 hour'
    from generate_series(0, 59 * 24 - 1) i`);
});
afterAll(async () => {
  await worker?.stop();
  await test.database.execute(`drop owned by ${reader.username}; drop role ${reader.username}`);
  await test.drop();
  await rm(directory, { recursive: true });
});

async function run(line: string): Promise<string> {
  const command = runnable(line);
  const { stdout } = await promisify(execFile)('/bin/sh', ['-c', command], {
    cwd: directory,
    env: {
      PATH: process.env['PATH'],
      DATABASE_URL: test.url,
      SOURCE_DATABASE_URL: reader.href,
      TEMPORAL_ADDRESS: testServers().temporalAddress,
      TEMPORAL_TASK_QUEUE: 'connect-your-tables',
    },
  });
  return stdout;
}

it('takes a new user from a table to the first outcomes', async () => {
  for (const line of commandsOf(page)) {
    if (line.startsWith('export ') || line.endsWith('tidewatch worker')) continue;
    const said = await run(line.endsWith('apply') ? `${line} --paused` : line);
    if (line.includes('init')) {
      const written = await readFile(join(directory, 'monitors/houses.yaml'), 'utf8');
      for (const part of fenced(page, 'yaml')[0]!.trimEnd().split('\n'))
        expect(written.split('\n')).toContain(part.replace(/^ {3}/, ''));
    }
    if (line.includes('--plan')) expect(said).not.toMatch(/warning: .*source/);
  }
  const sources = openSources({
    ownDatabase: test.url,
    databases: new Map([['', reader.href]]),
    stores: new Map(),
    directory: undefined,
  });
  worker = await startTestWorker(test.database, { sources });
  const input = JSON.parse(fenced(page, 'json')[0]!) as unknown;
  const { source, attached } = await worker.run<AttachActualsResult>('actualsBackfill', input);
  // The page shows this part of the result.
  expect({ source }).toEqual(JSON.parse(`{${fenced(page, 'text')[0]!}}`));
  expect(attached).toBe(57 * 24);
  const again = await worker.run<AttachActualsResult>('actualsBackfill', input);
  expect(again.source?.predictions?.changed).toBe(0);
  await sources.close();
});
