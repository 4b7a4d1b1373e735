/**
 * Every command, the worker and the console before a database of another schema: refused in words, and nothing is written. Before a newer
 * one that they can work with they do, and doctor, the worker and the console say that it is newer.
 */

import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { Client, Connection } from '@temporalio/client';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';

import { reportFailure } from '../../cli/failures.ts';
import { tidewatchProgram } from '../../cli/program.ts';
import { routes } from '../../console/server/routes.ts';
import { commandsBelow, pathOf } from '../../docs/reference/commands.ts';
import type { Queryable } from '../../sql/database.ts';
import { describeSchema } from '../../sql/golden-schema.ts';
import { makeTemporaryDirectory } from '../../sql/temporary-directory.ts';
import { openTestConsole } from '../console/console-world.ts';
import { createTestDatabase, testServers, type TestDatabase } from '../setup/servers.ts';
import { at, load, watch } from '../setup/synthetic.ts';
import { migrateTo } from '../sql/migrate-to.ts';
import { contracting, expanding, migrateNewer } from '../sql/newer-migrations.ts';
import { startWorkerProcess } from '../worker/tidewatch-worker.ts';

const model = 'of-another-schema';
const window = ['--model', model, '--from', '2024-01-01', '--to', '2024-01-02'];
const anAlert = `degradation:${model}:performance`;

/** What is typed; a command that asks no database of Tidewatch says why. */
const typed: Readonly<Record<string, readonly string[] | { readonly asksNone: string }>> = {
  init: ['init', '--expectations', '--model', model],
  migrate: { asksNone: 'it is what makes the schema; below' },
  apply: ['apply', '--monitors', '<monitors>'],
  ingest: ['ingest', '<rows>', '--model', model],
  worker: { asksNone: 'a process; below' },
  console: { asksNone: 'a process; below' },
  doctor: { asksNone: 'it says what is wrong; below' },
  status: ['status'],
  watch: ['watch'],
  alerts: ['alerts'],
  'alerts list': ['alerts', 'list'],
  'alerts show': ['alerts', 'show', anAlert],
  'alerts route': [
    'alerts',
    'route',
    '--test',
    '--model',
    model,
    '--kind',
    'degradation',
    '--severity',
    'critical',
  ],
  'alerts acknowledge': ['alerts', 'acknowledge', anAlert],
  'alerts snooze': ['alerts', 'snooze', anAlert, '--for', '2d'],
  'alerts resolve': ['alerts', 'resolve', anAlert],
  'alerts comment': ['alerts', 'comment', anAlert, '--note', 'seen'],
  retrainings: ['retrainings'],
  'retrainings list': ['retrainings', 'list'],
  'retrainings show': ['retrainings', 'show', model],
  'retrainings approve': ['retrainings', 'approve', model],
  'retrainings reject': ['retrainings', 'reject', model],
  'retrainings cancel': ['retrainings', 'cancel', model],
  'retrainings extend': ['retrainings', 'extend', model, '--for', '2d'],
  'retrainings restore': ['retrainings', 'restore', model, '--yes'],
  report: ['report', '--model', model, '--output', '<report>'],
  export: ['export', 'drift'],
  storage: ['storage'],
  run: ['run', 'drift-detection', '--model', model],
  'backfill-actuals': ['backfill-actuals', '--model', model],
  'backfill-schedule': ['backfill-schedule', 'drift-detection', ...window],
  reprocess: ['reprocess', ...window],
  retrain: ['retrain', '--model', model, '--yes'],
  'retrain start': ['retrain', 'start', '--model', model, '--yes'],
  'retrain simulate': ['retrain', 'simulate', '--model', model, '--yes'],
  'retrain manifest': { asksNone: 'it writes YAML' },
  pause: ['pause', model],
  resume: ['resume', model],
  forget: ['forget', model, '--yes'],
  rules: { asksNone: 'it has `rules try`' },
  'rules try': ['rules', 'try', '--model', model],
  compare: { asksNone: 'it compares tables of the user' },
  profile: { asksNone: 'it reads tables of the user' },
  'profile write': { asksNone: 'it reads tables of the user' },
  'profile show': { asksNone: 'it reads files' },
  'profile merge': { asksNone: 'it reads files' },
  'profile compare': { asksNone: 'it reads files' },
  completion: { asksNone: 'it writes a script' },
};
const commands = commandsBelow(tidewatchProgram('1')).map(pathOf);
const asking = commands.filter((name) => Array.isArray(typed[name]));

interface State {
  readonly name: string;
  /** Makes it of an empty database. */
  readonly prepare: (test: TestDatabase) => Promise<void>;
  readonly says: RegExp;
}
const states: readonly State[] = [
  {
    name: 'newer than this code',
    prepare: async ({ database }) => {
      await migrateNewer(database, { '9998_more.sql': expanding, '9999_less.sql': contracting });
      await watch(database, { model });
    },
    says: /^The database is at migration 9999, newer than this code knows \(\d{4}\), and 9999_less lets no older code work with it\. Deploy the newer Tidewatch\.$/m,
  },
  {
    name: 'half migrated',
    prepare: async ({ database }) => {
      await migrateTo(database, 9);
      await watch(database, { model });
    },
    says: /^The database is at migration .* Run `tidewatch migrate`\.$/m,
  },
  {
    name: 'empty',
    prepare: async () => {},
    says: /^The database is at migration 0, .* Run `tidewatch migrate`\.$/m,
  },
];

