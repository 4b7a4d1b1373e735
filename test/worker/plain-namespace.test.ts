/** A namespace without search attributes costs the list of runs, and nothing else: the real worker in one. */

import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { Client, Connection } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time.js';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

import { startSlackEndpoint, type SlackEndpoint } from '../../demo/stack/slack-endpoint.ts';
import { makeTemporaryDirectory } from '../../sql/temporary-directory.ts';
import { consoleActions } from '../../worker/console-actions.ts';
import { openTemporalNow } from '../../worker/temporal-now.ts';
import { inputExamples, type WorkflowName } from '../../workflows/input-schemas.ts';
import { openTestConsole } from '../console/console-world.ts';
import { testServers } from '../setup/servers.ts';
import { at, load, watch } from '../setup/synthetic.ts';
import { useDatabase } from '../setup/world.ts';
import { startWorkerProcess, type WorkerProcess } from './tidewatch-worker.ts';

const namespace = `plain-${randomBytes(4).toString('hex')}`;
const model = `unlisted-${randomBytes(4).toString('hex')}`;
const taskQueue = 'tidewatch';

const test = useDatabase('shared by all tests');
let connection: Connection;
let client: Client;
let slack: SlackEndpoint;
let worker: WorkerProcess;

beforeAll(async () => {
  connection = await Connection.connect({ address: testServers().temporalAddress });
  client = new Client({ connection, namespace });
  await client.workflowService.registerNamespace({
    namespace,
    workflowExecutionRetentionPeriod: msToTs('1 day'),
  });
  // A new namespace is known to the whole server after some seconds.
  await vi.waitFor(() => client.workflowService.describeNamespace({ namespace }), { timeout: 30_000 });
  slack = await startSlackEndpoint();
  await watch(test.database, {
    model,
    performance: { windows: ['1d'], limits: { rmse: 2 } },
    // Actuals as far off as these are bad data, too.
    quality: { ignore: ['range'] },
    retraining: { trainer: { url: 'http://127.0.0.1:1' }, trainingWindow: '14d', holdout: '7d' },
    alerts: { routes: [{ slack: true, groupWait: '0s', groupInterval: '0s' }] },
  });
  await load(test.database, model, { from: 1, to: 22 });
  await load(test.database, model, { from: 22, to: 29, error: 5 });
  worker = startWorkerProcess({
    DATABASE_URL: test.url,
    TEMPORAL_ADDRESS: testServers().temporalAddress,
    TEMPORAL_NAMESPACE: namespace,
    PUSHGATEWAY_URL: testServers().pushgatewayUrl,
    SLACK_WEBHOOK_URL: slack.url,
  });
  await worker.started();
});
afterAll(async () => {
  worker.signal('SIGKILL');
  await Promise.all([connection.close(), slack.stop()]);
});

describe('a worker in a namespace without search attributes', () => {
  it('starts, and says what is missing and which command makes it', () => {
    const lines = worker
      .logs()
      .map((line) => JSON.parse(line) as { readonly level: number; readonly msg: string });
    expect(lines.filter(({ level }) => level > 30).map(({ msg }) => msg)).toEqual([
      `the namespace "${namespace}" has no search attributes Model, Window, Verdict: its list of runs does not show what each is ` +
        'about; run `tidewatch apply`, which makes them; where it may not, `temporal operator search-attribute create ' +
        '--name Model --type Keyword --name Window --type Keyword --name Verdict --type Keyword` before it',
    ]);
  });

  it('judges, starts the retraining as a child, and wakes the alerts, which are told', async () => {
    const answer: unknown = await client.workflow.execute('degradationCheck', {
      workflowId: 'by-hand',
      taskQueue,
      args: [{ model, asOf: at(29, 3, 40), act: true }],
    });
    expect(answer).toMatchObject({
      verdict: 'critical',
      retrainingWorkflow: `retraining:${model}:${at(29, 3, 40)}`,
    });
    const retraining = client.workflow.getHandle(`retraining:${model}:${at(29, 3, 40)}`);
    expect((await retraining.describe()).status.name).toBe('RUNNING');
    await vi.waitFor(() => expect(slack.messages()).not.toEqual([]), { timeout: 60_000, interval: 200 });
  });

  it('takes what a person does to an alert', async () => {
    const actions = consoleActions(test.database, {
      address: testServers().temporalAddress,
      namespace,
      taskQueue,
    });
    const [alert] = await test.database.query<{ alert_key: string }>(
      `select alert_key from alerts where model = $1 and alert_key like 'degradation:%'`,
      [model],
    );
    const alertKey = alert!.alert_key;
    const words = { by: 'anna', seen: 'today' };
    // Of a life cycle that is not there any more, so that it is started anew.
    await client.workflow.getHandle(`alert-lifecycle:${alertKey}`).terminate();
    expect(await actions.changeAlert({ model, alertKey, change: 'acknowledge', words })).toMatchObject({
      state: 'acknowledged',
    });
  });
});

