/**
 * Feature values and secrets that are planted, looked for in all that leaves the database: every event of the histories of all workflows, spans,
 * logs, metrics; secrets in the pages of the console as well. By the real worker.
 */

import { randomBytes } from 'node:crypto';

import { Client, Connection } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

import { openClient } from '../../client/tidewatch-client.ts';
import { routes } from '../../console/server/routes.ts';
import { startSlackEndpoint, type SlackEndpoint } from '../../demo/stack/slack-endpoint.ts';
import { inputExamples, type WorkflowName } from '../../workflows/input-schemas.ts';
import { openTestConsole } from '../console/console-world.ts';
import { startHttpEndpoint, type HttpEndpoint } from '../setup/http-endpoint.ts';
import { startOtlpReceiver, type OtlpReceiver } from '../setup/otlp-receiver.ts';
import { testServers } from '../setup/servers.ts';
import { actualsOf, at, load, predictionsOf, watch } from '../setup/synthetic.ts';
import { useDatabase } from '../setup/world.ts';
import { startWorkerProcess, type WorkerProcess } from './tidewatch-worker.ts';

const model = `planted-in-${randomBytes(4).toString('hex')}`;
const taskQueue = `planted-${randomBytes(4).toString('hex')}`;
/** Nowhere else; of the number as many digits as any text of it would have. */
const values = {
  text: 'Pl4nted-category',
  number: 271_828.182_818,
  shown: '271828',
  entity: 'Pl4nted-entity',
};
const secrets = {
  TRAINER_TOKEN: 'Pl4nted-trainer-token',
  MLFLOW_TRACKING_TOKEN: 'Pl4nted-mlflow-token',
  TIDEWATCH_CALLBACK_SECRET: 'Pl4nted-callback-secret-of-32-characters',
  PROMOTION_HOOK_SECRET: `whsec_${Buffer.from('Pl4nted-hook-key-of-24-by').toString('base64')}`,
  TIDEWATCH_CONSOLE_OPERATOR_TOKEN: 'Pl4nted-operator-token-0123',
};

const test = useDatabase('shared by all tests');
let slack: SlackEndpoint;
let receiver: OtlpReceiver;
let trainer: HttpEndpoint;
let connection: Connection;
let client: Client;
let worker: WorkerProcess;

const run = (type: WorkflowName, input: Readonly<Record<string, unknown>>): Promise<unknown> =>
  client.workflow
    .execute(type, {
      workflowId: `${type}:${model}`,
      taskQueue,
      args: [input],
      workflowExecutionTimeout: '60s',
    })
    .catch(String);

beforeAll(async () => {
  [slack, receiver] = await Promise.all([startSlackEndpoint(), startOtlpReceiver()]);
  // Says all that it was sent, as one does that helps to find mistakes.
  trainer = await startHttpEndpoint(({ path, headers }) => ({
    status: 400,
    body: `not so: ${path} ${JSON.stringify(headers)}`,
  }));
  await watch(test.database, {
    model,
    performance: { windows: ['1d'], limits: { rmse: 2 } },
    retraining: {
      trainer: { url: trainer.origin, headers: { authorization: { env: 'TRAINER_TOKEN' } } } as never,
      trainingWindow: '14d',
      holdout: '7d',
      registry: { mlflow: { url: trainer.origin, registeredModel: model } },
    },
    alerts: { routes: [{ slack: true, groupWait: '0s', groupInterval: '0s' }] },
  });
  await load(test.database, model, { from: 1, to: 22 });
  const log = openClient({ database: test.database });
  const drifted = predictionsOf({ from: 22, to: 29, shift: 3 });
  await log.logPredictions(
    model,
    drifted.map((row, i) => ({
      ...row,
      ...(i % 5 === 0 && { entity: values.entity }),
      features: i % 2 === 0 ? { x: values.number, c: values.text } : row.features,
    })),
  );
  await log.recordActuals(model, actualsOf({ from: 22, to: 29, error: 5 }));
  // Rejected, with what they hold.
  await log.logPredictions(model, [{ ...drifted[0]!, features: { x: values.text, c: values.text } }]);
  connection = await Connection.connect({ address: testServers().temporalAddress });
  client = new Client({ connection });
  worker = startWorkerProcess({
    DATABASE_URL: test.url,
    TEMPORAL_ADDRESS: testServers().temporalAddress,
    TEMPORAL_TASK_QUEUE: taskQueue,
    PUSHGATEWAY_URL: testServers().pushgatewayUrl,
    SLACK_WEBHOOK_URL: slack.url,
    LOG_LEVEL: 'debug',
    OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
    OTEL_BSP_SCHEDULE_DELAY: '100',
    ...secrets,
    MLFLOW_TRACKING_URI: trainer.origin,
  });
  await worker.started();
  const asOf = at(29, 4);
  await run('actualsBackfill', { model, asOf });
  await run('driftDetection', { model, asOf, act: true });
  await run('performanceEvaluation', { model, asOf });
  await run('degradationCheck', { model, asOf, act: true });
  await vi.waitFor(() => expect(slack.messages()).not.toEqual([]), { timeout: 180_000, interval: 200 });
  await run('retraining', { model, asOf: at(29, 5), reason: 'by hand' });
  await run('weeklyReport', { model, asOf });
  await run('reprocessing', { model, asOf, window: { start: at(22), end: at(29) } });
  await run('metricsPush', { model, process: 'drift-detection' });
  await run('storageMaintenance', { asOf, plan: true });
  const { plan } = inputExamples.simulatedTraining as { readonly plan: { readonly request: object } };
  await run('simulatedTraining', {
    model,
    plan: { ...plan, taskQueue: 'nobody-polls-this', timeoutMs: 500, request: { ...plan.request, model } },
  });
}, 900_000);
afterAll(async () => {
  worker.signal('SIGKILL');
  await Promise.all([connection.close(), slack.stop(), receiver.stop(), trainer.stop()]);
});

