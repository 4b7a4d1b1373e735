/** Every check against real servers: once all is well, and with one thing wrong at a time. */

import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, statfs } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';

import {
  deleteInstallationSettings,
  upsertInstallationSettings,
} from '../../../activities/alerts/installation-settings.ts';
import { advanceWatermark } from '../../../activities/processes/watermarks.ts';
import { unreachedModels } from '../../../cli/doctor/unreached-models.ts';
import { checks } from '../../../cli/doctor/checks.ts';
import { exitCodeOf, runChecks, type Outcome } from '../../../cli/doctor/run-checks.ts';
import { withSources } from '../../../cli/doctor/sources.ts';
import { installationSettingsSchema } from '../../../core/alert/installation-settings.ts';
import type { Monitor } from '../../../core/monitor/schema.ts';
import { findBinary } from '../../../demo/stack/binaries.ts';
import { listenOnLoopback } from '../../../demo/stack/loopback-ports.ts';
import { startPushgateway, type Pushgateway } from '../../../demo/stack/pushgateway.ts';
import { scheduleIdsOf, schedulesOf, storageSchedule } from '../../../schedules/catalog.ts';
import { applySchedules, planSchedules } from '../../../schedules/reconciler.ts';
import { alertmanagerCommand, startTestAlertmanager } from '../../setup/alertmanager.ts';
import { emptyTables } from '../../setup/database-snapshot.ts';
import { startHttpEndpoint, type HttpEndpoint } from '../../setup/http-endpoint.ts';
import { createLogin, urlAs } from '../../setup/login.ts';
import { createTestDatabase, testServers } from '../../setup/servers.ts';
import { watch } from '../../setup/synthetic.ts';
import { useWorker } from '../../setup/worker-world.ts';

const test = useWorker('shared by all tests');
const model = `doctor-${randomBytes(4).toString('hex')}`;
let directory: string;
let pushgateway: Pushgateway;
/** Answers as an Alertmanager does that is well. */
let alertmanager: HttpEndpoint;
let monitor: Monitor;

beforeAll(async () => {
  alertmanager = await startHttpEndpoint(() => ({ status: 200, body: 'OK' }));
  directory = await mkdtemp(join(tmpdir(), 'doctor-'));
  pushgateway = await startPushgateway({
    binary: await findBinary('pushgateway', { cacheDirectory: '.tidewatch/bin' }),
    logFile: join(directory, 'pushgateway.log'),
    pidFile: join(directory, 'pushgateway.pid'),
  });
});
afterAll(async () => {
  await pushgateway.stop();
  await alertmanager.stop();
  for (const id of [...scheduleIdsOf(model), storageSchedule(test.worker.taskQueue).scheduleId])
    await test.worker.client.schedule
      .getHandle(id)
      .delete()
      .catch(() => {});
  await rm(directory, { recursive: true });
});
beforeEach(async () => {
  await emptyTables(test.database);
  monitor = await watch(test.database, { model });
  // Whatever a test watches, somebody is told of it.
  await upsertInstallationSettings(
    test.database,
    installationSettingsSchema.parse({ routes: [{ alertmanager: true }] }),
    'all',
  );
  await apply();
});

/** As `tidewatch apply --prune`; a schedule that is paused goes on. */
async function apply(): Promise<void> {
  const { client, taskQueue } = test.worker;
  const plan = await planSchedules(client, [...schedulesOf(monitor), storageSchedule(taskQueue)], {
    taskQueue,
    models: [model],
  });
  await applySchedules(client, plan, { taskQueue, created: 'running' });
  for (const change of plan)
    if ('paused' in change && change.paused) await client.schedule.getHandle(change.scheduleId).unpause();
}

type Environment = Readonly<Record<string, string | undefined>>;

const environmentOf = (environment: Environment): Environment => ({
  DATABASE_URL: test.url,
  TEMPORAL_ADDRESS: testServers().temporalAddress,
  TEMPORAL_TASK_QUEUE: test.worker.taskQueue,
  PUSHGATEWAY_URL: pushgateway.url,
  ALERTMANAGER_URL: alertmanager.origin,
  TIDEWATCH_MAX_CONCURRENT_ACTIVITIES: '1',
  ...environment,
});

