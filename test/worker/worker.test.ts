/** `tidewatch worker`, the real process on the real servers. */

import { createServer } from 'node:net';

import { Client, Connection, WithStartWorkflowOperation } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestContext } from 'vitest';

import { listenOnLoopback } from '../../demo/stack/loopback-ports.ts';
import { until } from '../../demo/stack/until.ts';
import { openDatabase } from '../../sql/database.ts';
import { createTestDatabase, testServers } from '../setup/servers.ts';
import type { TestDatabase } from '../setup/servers.ts';
import { at, load, watch } from '../setup/synthetic.ts';
import type { WorkerProcess } from './tidewatch-worker.ts';
import { startWorkerProcess } from './tidewatch-worker.ts';

const model = 'worked-on';

let test: TestDatabase;
let connection: Connection;
let client: Client;
beforeAll(async () => {
  test = await createTestDatabase();
  connection = await Connection.connect({ address: testServers().temporalAddress });
  client = new Client({ connection });
  await watch(test.database, { model });
  await load(test.database, model, { from: 1, to: 2 });
});
afterAll(async () => {
  await connection.close();
  await test.drop();
});

const environment = (taskQueue: string) => ({
  DATABASE_URL: test.url,
  TEMPORAL_ADDRESS: testServers().temporalAddress,
  TEMPORAL_TASK_QUEUE: taskQueue,
  PUSHGATEWAY_URL: testServers().pushgatewayUrl,
});