/** Every row of every table that there is. */
async function everything(database: Queryable): Promise<unknown> {
  const tables = await database.query<{ name: string }>(
    `select relname as name from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p', 'S')`,
  );
  const rows: Record<string, unknown> = {};
  for (const { name } of tables) rows[name] = await database.query(`select * from ${name}`);
  return rows;
}

let directory: { readonly path: string; readonly remove: () => Promise<void> };
beforeAll(async () => {
  directory = await makeTemporaryDirectory();
  await writeFile(
    join(directory.path, 'a.yaml'),
    `model: ${model}\ntask: regression\nfeatures:\n  x: { kind: continuous }\nreference: { kind: rolling }\n`,
  );
  await writeFile(
    join(directory.path, 'rows.csv'),
    'version,entity,event_time,x,c,prediction\n1,a,2024-01-01T08:00:00Z,0.5,a,17\n',
  );
});
afterAll(() => directory.remove());
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  process.exitCode = undefined;
});

/** What a command that is typed says and ends with, in this process. */
async function outcomeOf(args: readonly string[], url: string): Promise<{ code: number; said: string }> {
  const paths: Readonly<Record<string, string>> = {
    '<monitors>': directory.path,
    '<rows>': join(directory.path, 'rows.csv'),
    '<report>': join(directory.path, 'report.html'),
  };
  vi.stubEnv('DATABASE_URL', url);
  vi.stubEnv('TEMPORAL_ADDRESS', testServers().temporalAddress);
  const said: string[] = [];
  for (const way of ['log', 'error'] as const)
    vi.spyOn(console, way).mockImplementation((text: string) => void said.push(text));
  let code: number;
  try {
    await tidewatchProgram('1').parseAsync(
      args.map((arg) => paths[arg] ?? arg),
      { from: 'user' },
    );
    code = Number(process.exitCode ?? 0);
  } catch (error) {
    code = reportFailure(error);
  }
  return { code, said: said.join('\n') };
}

function doctor(url: string): Promise<{ code: number; said: string }> {
  const env = {
    PATH: process.env['PATH'],
    DATABASE_URL: url,
    TEMPORAL_ADDRESS: testServers().temporalAddress,
  };
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      ['--import', 'tsx', 'cli/tidewatch.ts', 'doctor'],
      { env },
      (error, stdout, stderr) => resolve({ code: Number(error?.code ?? 0), said: stdout + stderr }),
    );
  });
}

it('is about every command', () => {
  expect(Object.keys(typed).sort()).toEqual([...commands].sort());
});

describe.each(states)('a database that is $name', ({ prepare, says }) => {
  let test: TestDatabase;
  let before: unknown;
  beforeAll(async () => {
    test = await createTestDatabase('empty');
    await prepare(test);
    before = await everything(test.database);
  });
  afterAll(() => test.drop());

  it.each(asking)('is refused by tidewatch %s, which ends with 2', async (name) => {
    const { code, said } = await outcomeOf(typed[name] as readonly string[], test.url);
    expect(said).toMatch(says);
    expect(code).toBe(2);
    expect(await everything(test.database)).toEqual(before);
  });

  it('is told by tidewatch doctor, which asks no table that may not be there', async () => {
    // A process of its own: it ends itself.
    const { code, said } = await doctor(test.url);
    expect(said.replaceAll(/\s+/g, ' ')).toMatch(/critical schema The database is at migration/);
    expect(said).not.toMatch(/does not exist/);
    expect(code).toBe(1);
    expect(await everything(test.database)).toEqual(before);
  });

  it('is refused by the worker before it takes a task', async () => {
    const worker = startWorkerProcess({
      DATABASE_URL: test.url,
      TEMPORAL_ADDRESS: testServers().temporalAddress,
      TEMPORAL_TASK_QUEUE: 'of-another-schema',
    });
    expect(await worker.exited).toBe(2);
    expect(worker.stderr()).toMatch(says);
    expect(await everything(test.database)).toEqual(before);
  });

  it('is said by every page of the console, and nothing is done there', async () => {
    const shown = await openTestConsole(test.database, { database: test.database });
    const filled = (path: string): string =>
      path.replaceAll(/:(start|end)/g, '2024-01-01T00:00:00Z').replaceAll(/:\w+/g, 'a');
    const asked = [
      ...routes.pages.map(({ path }) => path),
      ...routes.documents,
      ...routes.drawings.map(({ path }) => `${path}.csv`),
      ...routes.tables.map(({ path }) => `${path}.csv`),
    ];
    for (const path of asked) {
      const answer = await shown.get(filled(path));
      expect(answer.status, path).toBe(503);
      expect(await answer.text(), path).toContain('The database is at migration');
    }
    for (const { path } of routes.actions)
      expect((await shown.post(filled(path), { note: 'x' })).status, path).toBe(503);
    expect((await shown.get('/readyz')).status).toBe(503);
    expect(await everything(test.database)).toEqual(before);
  });
});