async function doctor(environment: Environment = {}) {
  const given = environmentOf(environment);
  const outcomes = await withSources(given, (sources) => runChecks(checks, sources, 20_000));
  return {
    exitCode: exitCodeOf(outcomes),
    /** All that are not all right. */
    wrong: Object.fromEntries(
      outcomes.filter(({ level }) => level !== 'ok').map((outcome) => [outcome.name, outcome]),
    ) as Record<string, Outcome>,
    words: (name: string) => outcomes.find((outcome) => outcome.name === name)?.words,
  };
}

const address = 'http://127.0.0.1:1';

describe('tidewatch doctor', () => {
  it('finds nothing where all is well', async () => {
    const { exitCode, wrong, words } = await doctor();
    expect(wrong).toEqual({});
    expect(exitCode).toBe(0);
    expect(words('postgres')).toMatch(/^answers, version \d+/);
    expect(words('temporal')).toMatch(/^answers, version \d+\.\d+\.\d+, namespace default$/);
    expect(words('workers')).toBe(
      `a worker has asked ${test.worker.taskQueue} for tasks in the last 2 minutes`,
    );
    expect(words('schedules')).toBe('4 of one model, as the monitors have them, none paused');
    expect(words('channels')).toBe(`the one answers: ${new URL(alertmanager.origin).host}`);
    expect(words('trainers')).toBe('no monitor has one that answers by HTTP');
    expect(words('temporary files')).toMatch(/ takes files, \d+(\.\d)? [GT]B free$/);
  });

  it('tells what is free where Postgres keeps its data, as far as the machine and the role show it', async () => {
    const [{ path } = { path: '' }] = await test.database.query<{ path: string }>(
      `select setting as path from pg_settings where name = 'data_directory'`,
    );
    await statfs(path);
    expect((await doctor()).words('disk')).toMatch(
      new RegExp(`^\\d+(\\.\\d)? [GT]B free at ${path}; \\d+ [kMG]B: `),
    );
  });

  it('finds a directory for temporary files that takes none', async () => {
    const gone = join(directory, 'gone');
    vi.stubEnv('TMPDIR', gone);
    const { exitCode, wrong } = await doctor();
    vi.unstubAllEnvs();
    expect(exitCode).toBe(1);
    expect(Object.keys(wrong)).toEqual(['temporary files']);
    expect(wrong['temporary files']).toMatchObject({
      level: 'critical',
      words: expect.stringContaining(`${gone} takes no files: ENOENT`),
      fix: expect.stringContaining('set TMPDIR to a directory of its own'),
    });
  });

  it('finds an empty database, and looks at everything that needs none of its tables', async () => {
    const empty = await createTestDatabase('empty');
    try {
      const { exitCode, wrong } = await doctor({ DATABASE_URL: empty.url });
      expect(exitCode).toBe(1);
      expect(wrong['schema']).toMatchObject({ level: 'critical', fix: 'tidewatch migrate' });
      const blocked = Object.values(wrong).filter(({ level }) => level === 'not checked');
      expect(blocked.map(({ name }) => name)).toEqual([
        'privileges',
        'monitors',
        'partitions',
        'storage maintenance',
        'retention',
        'disk',
        'schedules',
        'pushes',
        'sources',
        'processes',
        'routes',
        'deliveries',
        'trainers',
        'retrainings',
      ]);
      expect(Object.keys(wrong)).toHaveLength(1 + blocked.length);
    } finally {
      await empty.drop();
    }
  });

  it('names a monitor that cannot be read, and answers everything about the others', async () => {
    const unread = `${model}-unread`;
    await test.database.execute(
      `insert into monitors (model, configuration, configuration_hash) values ($1, '{"task": "ranking"}', 'newer')`,
      [unread],
    );
    await advanceWatermark(test.database, {
      model: unread,
      process: 'drift-detection',
      asOf: 0,
      windowEnd: 0,
    });
    const { exitCode, wrong, words } = await doctor();
    expect(exitCode).toBe(1);
    expect(Object.keys(wrong)).toEqual(['monitors']);
    expect(wrong['monitors']).toMatchObject({
      level: 'critical',
      words: '1 of 2 cannot be read: nothing of this model is run or checked',
      details: [expect.stringContaining(`The stored monitor of "${unread}" cannot be read: `)],
      fix: expect.stringContaining('tidewatch apply'),
    });
    expect(words('schedules')).toBe('4 of one model, as the monitors have them, none paused');
  });

  it('finds a source that cannot be read', async () => {
    const columns = {
      entity: 'house',
      event_time: 'scored_at',
      version: { value: '7' },
      prediction: 'guess',
    };
    await test.database.execute('create table scores (house text, scored_at timestamptz, guess text)');
    monitor = await watch(test.database, { model, source: { predictions: { table: 'scores', columns } } });
    const { exitCode, wrong } = await doctor();
    await test.database.execute('drop table scores');
    expect(exitCode).toBe(1);
    expect(wrong['sources']).toMatchObject({
      level: 'critical',
      words: '3 things keep rows from being read',
      details: [
        expect.stringContaining('prediction: "guess" is of type text, and a number is wanted'),
        expect.stringContaining('the feature "c": there is no column "c"; it has house, scored_at, guess'),
        expect.stringContaining('the feature "x": there is no column "x"'),
      ],
    });
  });

  it('finds a schema that is behind', async () => {
    const behind = await createTestDatabase();
    try {
      await behind.database.execute(
        'delete from schema_migrations where id = (select max(id) from schema_migrations)',
      );
      const { exitCode, wrong } = await doctor({ DATABASE_URL: behind.url });
      expect(exitCode).toBe(1);
      expect(wrong['schema']?.words).toMatch(/The database is at migration \d+, but this code needs \d+/);
    } finally {
      await behind.drop();
    }
  });

  it('finds a schedule that is paused, one that is missing, and one that was edited', async () => {
    const { client } = test.worker;
    await client.schedule.getHandle(`drift-detection:${model}`).pause('for the test');
    const paused = await doctor();
    expect(paused.exitCode).toBe(0);
    expect(paused.wrong).toEqual({
      schedules: expect.objectContaining({
        level: 'warning',
        words: '1 paused',
        details: [`drift-detection:${model} is paused: for the test`],
        fix: `tidewatch resume ${model}`,
      }),
    });
    await client.schedule.getHandle(`actuals-backfill:${model}`).delete();
    await client.schedule.getHandle(`degradation-check:${model}`).update((held) => ({
      ...held,
      policies: { ...held.policies, pauseOnFailure: true },
    }));
    const missing = await doctor();
    expect(missing.exitCode).toBe(1);
    expect(missing.wrong).toEqual({
      schedules: expect.objectContaining({
        level: 'critical',
        words: '1 missing, 1 not as the monitor has it, 1 paused',
        details: [
          `actuals-backfill:${model} is missing`,
          `degradation-check:${model} has pauseOnFailure true instead of false`,
          `drift-detection:${model} is paused: for the test`,
        ],
      }),
    });
  });

  it('finds that no worker takes tasks', async () => {
    const { exitCode, wrong } = await doctor({ TEMPORAL_TASK_QUEUE: `nobody-${model}` });
    expect(exitCode).toBe(1);
    expect(wrong['workers']).toMatchObject({
      level: 'critical',
      words: `no worker takes tasks from nobody-${model}`,
    });
  });

  it('finds a namespace that is not there', async () => {
    const { exitCode, wrong } = await doctor({ TEMPORAL_NAMESPACE: 'nowhere' });
    expect(exitCode).toBe(1);
    expect(wrong['temporal']).toMatchObject({
      level: 'critical',
      words: 'answers, but has no namespace "nowhere"',
    });
    expect(wrong['workers']?.level).toBe('not checked');
  });

  it.each([
    ['pushgateway', { PUSHGATEWAY_URL: address }, ['pushgateway', 'pushes']],
    [
      'temporal',
      { TEMPORAL_ADDRESS: '127.0.0.1:1' },
      ['temporal', 'search attributes', 'workers', 'schedules'],
    ],
    [
      'postgres',
      { DATABASE_URL: 'postgres://tidewatch@127.0.0.1:1/tidewatch' },
      expect.arrayContaining(['postgres', 'schema', 'connections', 'processes']),
    ],
  ])('finds that %s is away, and still looks at the others', async (name, environment, affected) => {
    const { exitCode, wrong } = await doctor(environment);
    expect(exitCode).toBe(3);
    expect(wrong[name]?.level).toBe('away');
    expect(Object.keys(wrong)).toEqual(affected);
  });

  it('looks at what it can where the environment is wrong', async () => {
    const { exitCode, wrong } = await doctor({ SLACK_WEBHOOK_URL: 'hooks' });
    expect(exitCode).toBe(1);
    expect(Object.keys(wrong)).toEqual(['environment', 'routes', 'channels']);
  });

  it('finds channels that cannot be reached, and tells none of them anything', async () => {
    const mail = await startSilentServer();
    const sick = await startHttpEndpoint(() => ({ status: 503 }));
    const asked = alertmanager.requests().length;
    const { exitCode, wrong } = await doctor({
      ALERTMANAGER_URL: `${alertmanager.origin}/monitoring,${sick.origin}`,
      SLACK_WEBHOOK_URL_ONCALL: `${address}/services/secret`,
      SMTP_URL: `smtp://user:secret@127.0.0.1:${mail.port}`,
      WEBHOOK_URL: alertmanager.origin,
      WEBHOOK_SECRET: `whsec_${randomBytes(32).toString('base64')}`,
    });
    await mail.stop();
    await sick.stop();
    expect(exitCode).toBe(0);
    expect(Object.keys(wrong)).toEqual(['channels']);
    expect(wrong['channels']).toMatchObject({
      level: 'warning',
      words: '2 of 5 cannot be reached from here: messages wait',
      details: [
        'SLACK_WEBHOOK_URL_ONCALL: 127.0.0.1:1: connect ECONNREFUSED 127.0.0.1:1',
        `ALERTMANAGER_URL: ${new URL(sick.origin).host}: answers 503 to GET /-/healthy`,
      ],
      fix: expect.stringContaining('correct its address'),
    });
    expect(JSON.stringify(wrong)).not.toContain('secret');
    expect(mail.received()).toBe('');
    const requests = [...alertmanager.requests().slice(asked), ...sick.requests()];
    expect(requests.map(({ method, path, body }) => [method, path, body])).toEqual([
      ['GET', '/monitoring/-/healthy', ''],
      ['GET', '/-/healthy', ''],
    ]);
  });

  it.skipIf(alertmanagerCommand === undefined)(
    'reaches a real Alertmanager, which then has no alert',
    { timeout: 30_000 },
    async () => {
      const real = await startTestAlertmanager(alertmanagerCommand!);
      try {
        const { wrong, words } = await doctor({ ALERTMANAGER_URL: real.url });
        expect(wrong).toEqual({});
        expect(words('channels')).toBe(`the one answers: ${new URL(real.url).host}`);
        expect(await real.active()).toEqual([]);
      } finally {
        await real.stop();
      }
    },
  );

  it('waits five seconds for a channel that never answers', { timeout: 30_000 }, async () => {
    const silent = await startHttpEndpoint(() => ({ status: 'hang' }));
    const { wrong } = await doctor({ ALERTMANAGER_URL: silent.origin });
    await silent.stop();
    expect(wrong['channels']?.details).toEqual([
      `ALERTMANAGER_URL: ${new URL(silent.origin).host}: no answer in 5 s`,
    ]);
  });

  it('finds a trainer that is away, and trains nothing', async () => {
    const trainer = await startSilentServer();
    const trainedBy = (url: string) => watch(test.database, { model, retraining: { trainer: { url } } });
    monitor = await trainedBy(`http://127.0.0.1:${trainer.port}/trainings`);
    await apply();
    expect((await doctor()).words('trainers')).toBe(`the one answers: 127.0.0.1:${trainer.port}`);
    expect(trainer.received()).toBe('');
    await trainer.stop();
    const { exitCode, wrong } = await doctor();
    expect(exitCode).toBe(0);
    expect(Object.keys(wrong)).toEqual(['trainers']);
    expect(wrong['trainers']).toMatchObject({
      level: 'warning',
      words: '1 of 1 cannot be reached from here: retrainings wait',
      details: [`of ${model}: 127.0.0.1:${trainer.port}: connect ECONNREFUSED 127.0.0.1:${trainer.port}`],
    });
  });

  it("tells that there is no Pushgateway, which is nobody's fault", async () => {
    const asOf = Date.now();
    await advanceWatermark(test.database, { model, process: 'drift-detection', asOf, windowEnd: asOf });
    const { exitCode, wrong, words } = await doctor({ PUSHGATEWAY_URL: undefined });
    expect(exitCode).toBe(0);
    expect(wrong).toEqual({});
    expect(words('pushgateway')).toMatch(/^none: PUSHGATEWAY_URL is not set: no gauges are pushed/);
    expect(words('pushes')).toBe('none, as there is no Pushgateway');
  });

  it('finds processes that do not succeed, and groups of what they have not pushed', async () => {
    const asOf = Date.now();
    const process = 'drift-detection';
    await advanceWatermark(test.database, { model, process, asOf, windowEnd: asOf });
    await test.database.execute(
      `update process_watermarks set succeeded_at = now() - interval '5 days', as_of = now() - interval '5 days'`,
    );
    await test.database.execute(`update monitors set applied_at = now() - interval '5 days'`);
    await fetch(`${pushgateway.url}/metrics/job/tidewatch/process/${process}/model/retired`, {
      method: 'POST',
      body: 'model_degraded 1\n',
    });
    const { exitCode, wrong } = await doctor();
    expect(exitCode).toBe(1);
    expect(wrong['processes']).toMatchObject({ level: 'critical', words: '4 of 4 missed their runs' });
    expect(wrong['pushes']).toMatchObject({
      level: 'warning',
      words: '1 stale or missing, 1 of models that are not watched',
    });
    expect(Object.keys(wrong)).toEqual(['pushes', 'processes']);
    const [takeAway] = /(?<=-X DELETE ').*(?=')/.exec(wrong['pushes']?.fix ?? '') ?? [];
    expect((await fetch(takeAway!, { method: 'DELETE' })).status).toBe(202);
  });

  it('finds rows without a partition, and routes without a channel', async () => {
    await test.database.execute(
      `insert into actuals (model, entity, event_time, value, recorded_at) values ($1, 'a', '2001-02-03', '1', now())`,
      [model],
    );
    await watch(test.database, { model, alerts: { routes: [{ slack: true }] } });
    const { exitCode, wrong } = await doctor();
    expect(exitCode).toBe(0);
    expect(wrong['partitions']?.details).toEqual([
      'actuals_default: 2001-02-03T00:00:00Z to 2001-02-03T00:00:00Z',
    ]);
    expect(wrong['routes']?.details?.join()).toContain('set SLACK_WEBHOOK_URL');
    expect(Object.keys(wrong)).toEqual(['partitions', 'routes']);
  });

  it('finds a monitor whose critical alerts no route takes', async () => {
    await deleteInstallationSettings(test.database);
    const { exitCode, wrong } = await doctor();
    expect(exitCode).toBe(0);
    expect(wrong).toMatchObject({
      routes: { level: 'warning', words: `no route: a critical alert of ${model} reaches nobody` },
    });
    const night = { hours: { from: '22:00', to: '06:00', otherwise: 'skip' } } as const;
    for (const [route, isReached] of [
      [{ alertmanager: true, severity: 'warning' }, false],
      [{ alertmanager: true, kind: 'drift', ...night }, true],
      [{ alertmanager: true, unacknowledgedFor: '1h' }, false],
      [{ alertmanager: true, model: 'nosuch-*' }, false],
    ] as const) {
      await watch(test.database, { model, alerts: { routes: [route] } });
      expect(await unreachedModels(test.database), JSON.stringify(route)).toEqual(isReached ? [] : [model]);
    }
  });

  it('finds alerts that are due and messages that nobody took', async () => {
    await test.database.execute(
      `insert into alerts (model, alert_key, episode, kind, subject, severity, state, summary, opened_as_of, observed_as_of,
         latest, due_at)
       values ($1, 'delivery-failing:m:slack', 1, 'delivery-failing', 'slack', 'critical', 'open', 'no such channel', now(), now(),
         '{}', now() - interval '20 minutes')`,
      [model],
    );
    await test.database.execute(
      `insert into alert_messages (group_id, mailbox_id, is_summary, state, claimed_at, retry_at, last_error)
       values (gen_random_uuid(), gen_random_uuid(), false, 'waiting', now() - interval '1 hour', now(), 'answers 500')`,
    );
    const { exitCode, wrong } = await doctor();
    expect(exitCode).toBe(1);
    expect(wrong['deliveries']).toMatchObject({
      level: 'critical',
      details: [
        'slack refuses messages: no such channel',
        expect.stringMatching(/^1 not taken since .*: answers 500$/),
        expect.stringMatching(/^delivery-failing:m:slack has something due since /),
      ],
    });
    expect(Object.keys(wrong)).toEqual(['deliveries']);
  });

  it('finds a grant that the role of a part has lost, and none that it does not need', async () => {
    const user = await createLogin(test.database, 'in role tidewatch_worker');
    try {
      const DATABASE_URL = urlAs(user, test.url);
      const asWorker = await doctor({ DATABASE_URL });
      expect(asWorker.wrong).toEqual({});
      expect(asWorker.words('disk')).toMatch(/; what is free is not known from here: watch it/);
      await test.database.execute('revoke update on drift_runs from tidewatch_worker');
      const { wrong } = await doctor({ DATABASE_URL });
      expect(Object.keys(wrong)).toEqual(['privileges']);
      expect(wrong['privileges']).toMatchObject({
        level: 'critical',
        details: ['UPDATE on drift_runs'],
        fix: expect.stringContaining('tidewatch migrate --roles') as string,
      });
      await test.database.execute('grant update on drift_runs to tidewatch_worker');
    } finally {
      await test.database.execute(`drop role ${user}`);
    }
  });

  it('finds a user that may only read', async () => {
    const user = await createLogin(test.database, '');
    await test.database.execute(`grant select on all tables in schema public to ${user}`);
    try {
      const { exitCode, wrong } = await doctor({ DATABASE_URL: urlAs(user, test.url) });
      expect(exitCode).toBe(1);
      expect(Object.keys(wrong)).toEqual(['privileges']);
      expect(wrong['privileges']?.details).toEqual(
        expect.arrayContaining([
          'INSERT on predictions',
          'DELETE on alerts',
          'EXECUTE on ensure_partitions(timestamptz, timestamptz)',
        ]),
      );
      expect(wrong['privileges']?.details?.join()).not.toContain('SELECT');
    } finally {
      await test.database.execute(`drop owned by ${user}`);
      await test.database.execute(`drop role ${user}`);
    }
  });
});

