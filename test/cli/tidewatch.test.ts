import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { Connection } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time.js';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';

import { scheduleIdsOf, storageSchedule } from '../../schedules/catalog.ts';
import type { TemporalClient } from '../../schedules/temporal-client.ts';
import { connectTemporal } from '../../schedules/temporal-client.ts';
import type { TestDatabase } from '../setup/servers.ts';
import { createTestDatabase, testServers } from '../setup/servers.ts';

let temporal: TemporalClient;
beforeAll(async () => {
  temporal = await connectTemporal({ address: testServers().temporalAddress, namespace: 'default' });
});
afterAll(() => temporal.close());

let test: TestDatabase;
let directory: string;
let model: string;
beforeEach(async () => {
  test = await createTestDatabase();
  directory = await mkdtemp(join(tmpdir(), 'tidewatch-cli-'));
  await mkdir(join(directory, 'monitors'));
  model = `cli-${randomBytes(4).toString('hex')}`;
});
afterEach(async () => {
  for (const id of [...scheduleIdsOf(model), storageSchedule(model).scheduleId]) {
    await temporal.client.schedule
      .getHandle(id)
      .delete()
      .catch(() => {});
  }
  await test.drop();
  await rm(directory, { recursive: true });
});

interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the real command in a directory of its own. */
async function tidewatch(
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<Outcome> {
  const { PATH = '' } = process.env;
  const env = {
    PATH,
    DATABASE_URL: test.url,
    TEMPORAL_ADDRESS: testServers().temporalAddress,
    TEMPORAL_TASK_QUEUE: model,
    ...environment,
  };
  const command = join(process.cwd(), 'cli/tidewatch.ts');
  const loader = import.meta.resolve('tsx');
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      ['--import', loader, command, ...args],
      { cwd: directory, env },
      (error, stdout, stderr) => {
        const code = error === null ? 0 : error.code;
        resolve({ code: typeof code === 'number' ? code : -1, stdout, stderr });
      },
    );
  });
}

async function writeMonitor(more = ''): Promise<void> {
  const text = `model: ${model}
task: regression
features:
  hum: { kind: continuous }
reference: { kind: rolling }
${more}`;
  await writeFile(join(directory, 'monitors', 'bike.yaml'), text);
}

const writeAlerts = (text: string) => writeFile(join(directory, 'monitors', 'alerts.yaml'), text);

const storedModels = async () =>
  (await test.database.query<{ model: string }>('select model from monitors')).map(({ model }) => model);

const hasSchedule = async (process: string) =>
  temporal.client.schedule
    .getHandle(`${process}:${model}`)
    .describe()
    .then(
      () => true,
      () => false,
    );

describe('tidewatch', () => {
  it('shows its commands', async () => {
    const { code, stdout } = await tidewatch(['--help']);
    expect(code).toBe(0);
    for (const name of ['migrate', 'apply', 'worker']) expect(stdout).toMatch(new RegExp(`^  ${name} `, 'm'));
  });

  it.each([[['aply']], [['apply', '--planned']], [[]]])('ends with 2 on %j', async (args) => {
    const { code, stdout, stderr } = await tidewatch(args);
    expect(code).toBe(2);
    expect(stderr).not.toBe('');
    expect(stdout).toBe('');
  });

  it.each(['migrate', 'apply', 'worker'])(
    '%s names what the environment lacks, without a stack trace',
    async (name) => {
      const { code, stderr } = await tidewatch([name], { DATABASE_URL: '' });
      expect(code).toBe(2);
      expect(stderr).toContain('DATABASE_URL: is missing');
      expect(stderr).not.toContain('    at ');
    },
  );

  it('shows the stack trace when asked to', async () => {
    const { stderr } = await tidewatch(['migrate'], { DATABASE_URL: '', TIDEWATCH_DEBUG: '1' });
    expect(stderr).toContain('    at ');
  });

  it.each(['migrate', 'apply'])('%s ends with 3 when Postgres is away', async (name) => {
    const { code, stderr } = await tidewatch([name], { DATABASE_URL: 'postgres://127.0.0.1:1/nothing' });
    expect(code).toBe(3);
    expect(stderr).toMatch(/^Postgres at 127\.0\.0\.1:1\/nothing does not answer/);
    expect(stderr).not.toContain('    at ');
  });
});

