import { Client, Connection } from '@temporalio/client';
import { collectDefaultMetrics, Registry } from 'prom-client';
import { afterAll, beforeAll, expect, it } from 'vitest';

import { openDatabase } from '../../../sql/database.ts';
import { testServers } from '../../setup/servers.ts';
import { useDatabase } from '../../setup/world.ts';
import { taskQueue } from '../world.ts';
import { measure } from './sampler.ts';

const test = useDatabase('shared by all tests');
const registry = new Registry();
let connection: Connection;
let client: Client;
beforeAll(async () => {
  // What a worker says of itself.
  collectDefaultMetrics({ register: registry });
  connection = await Connection.connect({ address: testServers().temporalAddress });
  client = new Client({ connection });
});
afterAll(() => connection.close());

const sample = (metrics: () => Promise<string | undefined>) =>
  measure({
    database: test.database,
    databaseName: new URL(test.url).pathname.slice(1),
    client,
    workers: [{ metrics }],
  });

it('measures a worker, its connections, and what waits', async () => {
  const worker = openDatabase({ url: test.url, poolSize: 1, applicationName: 'tidewatch-worker' });
  await worker.query('select 1');
  // Nobody takes it.
  const run = await client.workflow.start('actualsBackfill', { workflowId: 'soak', taskQueue, args: [{}] });
  // The server counts both a moment later.
  await expect
    .poll(() => sample(() => registry.metrics()), { timeout: 30_000 })
    .toMatchObject({ 'runs under way': expect.any(Number), 'tasks that wait for a worker': 1 });
  const values = await sample(() => registry.metrics());
  expect(values).toMatchObject({
    'connections of workers to Postgres': 1,
    'idle in a transaction': 0,
    'hours to compute again': 0,
    'messages to deliver': 0,
    'tasks that wait for a worker': 1,
  });
  expect(values['resident memory of the worker']).toBeGreaterThan(20);
  expect(values['heap of the worker']).toBeGreaterThan(5);
  expect(values['files and sockets of the worker']).toBeGreaterThan(5);
  expect(values['handles of the worker']).toBeGreaterThan(0);
  await run.terminate();
  await worker.close();
});

it('says that it does not know what it could not ask', async () => {
  const values = await sample(async () => undefined);
  expect(values).toMatchObject({ 'heap of the worker': null, 'messages to deliver': 0 });
});