/** The workflows of this file, with all of their events as text: payloads decoded. */
async function histories(): Promise<readonly { readonly type: string; readonly text: string }[]> {
  const found: { type: string; text: string }[] = [];
  for await (const { workflowId, runId, type } of client.workflow.list({
    query: `TaskQueue = '${taskQueue}'`,
  })) {
    const history = await client.workflow.getHandle(workflowId, runId).fetchHistory();
    found.push({ type, text: JSON.stringify(history, decoded) });
  }
  return found;
}
/** Bytes are the data of payloads. */
function decoded(_: string, value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('utf8');
  return value;
}

describe('feature values and secrets that were planted', () => {
  it('are in no event of the history of any workflow', async () => {
    let all: Awaited<ReturnType<typeof histories>> = [];
    await vi.waitFor(
      async () => {
        all = await histories();
        expect(new Set(all.map(({ type }) => type))).toEqual(new Set(Object.keys(inputExamples)));
      },
      { timeout: 60_000, interval: 500 },
    );
    // They are readable here: what is looked for would be found.
    expect(all.map(({ text }) => text).join()).toContain(model);
    for (const { type, text } of all) {
      for (const value of [values.text, values.shown, values.entity])
        expect(around(text, value), `${value} in ${type}`).toBeUndefined();
      expect(around(text, 'Pl4nted'), type).toBeUndefined();
    }
  });

  it('are in no span, and in no line of the log', async () => {
    await vi.waitFor(() => expect(receiver.spans().length).toBeGreaterThan(50), { timeout: 30_000 });
    for (const text of [receiver.bytes(), worker.logs().join('\n'), worker.stderr()])
      for (const value of ['Pl4nted', values.shown]) expect(around(text, value)).toBeUndefined();
    expect(worker.logs().length).toBeGreaterThan(20);
  });

  it('are in no metric', async () => {
    const pushed = await (await fetch(`${testServers().pushgatewayUrl}/metrics`)).text();
    expect(pushed).toContain(`model="${model}"`);
    const own = await (await fetch(`${await worker.started()}/metrics`)).text();
    for (const text of [
      pushed
        .split('\n')
        .filter((line) => line.includes(model))
        .join('\n'),
      own,
    ])
      expect(around(text, 'Pl4nted')).toBeUndefined();
  });

  it('that are secrets are on no page of the console, nor in what is stored of how a training failed', async () => {
    const stored = await test.database.query<{ text: string }>(
      `select to_jsonb(retraining_events)::text as text from retraining_events union all select to_jsonb(retraining_runs)::text from retraining_runs
       union all select to_jsonb(alert_deliveries)::text from alert_deliveries union all select to_jsonb(alert_events)::text from alert_events`,
    );
    const said = stored.map(({ text }) => text).join('\n');
    // The trainer has repeated the header, and its answer is told.
    expect(said).toContain('not so');
    expect(around(said, 'Pl4nted-')).toBeUndefined();
    const shown = await openTestConsole(test.database);
    const seen = new Set<string>();
    const waiting = routes.pages.map(({ path }) => path).filter((path) => !path.includes(':'));
    waiting.push(`/models/${model}`, `/monitors/${model}`);
    for (let path = waiting.shift(); path !== undefined && seen.size < 150; path = waiting.shift()) {
      if (seen.has(path)) continue;
      seen.add(path);
      const answer = await shown.get(path);
      if (!(answer.headers.get('content-type') ?? '').includes('html')) continue;
      const page = await answer.text();
      for (const secret of Object.values(secrets))
        expect(page.includes(secret), `${secret} in ${path}`).toBe(false);
      for (const [, link = ''] of page.matchAll(/href="(\/[^"#]*)/g))
        waiting.push(link.replaceAll('&amp;', '&'));
    }
    expect(seen.size).toBeGreaterThan(20);
  });
});

/** What stands around it, to be seen where a test fails. */
function around(text: string, found: string): string | undefined {
  const at = text.indexOf(found);
  return at === -1 ? undefined : text.slice(Math.max(0, at - 200), at + 100);
}
