/** The command, on real servers. */

import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';

import { openPushgateway } from '../../../activities/metrics/pushgateway.ts';
import { fates } from '../../../activities/storage/forgotten-tables.ts';
import { openClient } from '../../../client/tidewatch-client.ts';
import { addForget } from '../../../cli/commands/forget.ts';
import { addStatus } from '../../../cli/commands/status.ts';
import { addStorage } from '../../../cli/commands/storage.ts';
import { checks } from '../../../cli/doctor/checks.ts';
import { runChecks } from '../../../cli/doctor/run-checks.ts';
import { withSources } from '../../../cli/doctor/sources.ts';
import { reportFailure } from '../../../cli/failures.ts';
import { lifecycleId } from '../../../core/alert/alert.ts';
import { schedulesOf } from '../../../schedules/catalog.ts';
import { listModelRuns, listModelSchedules } from '../../../schedules/of-model.ts';
import { switchSchedules } from '../../../schedules/pause.ts';
import { applySchedules, planSchedules } from '../../../schedules/reconciler.ts';
import { modelKey } from '../../../schedules/search-attributes.ts';
import { openDatabase } from '../../../sql/database.ts';
import { grantRoles, roles } from '../../../sql/roles.ts';
import { openTestConsole, textOf } from '../../console/console-world.ts';
import { emptyTables } from '../../setup/database-snapshot.ts';
import { fillModel } from '../../setup/filled-model.ts';
import { createLogin, urlAs } from '../../setup/login.ts';
import { testServers } from '../../setup/servers.ts';
import { load, predictionsOf, watch } from '../../setup/synthetic.ts';
import { useWorker } from '../../setup/worker-world.ts';
import { printed } from '../on-database.ts';

const test = useWorker('shared by all tests');
const suffix = randomBytes(4).toString('hex');
const model = `withdrawn-${suffix}`;
const other = `served-${suffix}`;
/** Where the files of monitors are. */
let directory: string;

const environment = (): Record<string, string> => ({
  DATABASE_URL: test.url,
  TEMPORAL_ADDRESS: testServers().temporalAddress,
  TEMPORAL_TASK_QUEUE: test.worker.taskQueue,
  PUSHGATEWAY_URL: testServers().pushgatewayUrl,
});

interface Told {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

async function tidewatch(args: readonly string[], overrides: Record<string, string> = {}): Promise<Told> {
  for (const [name, value] of Object.entries({ ...environment(), ...overrides })) vi.stubEnv(name, value);
  const notes: string[] = [];
  const error = vi.spyOn(console, 'error').mockImplementation((line: string) => void notes.push(line));
  try {
    const url = overrides['DATABASE_URL'] ?? test.url;
    const all = ['forget', ...args, '--monitors', directory];
    return { code: 0, stdout: await printed(addForget, all, { url }), stderr: notes.join('\n') };
  } catch (thrown) {
    return { code: reportFailure(thrown), stdout: '', stderr: notes.join('\n') };
  } finally {
    error.mockRestore();
    vi.unstubAllEnvs();
  }
}

const client = () => test.worker.client;
const pushgateway = () => openPushgateway(testServers().pushgatewayUrl);

const groupsOf = async (of: string): Promise<string[]> =>
  (await pushgateway().listGroups()).filter((group) => group.model === of).map(({ process }) => process);

/** With schedules, and two groups of gauges. */
async function serve(of: string): Promise<void> {
  const monitor = await watch(test.database, { model: of });
  const desired = schedulesOf(monitor);
  const { taskQueue } = test.worker;
  const plan = await planSchedules(client(), desired, { taskQueue, models: [of] });
  await applySchedules(client(), plan, { taskQueue, created: 'running' });
  for (const process of ['drift-detection', 'performance-evaluation'] as const)
    await pushgateway().replaceGroup({ process, model: of }, [
      { gauge: 'data_drift_share', labels: {}, value: 0.5 },
    ]);
}

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'forget-'));
});
afterAll(async () => {
  for (const of of [model, other]) {
    for (const { scheduleId } of await listModelSchedules(client(), of))
      await client().schedule.getHandle(scheduleId).delete();
    for (const process of ['drift-detection', 'performance-evaluation'])
      await pushgateway().deleteGroup({ process, model: of });
  }
  await rm(directory, { recursive: true });
});
beforeEach(async () => {
  await emptyTables(test.database);
  for (const of of [model, other]) {
    await fillModel(test.database, of, 2);
    await serve(of);
  }
});

const pause = (): Promise<unknown> => switchSchedules(client(), { model }, 'paused', 'it goes');

