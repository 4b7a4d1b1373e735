/**
 * The real worker with every secret in a file, and channels that fail in every way: nothing that it leaves behind has
 * any of them.
 */

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Client, Connection } from '@temporalio/client';
import { SMTPServer } from 'smtp-server';
import { afterAll, beforeAll, expect, it } from 'vitest';

import { openAlert } from '../../activities/alerts/store.ts';
import { lifecycleId } from '../../core/alert/alert.ts';
import { listenOnLoopback } from '../../demo/stack/loopback-ports.ts';
import { until } from '../../demo/stack/until.ts';
import { startHttpEndpoint, type HttpEndpoint } from '../setup/http-endpoint.ts';
import { createTestDatabase, testServers, type TestDatabase } from '../setup/servers.ts';
import { watch } from '../setup/synthetic.ts';
import { startWorkerProcess, type WorkerProcess } from './tidewatch-worker.ts';

const model = 'kept-secret';
const alertKey = `degradation:${model}:performance`;
const taskQueue = 'secrets-test';

/** Ways to fail; recipients have their names. `gone`: no server is there. `plain`: a server that does not speak TLS. */
const ways = ['gone', 'plain', 'broken', 'wrong', 'hang'] as const;
type Way = (typeof ways)[number];

/** Each secret of its own: `T0pSecret` and where it is from. */
const secrets: string[] = [];
function secret(name: string): string {
  const made = `T0pSecret-${name}`;
  secrets.push(made);
  return made;
}
function routingKey(way: Way): string {
  const key = `K${way}`.padEnd(32, '0f');
  secrets.push(key);
  return key;
}

let test: TestDatabase;
let directory: string;
let mirror: HttpEndpoint;
let smtp: SMTPServer;
let connection: Connection;
let worker: WorkerProcess;
let pages: string;
beforeAll(async () => {
  test = await createTestDatabase();
  directory = await mkdtemp(join(tmpdir(), 'tidewatch-secrets-'));
  connection = await Connection.connect({ address: testServers().temporalAddress });
  // Says all of each request, as a server does that helps to find mistakes; the headers first, since answers are cut.
  mirror = await startHttpEndpoint(({ path, headers, body }) => {
    const way = ways.find((name) => path.includes(`/${name}/`) || body.includes(`K${name}`)) ?? 'wrong';
    if (way === 'hang') return { status: 'hang' };
    const { authorization = '' } = headers;
    return { status: way === 'broken' ? 503 : 400, body: `not so: ${authorization} ${path} ${body}` };
  });
  const gone = await startHttpEndpoint(() => ({ status: 204 }));
  await gone.stop();
  smtp = new SMTPServer({
    disabledCommands: ['STARTTLS'],
    closeTimeout: 200,
    allowInsecureAuth: true,
    onAuth: ({ username = '', password = '' }, _session, done) => {
      const plain = Buffer.from(`\0${username}\0${password}`).toString('base64');
      done(Object.assign(new Error(`not so: ${username} ${password} ${plain}`), { responseCode: 535 }));
    },
  });
  const smtpPort = await listenOnLoopback(smtp.server);

  const origin = (way: Way): string =>
    way === 'gone' ? gone.origin : way === 'plain' ? mirror.origin.replace('http:', 'https:') : mirror.origin;
  const database = new URL(test.url);
  database.username = 'kept_secret';
  database.password = secret('database');
  await test.database.execute(`create role kept_secret superuser login password '${database.password}'`);
  const given: Record<string, string> = {
    DATABASE_URL: database.href,
    SMTP_URL: `smtp://me:${secret('smtp')}@127.0.0.1:${smtpPort}`,
  };
  for (const way of ways) {
    const name = way.toUpperCase();
    given[`WEBHOOK_URL_${name}`] =
      `${origin(way)}/${way}/${secret(`hook-${way}`)}?token=${secret(`token-${way}`)}`;
    const signing = secret(`signing-key-of-${way}-24`);
    given[`WEBHOOK_SECRET_${name}`] = `whsec_${Buffer.from(signing).toString('base64')}`;
    given[`PAGERDUTY_ROUTING_KEY_${name}`] = routingKey(way);
    // One of them is waited for in full: 10 s.
    if (way === 'hang') continue;
    given[`SLACK_WEBHOOK_URL_${name}`] = `${origin(way)}/${way}/services/T0/B0/${secret(`slack-${way}`)}`;
    const user = `ops:${secret(`alertmanager-${way}`)}@`;
    given[`ALERTMANAGER_URL_${name}`] = `${origin(way)}/${way}/`.replace('//', `//${user}`);
  }
  const environment: Record<string, string> = {
    TEMPORAL_ADDRESS: testServers().temporalAddress,
    TEMPORAL_TASK_QUEUE: taskQueue,
    PUSHGATEWAY_URL: testServers().pushgatewayUrl,
    PAGERDUTY_EVENTS_URL: `${mirror.origin}/v2/enqueue`,
    LOG_LEVEL: 'trace',
  };
  for (const [variable, value] of Object.entries(given)) {
    environment[`${variable}_FILE`] = join(directory, variable);
    await writeFile(join(directory, variable), `${value}\n`);
  }
  worker = startWorkerProcess(environment);
  pages = await worker.started();
});
afterAll(async () => {
  worker.signal('SIGKILL');
  await worker.exited;
  await mirror.stop();
  await new Promise<void>((resolve) => smtp.close(resolve));
  await connection.close();
  await test.database.execute('drop role kept_secret');
  await test.drop();
  await rm(directory, { recursive: true });
});

