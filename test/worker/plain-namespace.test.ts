/** A namespace without search attributes costs the list of runs, and nothing else: the real worker in one. */

import { randomBytes } from 'node:crypto';

import { Client, Connection } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time.js';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

import { startSlackEndpoint, type SlackEndpoint } from '../../demo/stack/slack-endpoint.ts';
import { consoleActions } from '../../worker/console-actions.ts';
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
