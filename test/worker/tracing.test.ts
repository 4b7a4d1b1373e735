/** What `tidewatch worker` tells of a run in traces and in its log: the real process on real servers. */

import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { promisify } from 'node:util';

import { Client, Connection } from '@temporalio/client';
import { DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest';

import { runFields } from '../../core/process/run-fields.ts';
import { openClient } from '../../client/tidewatch-client.ts';
import { startSlackEndpoint, type SlackEndpoint } from '../../demo/stack/slack-endpoint.ts';
import { startSmtpEndpoint, type SmtpEndpoint } from '../../demo/stack/smtp-endpoint.ts';
import { startOtlpReceiver, type OtlpReceiver, type ReceivedSpan } from '../setup/otlp-receiver.ts';
import { createTestDatabase, testServers, type TestDatabase } from '../setup/servers.ts';
import { actualsOf, at, load, predictionsOf, watch } from '../setup/synthetic.ts';
import { consoleActions } from '../../worker/console-actions.ts';
import { startTracing } from '../../worker/tracing/start.ts';
import type { WorkerProcess } from './tidewatch-worker.ts';
import { startWorkerProcess } from './tidewatch-worker.ts';

Runtime.install({ logger: new DefaultLogger('ERROR') });
const execute = promisify(execFile);
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

/** A trace, once what it is made of has arrived, and all of it hangs together. */
async function traceOf(found: (span: ReceivedSpan) => boolean, whole: (trace: ReceivedSpan[]) => boolean) {
  return vi.waitFor(
    () => {
      const spans = receiver.spans();
      const begin = spans.find(found);
      const trace = spans.filter(({ traceId }) => traceId === begin?.traceId);
      expect(whole(trace), trace.map(({ name }) => name).join('\n')).toBe(true);
      expect(looseOf(trace)).toEqual([]);
      return { trace, begin: begin! };
    },
    { timeout: 60_000, interval: 200 },
  );
}

/** The names of spans whose parents are not there. */
function looseOf(trace: readonly ReceivedSpan[]): string[] {
  const ids = new Set(['', ...trace.map(({ spanId }) => spanId)]);
  return trace.filter(({ parentSpanId }) => !ids.has(parentSpanId)).map(({ name }) => name);
}

const named =
  (...names: readonly string[]) =>
  (trace: readonly ReceivedSpan[]): boolean =>
    names.every((name) => trace.some((span) => span.name === name));

/** The names from a span up to the one that begins the trace. */
function pathOf(trace: readonly ReceivedSpan[], found: (span: ReceivedSpan) => boolean): string[] {
  const path: string[] = [];
  let span = trace.find(found);
  while (span !== undefined) {
    path.push(span.name);
    const parent: string = span.parentSpanId;
    span = trace.find(({ spanId }) => spanId === parent);
  }
  return path;
}

describe('a run that a schedule starts', () => {
  const isRun = ({ name }: ReceivedSpan): boolean => name === 'RunWorkflow:driftDetection';
  const whole = named('RunWorkflow:driftDetection', 'send email', 'send slack', 'RunActivity:deliverAlerts');

  it('is one trace: the run, its activities, their statements and requests, and the alerts that it opens', async () => {
    const { trace, begin } = await traceOf(isRun, whole);
    expect(begin).toMatchObject({
      service: 'tidewatch-test',
      parentSpanId: '',
      failed: false,
      attributes: {
        model,
        schedule: scheduleId,
        workflowType: 'driftDetection',
        window: `${at(15)}/${at(22)}`,
      },
    });
    expect(trace.filter(({ parentSpanId }) => parentSpanId === '')).toEqual([begin]);
    expect(pathOf(trace, ({ name }) => name.startsWith('insert drift_runs'))).toEqual([
      expect.stringMatching(/^insert drift_runs/),
      'RunActivity:detectDrift',
      'StartActivity:detectDrift',
      'RunWorkflow:driftDetection',
    ]);
    const { port } = new URL(testServers().pushgatewayUrl);
    const isPush = ({ attributes }: ReceivedSpan): boolean =>
      attributes['server.port'] === Number(port) && attributes['http.response.status_code'] === 200;
    expect(pathOf(trace, isPush)).toEqual([
      'PUT',
      'RunActivity:pushMetrics',
      'StartActivity:pushMetrics',
      'RunWorkflow:driftDetection',
    ]);
    expect(pathOf(trace, ({ name }) => name === 'send email')).toEqual([
      'send email',
      'RunActivity:deliverAlerts',
      'StartActivity:deliverAlerts',
      'RunWorkflow:alertLifecycle',
      'SignalWithStartWorkflow:alertLifecycle',
      'RunActivity:wakeAlerts',
      'StartActivity:wakeAlerts',
      'RunWorkflow:driftDetection',
    ]);
    const isPost = ({ attributes }: ReceivedSpan): boolean =>
      attributes['server.port'] === Number(new URL(slack.url).port);
    expect(pathOf(trace, isPost).slice(0, 3)).toEqual(['POST', 'send slack', 'RunActivity:deliverAlerts']);
  });

  it('has no span for what is done outside of runs', async () => {
    await traceOf(isRun, whole);
    const begins = new Set(
      receiver.spans().flatMap(({ name, parentSpanId }) => (parentSpanId === '' ? [name] : [])),
    );
    expect([...begins]).toEqual(['RunWorkflow:driftDetection']);
  });

  it('tells no secret and no value of a feature', async () => {
    await traceOf(isRun, whole);
    const { password } = new URL(test.url);
    const webhookPath = new URL(slack.url).pathname.slice(1);
    expect(receiver.bytes()).toContain(model);
    for (const secret of [
      plantedSecret,
      webhookPath,
      planted.text,
      '271828',
      ...(password ? [password] : []),
    ])
      expect(receiver.bytes(), secret).not.toContain(secret);
    // They were where they could have come from.
    expect(receiver.headers()[0]?.authorization).toBe(`Bearer ${plantedSecret}`);
    expect(slack.messages().length + smtp.messages().length).toBeGreaterThan(1);
  });

  it('says in each of its log lines which run it is, and where in the trace', async () => {
    const { begin } = await traceOf(isRun, whole);
    const lines = worker.logs().map((line) => JSON.parse(line) as Record<string, unknown>);
    const ofRun = lines.filter(({ workflowType }) => workflowType === 'driftDetection');
    const ofActivities = ofRun.filter(({ activityType }) => activityType !== undefined);
    expect(new Set(ofActivities.map(({ activityType }) => activityType))).toEqual(
      new Set([
        'attachActuals',
        'profileHours',
        'calibrateDrift',
        'detectDrift',
        'pushMetrics',
        'wakeAlerts',
      ]),
    );
    for (const line of ofRun) {
      expect(line, JSON.stringify(line)).toMatchObject({
        model,
        workflowId: begin.attributes['workflowId'],
        runId: begin.attributes['runId'],
        trace_id: begin.traceId,
        span_id: expect.stringMatching(/^[0-9a-f]{16}$/),
      });
    }
    for (const line of ofActivities) expect(line).toMatchObject({ attempt: 1 });
    expect(ofRun.find(({ msg }) => msg === 'run ended')).toMatchObject({
      level: 30,
      window: `${at(15)}/${at(22)}`,
      verdict: 'critical',
      dataQuality: 'critical',
    });
    // Whatever else is said of a run is called by the same names.
    const about = lines.filter((line) => line['workflowId'] !== undefined);
    const known = [
      'level',
      'time',
      'service',
      'msg',
      'taskQueue',
      'durationMs',
      'verdict',
      'dataQuality',
      'err',
      ...runFields,
    ];
    for (const line of about) expect(Object.keys(line).filter((field) => !known.includes(field))).toEqual([]);
  });

  it('has the same history as without a trace', async () => {
    const { begin } = await traceOf(isRun, whole);
    const history = await client.workflow.getHandle(String(begin.attributes['workflowId'])).fetchHistory();
    await Worker.runReplayHistory({ workflowBundle: { codePath: inject('workflowBundlePath') } }, history);
  });
});

describe('what a person starts', () => {
  it('by a command is a trace that begins with the command', async () => {
    const range = ['--model', model, '--from', '2024-01-20', '--to', '2024-01-21', '--json'];
    const { stderr } = await execute(
      process.execPath,
      ['--import', 'tsx', 'cli/tidewatch.ts', 'reprocess', ...range],
      {
        env: {
          PATH: process.env['PATH'],
          DATABASE_URL: test.url,
          TEMPORAL_ADDRESS: testServers().temporalAddress,
          TEMPORAL_TASK_QUEUE: taskQueue,
          OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
        },
      },
    );
    expect(stderr).toBe('');
    const { trace, begin } = await traceOf(
      ({ name }) => name === 'tidewatch reprocess',
      named('RunWorkflow:reprocessing', 'RunActivity:pushMetrics'),
    );
    expect(begin).toMatchObject({
      service: 'tidewatch',
      parentSpanId: '',
      attributes: { command: 'reprocess' },
    });
    expect(pathOf(trace, ({ name }) => name === 'RunActivity:restateWindows')).toEqual([
      'RunActivity:restateWindows',
      'StartActivity:restateWindows',
      'RunWorkflow:reprocessing',
      'StartWorkflow:reprocessing',
      'tidewatch reprocess',
    ]);
    // It asks how far the run is, again and again.
    expect(trace.filter(({ name }) => /Query/.test(name))).toEqual([]);
  });

  it('on a page of the console is one, too, as by the command', async () => {
    const actions = consoleActions(test.database, {
      address: testServers().temporalAddress,
      namespace: 'default',
      taskQueue,
      traced: true,
    });
    vi.stubEnv('OTEL_EXPORTER_OTLP_ENDPOINT', receiver.url);
    const tracing = await startTracing(
      { sampling: { share: 1 }, warnings: [] },
      { warn: (text) => expect.unreachable(text) },
    );
    await actions.changeAlert({
      model,
      alertKey: `drift:${model}:x`,
      change: 'acknowledge',
      words: { by: 'anna', seen: 'today' },
    });
    await tracing.close();
    const { trace } = await traceOf(
      ({ name }) => name === 'UpdateWithStartWorkflow:acknowledge',
      named('RunActivity:changeAlert'),
    );
    expect(pathOf(trace, ({ name }) => name === 'RunActivity:changeAlert')).toEqual([
      'RunActivity:changeAlert',
      'StartActivity:changeAlert',
      'HandleUpdate:acknowledge',
      'UpdateWithStartWorkflow:acknowledge',
    ]);
  });
});

describe('a worker that ends', () => {
  it('sends what is left', async () => {
    const before = receiver.spans().length;
    await client.workflow
      .start('actualsBackfill', {
        workflowId: `last-of-${model}`,
        taskQueue,
        args: [{ model, asOf: at(22, 3) }],
      })
      .then((run) => run.result());
    worker.signal('SIGTERM');
    expect(await worker.exited).toBe(0);
    expect(
      receiver
        .spans()
        .slice(before)
        .map(({ name }) => name),
    ).toContain('RunWorkflow:actualsBackfill');
    expect(worker.stderr()).toBe('');
  });
});