it('tidewatch migrate refuses a newer database with 2 and changes nothing, and brings on one that was left half way', async () => {
  const [newer, half] = [await createTestDatabase('empty'), await createTestDatabase('empty')];
  await states[0]!.prepare(newer);
  await states[1]!.prepare(half);
  const before = await everything(newer.database);
  for (const args of [['migrate'], ['migrate', '--roles']]) {
    const { code, said } = await outcomeOf(args, newer.url);
    expect(said).toMatch(states[0]!.says);
    expect(code).toBe(2);
  }
  expect(await everything(newer.database)).toEqual(before);
  expect(await outcomeOf(['migrate'], half.url)).toMatchObject({ code: 0 });
  expect(await outcomeOf(['status'], half.url)).toMatchObject({ code: 0 });
  await newer.drop();
  await half.drop();
});

describe('a database that is newer by what this code can work with', () => {
  const newer = 'the schema is newer by 9999_more, which this version can work with';
  const schema = (): Promise<unknown> => describeSchema(test.database);
  let test: TestDatabase;
  beforeAll(async () => {
    test = await createTestDatabase();
    await watch(test.database, { model });
    await load(test.database, model, { from: 1, to: 22 });
    await migrateNewer(test.database, { '9999_more.sql': expanding });
  });
  afterAll(() => test.drop());

  it('has a worker that says so, and then works', async () => {
    const taskQueue = 'of-a-newer-schema';
    const { temporalAddress } = testServers();
    const worker = startWorkerProcess({
      DATABASE_URL: test.url,
      TEMPORAL_ADDRESS: temporalAddress,
      TEMPORAL_TASK_QUEUE: taskQueue,
    });
    const connection = await Connection.connect({ address: temporalAddress });
    try {
      await worker.started();
      const warnings = worker
        .logs()
        .map((line) => JSON.parse(line) as { level: number; msg: string })
        .filter(({ msg }) => msg.includes('newer'));
      expect(warnings).toMatchObject([{ level: 40, msg: newer }]);
      const run = (type: string): Promise<unknown> =>
        new Client({ connection }).workflow.execute(type, {
          workflowId: `newer-schema-${type}`,
          taskQueue,
          args: [{ model, asOf: at(22, 3) }],
        });
      expect(await run('actualsBackfill')).toMatchObject({ attached: 504 });
      expect(await run('driftDetection')).toMatchObject({ verdict: 'ok', hoursProfiled: 504 });
      const [stored] = await test.database.query(
        'select (select count(*) from outcomes) as outcomes, (select count(*) from drift_runs) as runs',
      );
      expect(stored).toEqual({ outcomes: 504, runs: 1 });
    } finally {
      worker.signal('SIGTERM');
      await connection.close();
    }
    expect(await worker.exited).toBe(0);
  });

  it('is asked and filled by commands', async () => {
    expect(await outcomeOf(['status'], test.url)).toMatchObject({ code: 0 });
    expect(await outcomeOf(['ingest', '<rows>', '--model', model], test.url)).toMatchObject({ code: 0 });
  });

  it.each([['migrate'], ['migrate', '--roles']])(
    'gives tidewatch %s %s nothing to do, so that a stack that begins with it starts',
    async (...args) => {
      const before = await schema();
      const { code, said } = await outcomeOf(args, test.url);
      expect(said).toBe(`nothing to migrate or to grant: ${newer}`);
      expect(code).toBe(0);
      expect(await schema()).toEqual(before);
    },
  );

  it('is told by tidewatch migrate --json', async () => {
    const { said } = await outcomeOf(['migrate', '--json'], test.url);
    expect(JSON.parse(said)).toEqual({ applied: [], newer: ['9999_more'], roles: 'unchanged', teams: null });
  });

  it.each([
    { args: ['forget', model, '--yes'], what: 'tidewatch forget' },
    { args: ['migrate', '--teams'], what: 'tidewatch migrate --teams' },
    { args: ['migrate', '--no-teams'], what: 'tidewatch migrate --no-teams' },
  ])('is refused by $what, which has to know every table', async ({ args, what }) => {
    const before = await everything(test.database);
    const { code, said } = await outcomeOf(args, test.url);
    expect(said).toContain(
      `and \`${what}\` takes a version that knows 9999_more. Deploy the newer Tidewatch.`,
    );
    expect(code).toBe(2);
    expect(await everything(test.database)).toEqual(before);
  });

  it('is a warning of tidewatch doctor, which goes on to look at the rest', async () => {
    const { said } = await doctor(test.url);
    expect(said.replaceAll(/\s+/g, ' ')).toContain(`warning schema ${newer}`);
    expect(said).not.toContain('needs schema');
  });

  it('is shown by the console, whose page Health says so', async () => {
    const shown = await openTestConsole(test.database, { database: test.database });
    expect((await shown.get('/')).status).toBe(200);
    expect((await shown.get('/readyz')).status).toBe(200);
    expect(await (await shown.get('/health')).text()).toContain(`answers, at 9999_more.sql; ${newer}`);
  });
});
