/** What `tidewatch worker` tells of a run in traces and in its log: the real process on real servers. */

import { randomBytes } from 'node:crypto';

import { Client, Connection } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

import { runFields } from '../../core/process/run-fields.ts';
import { openClient } from '../../client/tidewatch-client.ts';
import { startSlackEndpoint, type SlackEndpoint } from '../../demo/stack/slack-endpoint.ts';
import { startSmtpEndpoint, type SmtpEndpoint } from '../../demo/stack/smtp-endpoint.ts';
import { startOtlpReceiver, type OtlpReceiver, type ReceivedSpan } from '../setup/otlp-receiver.ts';
import { createTestDatabase, testServers, type TestDatabase } from '../setup/servers.ts';
import { actualsOf, at, load, predictionsOf, watch } from '../setup/synthetic.ts';
import type { WorkerProcess } from './tidewatch-worker.ts';
import { startWorkerProcess } from './tidewatch-worker.ts';

const model = `traced-${randomBytes(4).toString('hex')}`;
const taskQueue = `tracing-${randomBytes(4).toString('hex')}`;
const scheduleId = `drift-detection:${model}`;
/** Values of features that are nowhere else. */
const planted = { text: 'planted-category', number: 271_828.182_818 };
const plantedSecret = 'planted-secret';

let test: TestDatabase;
let slack: SlackEndpoint;
let smtp: SmtpEndpoint;
let receiver: OtlpReceiver;
let worker: WorkerProcess;
let connection: Connection;
let client: Client;

beforeAll(async () => {
  [test, slack, smtp, receiver] = await Promise.all([
    createTestDatabase(),
    startSlackEndpoint(),
    startSmtpEndpoint(),
    startOtlpReceiver(),
  ]);
  await watch(test.database, {
    model,
    quality: { ignore: ['range'] },
    alerts: { routes: [{ slack: true, email: ['anna@example.org'], groupWait: '0s', groupInterval: '0s' }] },
  });
  await load(test.database, model, { from: 1, to: 15 });
  const log = openClient({ database: test.database });
  const drifted = predictionsOf({ from: 15, to: 22, shift: 3 });
  await log.logPredictions(
    model,
    drifted.map((row, i) => ({
      ...row,
      features: i % 2 === 0 ? { x: planted.number, c: planted.text } : row.features,
    })),
  );
  await log.recordActuals(model, actualsOf({ from: 15, to: 22 }));
  connection = await Connection.connect({ address: testServers().temporalAddress });
  client = new Client({ connection });
  worker = startWorkerProcess({
    DATABASE_URL: test.url,
    TEMPORAL_ADDRESS: testServers().temporalAddress,
    TEMPORAL_TASK_QUEUE: taskQueue,
    PUSHGATEWAY_URL: testServers().pushgatewayUrl,
    SLACK_WEBHOOK_URL: slack.url,
    SMTP_URL: smtp.url.replace('://', `://operator:${plantedSecret}@`),
    LOG_LEVEL: 'debug',
    OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
    OTEL_EXPORTER_OTLP_HEADERS: `authorization=Bearer ${plantedSecret}`,
    OTEL_SERVICE_NAME: 'tidewatch-test',
    OTEL_BSP_SCHEDULE_DELAY: '100',
  });
  await worker.started();
  await client.schedule.create({
    scheduleId,
    spec: {},
    action: {
      type: 'startWorkflow',
      workflowType: 'driftDetection',
      workflowId: scheduleId,
      taskQueue,
      args: [{ model, asOf: at(22, 3), act: true }],
    },
    state: { paused: true },
  });
  await client.schedule.getHandle(scheduleId).trigger();
  // The last that comes of it: the alert, told by both channels.
  await vi.waitFor(
    () => {
      expect(slack.messages()).not.toEqual([]);
      expect(smtp.messages()).not.toEqual([]);
    },
    { timeout: 60_000, interval: 200 },
  );
});
afterAll(async () => {
  worker.signal('SIGKILL');
  await client.schedule.getHandle(scheduleId).delete();
  await Promise.all([connection.close(), slack.stop(), smtp.stop(), receiver.stop()]);
  await test.drop();
});

it('dumps', async () => {
  await new Promise((r) => setTimeout(r, 2000));
  const lines: string[] = [];
  const spans = receiver.spans();
  const show = (parent: string, depth: number): void => {
    for (const span of spans.filter((s) => s.parentSpanId === parent)) {
      lines.push(`${' '.repeat(depth * 2)}${span.name} ${JSON.stringify(span.attributes)}`);
      show(span.spanId, depth + 1);
    }
  };
  show('', 0);
  const ids = new Set(spans.map((s) => s.spanId));
  for (const s of spans.filter((s) => s.parentSpanId !== '' && !ids.has(s.parentSpanId))) { lines.push(`ORPHAN ${s.name} ${s.traceId} ${s.parentSpanId}`); show(s.spanId, 1); }
  const { writeFileSync } = await import('node:fs');
  writeFileSync('/tmp/w/traces-dump.txt', lines.join('\n'));
  writeFileSync('/tmp/w/traces-logs.txt', worker.logs().join('\n') + worker.stderr());
});