describe('tidewatch migrate', () => {
  it('brings an empty database to the newest schema, once', async () => {
    const empty = await createTestDatabase('empty');
    const environment = { DATABASE_URL: empty.url };
    const first = await tidewatch(['migrate', '--json'], environment);
    expect(first.code).toBe(0);
    expect(JSON.parse(first.stdout)).toEqual({
      applied: expect.arrayContaining(['0001_core.sql']),
      newer: [],
      roles: 'no roles',
      teams: null,
    });
    expect(await tidewatch(['migrate'], environment)).toEqual({
      code: 0,
      stdout: expect.stringMatching(/^nothing to migrate\nnext: `tidewatch apply --plan` .*\n$/),
      stderr: '',
    });
    const withRoles = await tidewatch(['migrate', '--roles'], environment);
    expect(withRoles.stdout).toMatch(
      /^nothing to migrate\ngranted to the roles what each needs\nnext: `tidewatch apply --plan` .*\n$/,
    );
    const printed = await tidewatch(['migrate', '--roles', '--sql'], environment);
    expect(printed.stdout).toMatch(/^create role tidewatch_ingest nologin;\n/);
    await empty.drop();
  });

  it('is what apply asks for when it was forgotten', async () => {
    const empty = await createTestDatabase('empty');
    const { code, stderr } = await tidewatch(['apply'], { DATABASE_URL: empty.url });
    expect(code).toBe(2);
    expect(stderr).toContain('Run `tidewatch migrate`');
    await empty.drop();
  });
});

/** What is applied twice. */
const nothingToChange = expect.stringMatching(/^nothing to change\nnext: `tidewatch worker` .*\n$/);