describe('tidewatch doctor --json', { timeout: 60_000 }, () => {
  interface Printed {
    readonly exitCode: number;
    readonly checks: readonly Outcome[];
  }

  it.each([
    ['nothing', {}, 0, []],
    [
      'the namespace',
      { TEMPORAL_NAMESPACE: 'nowhere' },
      1,
      [
        'temporal: critical',
        'search attributes: not checked',
        'workers: not checked',
        'schedules: not checked',
      ],
    ],
    ['the Pushgateway', { PUSHGATEWAY_URL: address }, 3, ['pushgateway: away', 'pushes: not checked']],
  ] as const)(
    'prints every check where %s is wrong, and ends as it says',
    async (_, environment, code, wrong) => {
      const { status, said } = await tidewatchDoctor(environmentOf(environment));
      const { exitCode, checks: printed, ...rest } = JSON.parse(said) as Printed;
      expect(rest).toEqual({});
      expect([status, exitCode]).toEqual([code, code]);
      expect(printed.map(({ name }) => name)).toEqual(checks.map(({ name }) => name));
      expect(
        printed.filter(({ level }) => level !== 'ok').map(({ name, level }) => `${name}: ${level}`),
      ).toEqual(wrong);
      for (const outcome of printed) {
        const { name, level, words, details, fix, ...others } = outcome;
        expect(others, name).toEqual({});
        expect(words, name).toMatch(/\S/);
        expect(details ?? [], name).toSatisfy((lines: unknown[]) =>
          lines.every((line) => typeof line === 'string'),
        );
        // What is wrong by itself has a remedy.
        if (level === 'warning' || level === 'critical') expect(fix, name).toMatch(/\S/);
      }
    },
  );
});

/** The command itself. */
function tidewatchDoctor(environment: Environment): Promise<{ status: number | null; said: string }> {
  const child = spawn(process.execPath, ['--import', 'tsx', 'cli/tidewatch.ts', 'doctor', '--json'], {
    env: { PATH: process.env['PATH'], ...environment },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const said = text(child.stdout);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (status) => {
      void said.then((printed) => resolve({ status, said: printed }));
    });
  });
}

/** Takes connections, and says nothing. */
async function startSilentServer() {
  let received = '';
  const server: Server = createServer((socket) => {
    socket.on('data', (data) => (received += String(data))).on('error', () => {});
  });
  const port = await listenOnLoopback(server);
  return {
    port,
    received: () => received,
    stop: () => new Promise((resolve) => server.close(resolve)),
  };
}
