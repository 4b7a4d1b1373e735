/** `TIDEWATCH_CONSOLE=on`: the real worker serves the console beside its work, by the same rules as `tidewatch console`. */

import { afterAll, beforeAll, describe, expect, it, type TestContext } from 'vitest';

import { until } from '../../demo/stack/until.ts';
import { createTestDatabase, testServers, type TestDatabase } from '../setup/servers.ts';
import { watch } from '../setup/synthetic.ts';
import { startWorkerProcess, type WorkerProcess } from './tidewatch-worker.ts';

const model = 'shown-by-a-worker';
const tokens = { viewer: 'viewer-token-of-a-test-0123', operator: 'operator-token-of-a-test-0123' };

let test: TestDatabase;
beforeAll(async () => {
  test = await createTestDatabase();
  await watch(test.database, { model });
});
afterAll(() => test.drop());

const start = (environment: Readonly<Record<string, string>>): WorkerProcess =>
  startWorkerProcess({
    DATABASE_URL: test.url,
    TEMPORAL_ADDRESS: testServers().temporalAddress,
    TEMPORAL_TASK_QUEUE: 'console-in-worker-test',
    TIDEWATCH_CONSOLE: 'on',
    TIDEWATCH_CONSOLE_PORT: '0',
    ...environment,
  });

/** Where the worker says that its console is. */
const consoleOf = (worker: WorkerProcess): string | undefined =>
  worker
    .logs()
    .map((line) => (JSON.parse(line) as { console?: string }).console)
    .find((url) => url !== undefined);

describe('a worker that serves the console as well', () => {
  let worker: WorkerProcess;
  let http: string;
  let url: string;
  beforeAll(async () => {
    worker = start({
      TIDEWATCH_CONSOLE_VIEWER_TOKEN: tokens.viewer,
      TIDEWATCH_CONSOLE_OPERATOR_TOKEN: tokens.operator,
    });
    http = await worker.started();
    url = consoleOf(worker)!;
  });
  afterAll(() => worker.signal('SIGKILL'));

  const as = (role: keyof typeof tokens) => ({ headers: { authorization: `Bearer ${tokens[role]}` } });

  it('says where it is: on loopback, at an address of its own', () => {
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(url).not.toBe(http);
  });

  it('shows the list of models to who has a token, and sends others to sign in', async () => {
    const page = await fetch(url, as('viewer'));
    expect([page.status, await page.text()]).toEqual([200, expect.stringContaining(`/models/${model}`)]);
    const without = await fetch(url, { redirect: 'manual' });
    expect([without.status, without.headers.get('location')]).toEqual([303, '/login?to=%2F']);
    expect(await without.text()).not.toContain(model);
    const wrong = await fetch(url, { headers: { authorization: 'Bearer nobody-knows-this-token-0' } });
    expect(wrong.status).toBe(401);
  });

  it('lets operators do what viewers may not', async () => {
    const [viewer, operator] = await Promise.all([
      fetch(`${url}/audit`, as('viewer')),
      fetch(`${url}/audit`, as('operator')),
    ]);
    expect([viewer.status, operator.status]).toEqual([403, 200]);
  });

  it('asks the Temporal of the worker', async () => {
    // A page does not wait for an answer that is late; the next look has it.
    const answered = await until(async () => {
      const page = await (await fetch(`${url}/models/${model}/now`, as('viewer'))).text();
      return page.includes('No run is under way');
    }, 20_000);
    expect(answered).toBe(true);
  });

  it('is still a worker, and ends with both at SIGTERM', async () => {
    expect((await fetch(`${http}/readyz`)).status).toBe(200);
    worker.signal('SIGTERM');
    expect(await worker.exited).toBe(0);
    await expect(fetch(url)).rejects.toThrow('fetch failed');
  });
});

describe('a worker whose console would be everybody`s', () => {
  it('does not start beyond loopback without a way to sign in', async ({ onTestFinished }: TestContext) => {
    const worker = start({ TIDEWATCH_CONSOLE_HOST: '0.0.0.0' });
    onTestFinished(() => worker.signal('SIGKILL'));
    expect(await worker.exited).toBe(2);
    expect(worker.stderr()).toContain('TIDEWATCH_CONSOLE_HOST: beyond 127.0.0.1 everybody could act');
  });
});
