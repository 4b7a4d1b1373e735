/** A collector that is away costs a worker nothing but the traces: the real process on real servers. */

import { randomBytes } from 'node:crypto';

import { Client, Connection } from '@temporalio/client';
import { afterAll, beforeAll, it } from 'vitest';

import { startOtlpReceiver } from '../setup/otlp-receiver.ts';
import { testServers } from '../setup/servers.ts';
import { at, load, watch } from '../setup/synthetic.ts';
import { useDatabase } from '../setup/world.ts';
import { startWorkerProcess } from './tidewatch-worker.ts';

const test = useDatabase('shared by all tests');
let connection: Connection;
let client: Client;
beforeAll(async () => {
  connection = await Connection.connect({ address: testServers().temporalAddress });
  client = new Client({ connection });
});
afterAll(() => connection.close());

const collectors = {
  'that refuses connections': async () => {
    const gone = await startOtlpReceiver();
    await gone.stop();
    return { url: gone.url, stop: async () => undefined, reason: /ECONNREFUSED/ };
  },
  'that never answers': async () => ({
    ...(await startOtlpReceiver({ hangs: true })),
    reason: /Timeout|timed out/,
  }),
  'that answers with errors': async () => ({
    ...(await startOtlpReceiver({ status: 400 })),
    reason: /Bad Request/,
  }),
};

it.concurrent.for(Object.entries(collectors))(
  'one %s: runs go on, it is said once, and the worker ends in time',
  async ([, start], { onTestFinished, expect }) => {
    const collector = await start();
    const model = `untraced-${randomBytes(4).toString('hex')}`;
    await watch(test.database, { model });
    await load(test.database, model, { from: 1, to: 16 });
    const worker = startWorkerProcess({
      DATABASE_URL: test.url,
      TEMPORAL_ADDRESS: testServers().temporalAddress,
      TEMPORAL_TASK_QUEUE: model,
      PUSHGATEWAY_URL: testServers().pushgatewayUrl,
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      OTEL_BSP_SCHEDULE_DELAY: '50',
    });
    onTestFinished(() => worker.signal('SIGKILL'));
    onTestFinished(collector.stop);
    await worker.started();
    for (const hour of [3, 4]) {
      const run = { workflowId: `${model}-${hour}`, taskQueue: model, args: [{ model, asOf: at(16, hour) }] };
      expect(await client.workflow.execute('driftDetection', run)).toMatchObject({ metrics: 'pushed' });
    }
    worker.signal('SIGTERM');
    const ended = await Promise.race([
      worker.exited,
      new Promise((resolve) => setTimeout(resolve, 60_000, 'it goes on and on')),
    ]);
    expect(ended).toBe(0);
    const warnings = worker
      .logs()
      .map((line) => JSON.parse(line) as { readonly level: number; readonly msg: string })
      .filter(({ level }) => level > 30);
    expect(warnings.map(({ msg }) => msg)).toEqual([
      expect.stringMatching(/^traces do not arrive \(.+\); they are/),
    ]);
    expect(warnings[0]!.msg).toMatch(collector.reason);
    expect(worker.stderr()).toBe('');
  },
);