describe('a worker that runs', () => {
  const taskQueue = 'worker-test-running';
  let worker: WorkerProcess;
  let url: string;
  beforeAll(async () => {
    const { PUSHGATEWAY_URL: _, ...without } = environment(taskQueue);
    worker = startWorkerProcess(without);
    url = await worker.started();
  });
  afterAll(() => worker.signal('SIGKILL'));
  const get = async (path: string) => {
    const response = await fetch(url + path);
    return {
      status: response.status,
      type: response.headers.get('content-type'),
      body: await response.text(),
    };
  };
  const ready = async () => {
    const { status, body } = await get('/readyz');
    return { status, ...(JSON.parse(body) as object) };
  };
  const startBackfill = (workflowId: string) =>
    client.workflow.start('actualsBackfill', { workflowId, taskQueue, args: [{ model, asOf: at(2, 3) }] });

  it('is alive and ready', async () => {
    expect(await get('/healthz')).toMatchObject({ status: 200, body: '{"alive":true}' });
    expect(await ready()).toEqual({ status: 200, ready: true, worker: 'RUNNING', database: 'ok' });
  });

  it('runs workflows, without a Pushgateway too', async () => {
    const run = await startBackfill('worker-test-backfill');
    expect(await run.result()).toMatchObject({ attached: 24, metrics: 'not configured' });
  });

  it('takes an update that it refuses for an answer, and not for a fault', async () => {
    const acknowledge = (request: object): Promise<unknown> =>
      client.workflow.executeUpdateWithStart('acknowledge', {
        args: [request],
        startWorkflowOperation: new WithStartWorkflowOperation('alertLifecycle', {
          workflowId: 'worker-test-alert',
          taskQueue,
          args: [{ model, alertKey: `drift:${model}:nothing` }],
          workflowIdConflictPolicy: 'USE_EXISTING',
        }),
      });
    await expect(acknowledge({})).rejects.toMatchObject({ cause: { type: 'INVALID_INPUT' } });
    await expect(acknowledge({ by: 'anna' })).rejects.toMatchObject({
      cause: { cause: { type: 'UNKNOWN_ALERT' } },
    });
    const levels = worker.logs().map((line) => (JSON.parse(line) as { level: number }).level);
    // Of pino: 30 is information, 40 a warning.
    expect(Math.max(...levels)).toBe(30);
  });

  it('shows the metrics of the process and of the SDK as Prometheus reads them', async () => {
    const { status, type, body } = await get('/metrics');
    expect({ status, type }).toEqual({ status: 200, type: 'text/plain; version=0.0.4; charset=utf-8' });
    expect(body).toContain('process_cpu_seconds_total ');
    expect(body).toMatch(/^temporal_worker_task_slots_available\{/m);
    expect(body).toMatch(/^temporal_activity_execution_latency\w*\{/m);
    for (const line of body.split('\n')) expect(line).toMatch(/^$|^# (HELP|TYPE) |^\w+(\{.*\})? \S+$/);
  });

  it('shows no other page', async () => {
    expect(await get('/')).toMatchObject({
      status: 404,
      body: 'try /reports, /runbooks, /healthz, /readyz or /metrics\n',
    });
  });

  it('is not ready while Postgres is away, says so, and is ready again when it is back', async () => {
    const name = new URL(test.url).pathname.slice(1);
    const admin = openDatabase({ url: testServers().postgresAdminUrl, poolSize: 1 });
    await admin.execute(`alter database ${name} with allow_connections false`);
    await admin.query(`select pg_terminate_backend(pid) from pg_stat_activity where datname = $1`, [name]);
    expect(await ready()).toMatchObject({
      status: 503,
      ready: false,
      worker: 'RUNNING',
      database: expect.stringMatching(/terminating connection|not currently accepting connections/),
    });
    await admin.execute(`alter database ${name} with allow_connections true`);
    await admin.close();
    expect(await until(async () => (await ready()).status === 200, 10_000)).toBe(true);
  });

  it('ends at SIGTERM with code 0, after the activity under way', async () => {
    await load(test.database, model, { from: 2, to: 3 });
    // The activity waits for this lock, which another run would hold.
    const lock = `hashtextextended('tidewatch:outcomes:${model}', 0)`;
    const holder = openDatabase({ url: test.url, poolSize: 1 });
    await holder.query(`select pg_advisory_lock(${lock})`);
    const run = await startBackfill('worker-test-shutdown');
    const waits = async (): Promise<boolean> =>
      (await holder.query(`select from pg_locks where locktype = 'advisory' and not granted`)).length > 0;
    expect(await until(waits, 30_000)).toBe(true);

    worker.signal('SIGTERM');
    expect(await until(async () => (await ready()).status === 503, 10_000)).toBe(true);
    expect(await ready()).toMatchObject({ ready: false, worker: 'DRAINING' });
    await holder.close();

    expect(await worker.exited).toBe(0);
    const { events } = await run.fetchHistory();
    expect(events?.some((event) => event.activityTaskCompletedEventAttributes)).toBe(true);
    expect(await test.database.query('select count(*) as count from outcomes')).toEqual([{ count: 48 }]);
    await run.terminate();
  });

  it('has written JSON logs only, from its start to its end', () => {
    const lines = worker.logs().map((line) => JSON.parse(line) as Record<string, unknown>);
    for (const line of lines) {
      expect(line).toMatchObject({
        level: expect.any(Number),
        time: expect.stringMatching(/Z$/),
        service: 'tidewatch',
      });
    }
    const messages = lines.map(({ msg }) => msg);
    // Nothing else says that there is no Pushgateway: it is no fault.
    expect(lines.filter(({ msg }) => String(msg).includes('PUSHGATEWAY_URL'))).toEqual([
      expect.objectContaining({
        level: 30,
        msg: expect.stringMatching(/^PUSHGATEWAY_URL is not set: no gauges/),
      }),
    ]);
    expect(messages).toContain('worker started');
    expect(messages.at(-1)).toBe('worker stopped');
    expect(worker.stderr()).toBe('');
  });
});

/** Starts a worker that must not run, and gives how it ended. */
async function refused(
  { onTestFinished }: TestContext,
  given: Readonly<Record<string, string>>,
): Promise<{ code: number | null; stderr: string }> {
  const worker = startWorkerProcess(given);
  onTestFinished(() => worker.signal('SIGKILL'));
  return { code: await worker.exited, stderr: worker.stderr() };
}

describe('a worker that cannot start', () => {
  it.concurrent('because Postgres is away says what to do, and ends with code 3', async (context) => {
    const DATABASE_URL = 'postgres://tidewatch@127.0.0.1:1/tidewatch';
    const { code, stderr } = await refused(context, { ...environment('worker-test'), DATABASE_URL });
    expect(stderr).toMatch(
      /^Postgres at 127\.0\.0\.1:1\/tidewatch does not answer \(.+\)\. Start it, or set DATABASE_URL\.\n$/,
    );
    expect(code).toBe(3);
  });

  it.concurrent('because Temporal is away says what to do, and ends with code 3', async (context) => {
    const { code, stderr } = await refused(context, {
      ...environment('worker-test'),
      TEMPORAL_ADDRESS: '127.0.0.1:1',
    });
    expect(stderr).toMatch(
      /^Temporal at 127\.0\.0\.1:1 does not answer \(.+\)\. Start it, or set TEMPORAL_ADDRESS\.\n$/,
    );
    expect(code).toBe(3);
  });

  it.concurrent('because the database has not been migrated says what to do', async (context) => {
    const empty = await createTestDatabase('empty');
    const { code, stderr } = await refused(context, {
      ...environment('worker-test'),
      DATABASE_URL: empty.url,
    });
    expect(stderr).toMatch(
      /^The database is at migration 0, but this code needs \d+\. Run `tidewatch migrate`\.\n$/,
    );
    expect(code).toBe(2);
    await empty.drop();
  });

  it.concurrent('because its configuration is wrong lists every problem at once, and ends with code 2', async (context) => {
    const { code, stderr } = await refused(context, {
      TEMPORAL_UI_URL: 'nowhere',
      TIDEWATCH_HTTP_PORT: '99999',
      TIDEWATCH_SHUTDOWN_GRACE: 'soon',
      LOG_LEVEL: 'loud',
    });
    expect(stderr).toContain('The environment has 5 problems:\n');
    expect(stderr).toContain('  DATABASE_URL: is missing; write for example postgres://');
    for (const name of ['TEMPORAL_UI_URL', 'TIDEWATCH_HTTP_PORT', 'TIDEWATCH_SHUTDOWN_GRACE', 'LOG_LEVEL']) {
      expect(stderr).toContain(`  ${name}: `);
    }
    expect(code).toBe(2);
  });

  it.concurrent('because its port is taken says which one', async (context) => {
    const other = createServer();
    const port = await listenOnLoopback(other);
    const { code, stderr } = await refused(context, {
      ...environment('worker-test'),
      TIDEWATCH_HTTP_PORT: String(port),
    });
    expect(stderr).toContain(
      `  TIDEWATCH_HTTP_PORT: the health endpoint cannot listen on 127.0.0.1:${port} (listen EADDRINUSE`,
    );
    expect(code).toBe(2);
    other.close();
  });

  it.concurrent('because the namespace does not exist says which one', async (context) => {
    const { code, stderr } = await refused(context, {
      ...environment('worker-test'),
      TEMPORAL_NAMESPACE: 'nowhere',
    });
    expect(stderr).toContain('  TEMPORAL_NAMESPACE: the server has no namespace "nowhere"');
    expect(code).toBe(2);
  });
});