describe('without search attributes', () => {
  it.each(Object.keys(inputExamples).filter((name) => name !== 'alertLifecycle') as WorkflowName[])(
    'the workflow %s runs to its end, or fails as it would anywhere',
    async (name) => {
      const window = { start: at(22), end: at(23) };
      const { plan } = inputExamples.simulatedTraining as { readonly plan: { readonly request: object } };
      const inputs: Partial<Record<WorkflowName, object>> = {
        reprocessing: { model, window },
        metricsPush: { model, process: 'drift-detection' },
        storageMaintenance: { plan: true, asOf: at(29, 4) },
        simulatedTraining: { model, plan: { ...plan, taskQueue: 'nobody-polls', timeoutMs: 500 } },
        retraining: { model, asOf: at(29, 3, 40) },
      };
      const outcome = await client.workflow
        .execute(name, {
          workflowId: `plain-${name}`,
          taskQueue,
          args: [inputs[name] ?? { model, asOf: at(29, 4) }],
          workflowExecutionTimeout: '60s',
        })
        .then(
          () => 'completed',
          (error: unknown) => String((error as Error).cause ?? error),
        );
      // Of the model one retraining is under way already.
      expect(outcome).toMatch(/^completed$|under way|is running|time limit/);
      expect(outcome).not.toMatch(/search attribute/i);
    },
  );

  it('the console shows its pages, and says what Temporal cannot tell', async () => {
    const temporal = {
      address: testServers().temporalAddress,
      namespace,
      taskQueue,
      uiUrl: 'http://127.0.0.1:8233',
      traced: false,
      versioning: 'off',
    } as const;
    const shown = await openTestConsole(test.database, {
      askTemporal: openTemporalNow(temporal, Date.now),
    });
    for (const path of [
      '/',
      `/models/${model}`,
      `/models/${model}/now`,
      '/health',
      '/alerts',
      '/retrainings',
    ])
      expect((await shown.get(path)).status, path).toBe(200);
    expect(shown.logged).toEqual([]);
  });

  it('the commands say which one makes them, and go on where they can', async () => {
    const directory = await makeTemporaryDirectory();
    await writeFile(
      join(directory.path, 'a.yaml'),
      `model: ${model}\ntask: regression\nfeatures:\n  x: { kind: continuous }\nreference: { kind: rolling }\n`,
    );
    const ran = await tidewatch(['run', 'performance-evaluation', '--model', model, '--as-of', at(29, 4)]);
    expect(ran.code, ran.said).toBeLessThanOrEqual(1);
    const looked = await tidewatch(['doctor']);
    expect(looked.said.replaceAll(/\s+/g, ' ')).toMatch(
      /(warning|critical) search attributes .*Model.*tidewatch apply/,
    );
    expect([0, 1], looked.said).toContain(looked.code);
    for (const args of [
      ['status'],
      ['alerts'],
      ['retrainings'],
      ['reprocess', '--model', model, '--from', '2024-01-22', '--to', '2024-01-23'],
    ]) {
      const { code, said } = await tidewatch(args);
      expect(code, said).toBeLessThanOrEqual(1);
      expect(said).not.toContain('not foreseen');
    }
    // At last, since from then on they are there.
    const applied = await tidewatch(['apply', '--monitors', directory.path]);
    expect(applied.said).toContain('made the search attributes Model, Window, Verdict');
    expect(applied.code).toBe(0);
    await directory.remove();
  });
});

/** What a command in that namespace says and ends with. */
function tidewatch(args: readonly string[]): Promise<{ readonly code: number; readonly said: string }> {
  const env = {
    PATH: process.env['PATH'],
    DATABASE_URL: test.url,
    TEMPORAL_ADDRESS: testServers().temporalAddress,
    TEMPORAL_NAMESPACE: namespace,
  };
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      ['--import', 'tsx', 'cli/tidewatch.ts', ...args],
      { env },
      (error, stdout, stderr) => resolve({ code: Number(error?.code ?? 0), said: stdout + stderr }),
    );
  });
}