describe('tidewatch apply', () => {
  it('shows with --plan what it would store, and stores nothing', async () => {
    await writeMonitor();
    const { code, stdout } = await tidewatch(['apply', '--plan']);
    expect(code).toBe(0);
    expect(stdout).toContain(`+ ${model}  monitors/bike.yaml`);
    expect(stdout).toContain('+model: ' + model);
    // Of what is new, what is written.
    expect(stdout).not.toContain('multivariate');
    expect(stdout).toContain(`+ drift-detection:${model}  0 3 * * * UTC, BUFFER_ALL`);
    expect(stdout).toMatch(/nothing changed; run `tidewatch apply` to do this\n$/);
    expect(await storedModels()).toEqual([]);
    expect(await hasSchedule('drift-detection')).toBe(false);
  });

  it('stores monitors and schedules, and then has nothing to change', async () => {
    await writeMonitor();
    const first = await tidewatch(['apply']);
    expect(first).toMatchObject({ code: 0, stderr: '' });
    expect(first.stdout).toMatch(/done: 1 monitor created, 5 schedules created\nnext: load rows by .*\n$/);
    expect(await storedModels()).toEqual([model]);
    expect(await hasSchedule('drift-detection')).toBe(true);
    expect(await tidewatch(['apply'])).toEqual({ code: 0, stdout: nothingToChange, stderr: '' });
    expect(await tidewatch(['apply', '--plan'])).toEqual({
      code: 0,
      stdout: nothingToChange,
      stderr: '',
    });
  });

  it('shows a change as a unified diff of the whole configuration', async () => {
    await writeMonitor();
    await tidewatch(['apply']);
    await writeMonitor('current: 14d\nschedules: { driftDetection: { cron: 0 4 * * * } }\n');
    const { stdout } = await tidewatch(['apply']);
    expect(stdout).toContain('    -current: 7d\n      +current: 14d\n');
    expect(stdout).toContain(`~ drift-detection:${model}\n      cron: 0 3 * * * -> 0 4 * * *\n`);
    expect(stdout).toMatch(/done: 1 monitor updated, 1 schedule updated\nnext: .*\n$/);
  });

  it('ends the schedule of a process that was disabled', async () => {
    await writeMonitor();
    await tidewatch(['apply']);
    await writeMonitor('schedules: { driftDetection: { enabled: false } }\n');
    expect((await tidewatch(['apply'])).stdout).toMatch(
      /done: 1 monitor updated, 1 schedule deleted\nnext: .*\n$/,
    );
    expect(await hasSchedule('drift-detection')).toBe(false);
  });

  it('keeps a monitor whose file is gone until it is told to prune', async () => {
    await writeMonitor();
    await tidewatch(['apply']);
    await rm(join(directory, 'monitors', 'bike.yaml'));

    const kept = await tidewatch(['apply']);
    expect(kept.stdout).toContain(`? ${model}  has no file but is still watched`);
    expect(kept.stdout).toMatch(/nothing to change\nnext: `tidewatch worker`.*\n$/);
    expect(await hasSchedule('drift-detection')).toBe(true);

    await test.database.execute(
      `insert into watched_processes (model, process, cron, time_zone) values ($1, 'drift-detection', '0 3 * * *', 'UTC')`,
      [model],
    );
    const pruned = await tidewatch(['apply', '--prune']);
    expect(pruned.stdout).toContain(`- ${model}  has no file: no longer watched; its data stays`);
    expect(pruned.stdout).toContain('1 monitor deleted');
    expect(await storedModels()).toEqual([]);
    expect(await hasSchedule('drift-detection')).toBe(false);
    expect(await test.database.query('select process from watched_processes')).toEqual([]);
  });

  it('prints the plan as JSON', async () => {
    await writeMonitor();
    const { stdout } = await tidewatch(['apply', '--plan', '--json']);
    expect(JSON.parse(stdout)).toMatchObject({
      applied: false,
      monitors: [
        { model, change: 'create', file: 'monitors/bike.yaml', diff: expect.stringContaining('+model') },
      ],
      schedules: expect.arrayContaining([
        expect.objectContaining({ scheduleId: `drift-detection:${model}`, change: 'create' }),
      ]),
    });
  });

  it('warns in the plan as JSON of routes that are hardly meant, of monitors and of alerts.yaml', async () => {
    await writeMonitor('alerts: { routes: [{ slack: true }, { severity: critical, pagerduty: true }] }\n');
    await writeAlerts('routes:\n  - { kind: drift }\n');
    const { stdout } = await tidewatch(['apply', '--plan', '--json']);
    expect(JSON.parse(stdout)).toMatchObject({
      monitors: [{ model, warnings: [expect.stringMatching(/^route 2 takes no alert: route 1 takes all/)] }],
      alerts: [{ name: 'alerts.yaml', warnings: ['route 1 tells nobody: it has no channel'] }],
    });
  });

  it('reads another directory when told to', async () => {
    const { code, stderr } = await tidewatch(['apply', '--monitors', 'elsewhere']);
    expect(code).toBe(2);
    expect(stderr).toContain('elsewhere: cannot be read');
  });

  it('stores nothing when a file has a problem, and says where', async () => {
    await writeMonitor('currnt: 7d\n');
    const { code, stdout, stderr } = await tidewatch(['apply']);
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toContain('monitors/bike.yaml:6:1 currnt: is not a known key; did you mean "current"?');
    expect(await storedModels()).toEqual([]);
  });

  it(
    'stores alerts.yaml with the monitors that name its routes, once, and forgets it when told to prune',
    { timeout: 120_000 },
    async () => {
      const stored = async () =>
        (
          await test.database.query<{ route: string }>(
            `select route ->> 'name' as route from installation_settings, jsonb_array_elements(configuration -> 'routes') as route`,
          )
        ).map(({ route }) => route);
      await writeMonitor('alerts: { routes: [oncall] }\n');
      await writeAlerts('routes:\n  - { name: oncall, pagerduty: true }\n');
      const plan = await tidewatch(['apply', '--plan']);
      expect(plan.stdout).toContain('+ monitors/alerts.yaml');
      expect(plan.stdout).toContain('name: oncall');
      expect(plan.stdout).not.toContain('groupWait');
      expect(await stored()).toEqual([]);
      const first = await tidewatch(['apply']);
      expect(first).toMatchObject({ code: 0, stderr: '' });
      expect(await stored()).toEqual(['oncall']);
      expect((await tidewatch(['apply'])).stdout).toEqual(nothingToChange);

      const elsewhere = '{ name: all, model: nosuch-*, slack: true }';
      await writeAlerts(`routes:\n  - { name: oncall, kind: drift, pagerduty: true }\n  - ${elsewhere}\n`);
      const changed = await tidewatch(['apply', '--json']);
      expect(JSON.parse(changed.stdout)).toMatchObject({
        applied: true,
        alerts: [
          {
            name: 'alerts.yaml',
            change: 'update',
            diff: expect.stringContaining('name: all'),
            warnings: ['route 2: model "nosuch-*" fits no monitor'],
          },
        ],
      });
      expect(await stored()).toEqual(['oncall', 'all']);

      await rm(join(directory, 'monitors', 'alerts.yaml'));
      const named = await tidewatch(['apply']);
      expect(named.code).toBe(2);
      expect(named.stderr).toContain(
        'monitors/bike.yaml:6:20 alerts.routes[0]: "oncall" is not the name of a route in alerts.yaml; it names none',
      );
      await writeMonitor();
      expect((await tidewatch(['apply'])).stdout).toMatch(/\? .*alerts\.yaml/);
      expect(await stored()).toEqual(['oncall', 'all']);
      expect((await tidewatch(['apply', '--prune'])).stdout).toMatch(/- .*alerts\.yaml/);
      expect(await stored()).toEqual([]);
    },
  );

  it.each([
    [
      'a route that alerts.yaml does not name',
      'alerts: { routes: [oncal] }\n',
      'routes: [{ name: oncall, pagerduty: true }]\n',
      'monitors/bike.yaml:6:20 alerts.routes[0]: "oncal" is not the name of a route in alerts.yaml; did you mean "oncall"?',
    ],
    [
      'a channel that there is not',
      '',
      'routes:\n  - { name: oncall, pagerdutty: true }\n',
      'monitors/alerts.yaml:2:21 routes[0].pagerdutty: is not a known key; did you mean "pagerduty"?',
    ],
    [
      'an address that is none',
      'alerts: { routes: [{ email: [anna.example.org] }] }\n',
      '',
      'monitors/bike.yaml:6:30 alerts.routes[0].email[0]: ',
    ],
    [
      'an address that would be several',
      '',
      'routes:\n  - email: ["a@example.org, b@example.org"]\n',
      'monitors/alerts.yaml:2:13 routes[0].email[0]: ',
    ],
  ])('stores nothing where there is %s, and says where', async (_, more, alerts, problem) => {
    await writeMonitor(more);
    await writeAlerts(alerts);
    const { code, stdout, stderr } = await tidewatch(['apply']);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(problem);
    expect(await storedModels()).toEqual([]);
    expect(await test.database.query('select from installation_settings')).toEqual([]);
  });

  it('ends with 3 when Temporal is away, and stores nothing', async () => {
    await writeMonitor();
    const { code, stderr } = await tidewatch(['apply'], { TEMPORAL_ADDRESS: '127.0.0.1:1' });
    expect(code).toBe(3);
    expect(stderr).toMatch(/^Temporal at 127\.0\.0\.1:1 does not answer/);
    expect(await storedModels()).toEqual([]);
  });

  describe('in a new namespace, as a dev server has it', () => {
    let namespace: string;
    beforeEach(async () => {
      namespace = model;
      const { workflowService, operatorService } = temporal.client.connection as Connection;
      await workflowService.registerNamespace({
        namespace,
        workflowExecutionRetentionPeriod: msToTs('1 day'),
      });
      // A new namespace is known to the whole server after some seconds.
      await vi.waitFor(() => operatorService.listSearchAttributes({ namespace }), { timeout: 30_000 });
      await vi.waitFor(() => workflowService.countWorkflowExecutions({ namespace }), { timeout: 30_000 });
    });

    it(
      'makes the search attributes that it lacks, says so, and makes the schedules',
      { timeout: 240_000 },
      async () => {
        await writeMonitor();
        const environment = { TEMPORAL_NAMESPACE: namespace };
        const plan = await tidewatch(['apply', '--plan'], environment);
        expect(plan.stdout).toContain('Search attributes\n  + Model  Keyword');
        expect(
          JSON.parse((await tidewatch(['apply', '--plan', '--json'], environment)).stdout),
        ).toMatchObject({
          searchAttributes: ['Model', 'Window', 'Verdict'],
        });
        const first = await tidewatch(['apply'], environment);
        expect(first).toMatchObject({ code: 0, stderr: '' });
        expect(first.stdout).toContain(
          `made the search attributes Model, Window, Verdict in the namespace ${namespace}\n`,
        );
        expect(first.stdout).toMatch(
          /done: 1 monitor created, 3 search attributes created, 5 schedules created\n/,
        );
        expect(await tidewatch(['apply'], environment)).toEqual({
          code: 0,
          stdout: nothingToChange,
          stderr: '',
        });
      },
    );
  });

  it('writes no colours where the output is no terminal', async () => {
    await writeMonitor();
    const { stdout } = await tidewatch(['apply', '--plan']);
    // oxlint-disable-next-line no-control-regex -- the escape that starts every colour
    expect(stdout).not.toMatch(/\u001B/);
  });
});