describe('tidewatch forget', () => {
  it('shows what would go, and that its schedules are in the way', async () => {
    const { code, stdout } = await tidewatch([model, '--plan']);
    expect(code).toBe(0);
    const lines = stdout.split('\n');
    expect(lines[0]).toMatch(
      new RegExp(`^${model}: \\d+ rows of \\d+ tables would be deleted, and cannot be brought back$`),
    );
    expect(lines).toContainEqual(expect.stringMatching(/^ {2}predictions +2$/));
    expect(stdout).toContain('4 schedules in Temporal: actuals-backfill:');
    expect(stdout).toContain('2 groups of the Pushgateway: drift-detection, performance-evaluation');
    expect(lines.at(-1)).toContain(`in the way: not paused: actuals-backfill:${model}, `);
    expect(lines.at(-1)).toContain(`tidewatch pause ${model}`);
    const json = JSON.parse((await tidewatch([model, '--plan', '--json'])).stdout) as { rows: object };
    expect(json).toMatchObject({
      model,
      forgotten: false,
      groups: ['drift-detection', 'performance-evaluation'],
    });
    expect(Object.keys(json.rows)).toHaveLength(
      // alert_messages besides.
      Object.values(fates).filter((fate) => fate === 'deleted').length + 1,
    );
    expect(await test.database.query('select * from audit_events where model = $1', [model])).toEqual([]);
  });

  it('refuses while its schedules run', async () => {
    const { code, stderr } = await tidewatch([model, '--yes']);
    expect(code).toBe(2);
    expect(stderr).toContain(`"${model}" is in use, so nothing is deleted now:`);
    expect(stderr).toContain(`tidewatch pause ${model}`);
  });

  it('refuses while a run of it is under way, and says which and what ends it', async () => {
    await pause();
    const workflowId = `drift-detection:${model}:by-hand`;
    const run = await client().workflow.start('driftDetection', {
      workflowId,
      taskQueue: 'nobody-polls-it',
      args: [{ model }],
      typedSearchAttributes: [{ key: modelKey, value: model }],
    });
    try {
      await vi.waitFor(async () => expect(await listModelRuns(client(), model)).toHaveLength(1), 10_000);
      const { code, stderr } = await tidewatch([model, '--yes']);
      expect(code).toBe(2);
      expect(stderr).toContain(
        `under way: ${workflowId} (driftDetection); wait for its end, or: temporal workflow terminate --workflow-id ${workflowId}`,
      );
    } finally {
      await run.terminate();
    }
    await vi.waitFor(async () => expect(await listModelRuns(client(), model)).toEqual([]), 10_000);
  });

  it('deletes nothing unless its name is typed, or --yes says so', async () => {
    await pause();
    const { code, stderr } = await tidewatch([model]);
    expect(code).toBe(2);
    expect(stderr).toContain(
      '--yes: is needed where nobody can be asked; --plan shows what would be deleted',
    );
    expect(await groupsOf(model)).toHaveLength(2);
  });

  it('takes it out of everything: tables, schedules, alerts that tell people, gauges, pages', async () => {
    await pause();
    const alertKey = `drift:${model}:x`;
    const life = await client().workflow.start('alertLifecycle', {
      workflowId: lifecycleId(alertKey),
      taskQueue: 'nobody-polls-it',
      args: [{ model, alertKey }],
      typedSearchAttributes: [{ key: modelKey, value: model }],
    });
    await vi.waitFor(async () => expect(await listModelRuns(client(), model)).toHaveLength(1), 10_000);
    await writeFile(
      join(directory, 'its.yaml'),
      `model: ${model}\ntask: regression\nfeatures: { x: { kind: continuous } }\nreference: { kind: rolling }\n`,
    );
    const { code, stdout, stderr } = await tidewatch([model, '--yes', '--by', 'ann']);
    await rm(join(directory, 'its.yaml'));
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr: `${join(directory, 'its.yaml')} is still there: delete it, or the next \`tidewatch apply\` watches the model anew`,
    });
    expect(stdout.split('\n').at(-1)).toMatch(
      new RegExp(
        `^${model} is forgotten: deleted \\d+ rows of \\d+ tables, 4 schedules, 2 groups of the Pushgateway$`,
      ),
    );

    for (const [table, fate] of Object.entries(fates)) {
      const [of, kept] = await Promise.all(
        [model, other].map(async (name) => {
          const [row] = await test.database.query<{ rows: number }>(
            `select count(*) as rows from ${table} where model = '${name}'`,
          );
          return row!.rows;
        }),
      );
      expect(of, table).toBe(
        fate === 'deleted' ? 0 : table === 'removals' ? Object.keys(fates).length - 2 + 1 : 1,
      );
      if (fate === 'deleted') expect(kept, table).toBeGreaterThan(0);
    }
    expect(await listModelSchedules(client(), model)).toEqual([]);
    expect(await listModelSchedules(client(), other)).toHaveLength(4);
    expect((await life.describe()).status.name).toBe('TERMINATED');
    expect(await groupsOf(model)).toEqual([]);
    expect(await groupsOf(other)).toHaveLength(2);

    // What it was filled with no page can read.
    for (const [table, fate] of Object.entries(fates))
      if (fate === 'deleted') await test.database.execute(`delete from ${table} where model = '${other}'`);
    await watch(test.database, { model: other });
    expect(await printed(addStatus, ['status'], test)).not.toContain(model);
    expect(await printed(addStorage, ['storage', '--model', model], test)).toContain(
      `${model}: 2 rows of predictions, all that there was (forgotten; forget:${model})`,
    );
    const console = await openTestConsole(test.database);
    expect(textOf(await (await console.get('/')).text())).not.toContain(model);
    for (const path of [`/models/${model}`, `/monitors/${model}`]) {
      const page = await console.get(path);
      expect(page.status).toBe(404);
      const day = new Date().toISOString().slice(0, 10);
      expect(textOf(await page.text())).toContain(
        `${model} was forgotten On ${day} everything that was stored of it was deleted.`,
      );
    }
    expect(textOf(await (await console.get('/models/never-was')).text())).toContain('There is no such page');
    const found = await withSources(environment(), (sources) => runChecks(checks, sources, 10_000));
    expect(JSON.stringify(found)).not.toContain(model);

    const again = await tidewatch([model, '--yes']);
    expect(again).toMatchObject({ code: 0, stderr: '' });
    expect(again.stdout).toMatch(new RegExp(`^nothing is left of ${model}: it was forgotten on \\d{4}-`));
  });

  it('prints what went as JSON, and lets the model come back as a new one', async () => {
    await pause();
    const { code, stdout, stderr } = await tidewatch([model, '--yes', '--json']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(JSON.parse(stdout)).toMatchObject({
      model,
      forgotten: true,
      rows: { predictions: 2, actuals: 2, monitors: 1 },
      schedules: 4,
      groups: 2,
    });
    await load(test.database, model, { from: 1, to: 2 });
    const log = await openClient({ database: test.database }).logPredictions(
      model,
      predictionsOf({ from: 2, to: 3 }),
    );
    expect(log).toEqual({ stored: 24, rejected: [] });
    await watch(test.database, { model });
    expect((await (await openTestConsole(test.database)).get(`/models/${model}`)).status).toBe(200);
    expect((await tidewatch([model, '--yes'])).stdout).toContain('deleted ');
  });

  it('knows no other model, and asks whether a near one was meant', async () => {
    const { code, stderr } = await tidewatch([model.replace('drawn', 'drwan'), '--yes']);
    expect(code).toBe(2);
    expect(stderr).toContain(`Did you mean "${model}"?`);
    for (const name of ['_installation', 'nobody']) {
      const refused = await tidewatch([name, '--yes']);
      expect(refused.code).toBe(2);
      expect(refused.stderr).toContain(`Nothing is stored about a model "${name}". Models with stored data:`);
    }
  });

  it.each(['worker', 'console', 'ingest'] as const)(
    'is refused to a member of tidewatch_%s',
    async (part) => {
      await grantRoles(test.database);
      const name = await createLogin(test.database, `in role ${roles[part]}`);
      try {
        const { code, stderr } = await tidewatch([model, '--yes'], { DATABASE_URL: urlAs(name, test.url) });
        expect(code).toBe(2);
        expect(stderr).toMatch(
          /^Only "\w+", who owns the tables, may have a model forgotten; you connect as "login_/,
        );
      } finally {
        const admin = openDatabase({ url: testServers().postgresAdminUrl, poolSize: 1 });
        await admin.execute(`drop role ${name}`);
        await admin.close();
      }
    },
  );

  it('does nothing where the Pushgateway is away, whose gauges would stay', async () => {
    await pause();
    const { code, stderr } = await tidewatch([model, '--yes'], { PUSHGATEWAY_URL: 'http://127.0.0.1:1' });
    expect(code).toBe(3);
    expect(stderr).toContain('The Pushgateway at http://127.0.0.1:1');
    expect(await listModelSchedules(client(), model)).toHaveLength(4);
  });
});