/** Every text in it; bytes are what Temporal has of inputs and results. */
function textOf(value: unknown): string {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('utf8');
  if (typeof value !== 'object' || value === null) return String(value);
  return Object.entries(value)
    .map(([key, part]) => `${key}: ${textOf(part)}`)
    .join('\n');
}

async function everyRow(): Promise<string> {
  const tables = await test.database.query<{ name: string }>(
    `select format('%I', table_name) as name from information_schema.tables
     where table_schema = 'public' and table_type = 'BASE TABLE'`,
  );
  const rows: unknown[] = [];
  for (const { name } of tables) {
    rows.push(await test.database.query(`select to_jsonb(it)::text as row from ${name} it`));
  }
  return textOf(rows);
}

async function everyHistory(): Promise<string> {
  const client = new Client({ connection });
  const keys = await test.database.query<{ key: string }>('select distinct alert_key as key from alerts');
  const histories = await Promise.all(
    keys.map(({ key }) => client.workflow.getHandle(lifecycleId(key)).fetchHistory()),
  );
  return textOf(histories);
}

const errors = () =>
  test.database.query<{ mailbox: string; error: string | null }>(
    `select distinct channel || ' ' || recipient as mailbox, last_error as error from alert_deliveries
     where alert_key = $1`,
    [alertKey],
  );

it(
  'leaves no secret in the database, in histories, in logs, in metrics and in errors',
  { timeout: 120_000 },
  async () => {
    const routes = [
      ...ways.map((way) => ({
        webhook: way,
        pagerduty: way,
        ...(way !== 'hang' && { slack: way, alertmanager: way }),
        groupWait: '0s',
        continue: true,
      })),
      { email: ['a@example.org'], groupWait: '0s' },
    ];
    const { alerts } = await watch(test.database, { model, alerts: { routes } });
    await test.database.transaction((inner) =>
      openAlert(inner, {
        model,
        kind: 'degradation',
        subject: 'performance',
        severity: 'critical',
        summary: 'RMSE is high',
        facts: [],
        asOf: Date.now() - 60_000,
        alerts,
        provenance: { workflowId: 'w', runId: 'r' },
      }),
    );
    await new Client({ connection }).workflow.start('alertLifecycle', {
      workflowId: lifecycleId(alertKey),
      taskQueue,
      args: [{ model, alertKey }],
    });
    await until(async () => (await errors()).every(({ error }) => error !== null), 100_000);

    // Without these the test would hold for channels that were never asked.
    const found = await errors();
    const all = found.map(({ mailbox, error }) => `${mailbox}: ${error}`).join('\n');
    for (const [channel, way, reason] of [
      ['slack', 'gone', 'ECONNREFUSED'],
      ['slack', 'plain', ''],
      ['slack', 'broken', 'HTTP 503 not so'],
      ['slack', 'wrong', 'HTTP 400 not so'],
      ['webhook', 'gone', 'ECONNREFUSED'],
      ['webhook', 'plain', ''],
      ['webhook', 'broken', 'HTTP 503 not so'],
      ['webhook', 'wrong', 'HTTP 400 not so'],
      ['webhook', 'hang', 'no answer in 10 s'],
      ['alertmanager', 'gone', 'ECONNREFUSED'],
      ['alertmanager', 'plain', ''],
      ['alertmanager', 'broken', 'HTTP 503 not so'],
      ['alertmanager', 'wrong', 'HTTP 400 not so'],
      ['pagerduty', 'broken', 'HTTP 503 not so'],
      ['pagerduty', 'wrong', 'HTTP 400 not so'],
      ['pagerduty', 'hang', 'no answer in 10 s'],
      ['email', 'a@example.org', '535'],
    ]) {
      expect(all).toMatch(new RegExp(`^${channel} ${way}: .*${reason}`, 'm'));
    }

    const metrics = await (await fetch(`${pages}/metrics`)).text();
    const left = {
      rows: await everyRow(),
      histories: await everyHistory(),
      logs: [...worker.logs(), worker.stderr()].join('\n'),
      metrics,
    };
    expect(left.histories).toContain('not so');
    expect(left.logs).toContain('worker started');
    for (const [where, text] of Object.entries(left)) {
      for (const each of secrets) {
        // Base64 of what begins with it, at any place in three bytes, is not looked for: the forms are those that are sent.
        for (const form of [
          each,
          encodeURIComponent(each),
          Buffer.from(each).toString('base64').replace(/=+$/, ''),
        ]) {
          expect(text.includes(form), `${form} in ${where}`).toBe(false);
        }
        expect(
          text.includes(Buffer.from(`ops:${each}`).toString('base64')),
          `Basic ${each} in ${where}`,
        ).toBe(false);
      }
      expect(text).not.toContain('T0pSecret');
    }
  },
);
