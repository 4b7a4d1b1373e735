/** The real commands, a real worker and real servers: run, backfill-actuals, backfill-schedule, pause and resume. */

import { execFile } from 'node:child_process';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { schedulesOf } from '../../../schedules/catalog.ts';
import { applySchedules, planSchedules } from '../../../schedules/reconciler.ts';
import { createTestDatabase, testServers } from '../../setup/servers.ts';
import type { TestDatabase } from '../../setup/servers.ts';
import { at, load, watch } from '../../setup/synthetic.ts';
import type { TestWorker } from '../../setup/worker.ts';
import { startTestWorker } from '../../setup/worker.ts';

const model = `run-by-hand-${crypto.randomUUID().slice(0, 8)}`;

let test: TestDatabase;
let worker: TestWorker;
beforeAll(async () => {
  test = await createTestDatabase();
  worker = await startTestWorker(test.database);
  const monitor = await watch(test.database, { model });
  await load(test.database, model, { from: 1, to: 22 });
  await load(test.database, model, { from: 22, to: 29, shift: 3, error: 3 });
  const scope = { taskQueue: worker.taskQueue, models: [model] };
  const plan = await planSchedules(worker.client, schedulesOf(monitor), scope);
  await applySchedules(worker.client, plan, { taskQueue: worker.taskQueue, created: 'paused' });
});
afterAll(async () => {
  for await (const { scheduleId } of worker.client.schedule.list())
    if (scheduleId.endsWith(`:${model}`)) await worker.client.schedule.getHandle(scheduleId).delete();
  await worker.stop();
  await test.drop();
});

interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

const tidewatch = (args: readonly string[], environment: object = {}): Promise<Outcome> =>
  new Promise((resolve) => {
    execFile(
      process.execPath,
      ['--import', 'tsx', 'cli/tidewatch.ts', ...args],
      {
        env: {
          ...process.env,
          DATABASE_URL: test.url,
          TEMPORAL_ADDRESS: testServers().temporalAddress,
          TEMPORAL_TASK_QUEUE: worker.taskQueue,
          ...environment,
        },
      },
      (error, stdout, stderr) => resolve({ code: Number(error?.code ?? 0), stdout, stderr }),
    );
  });

const pausedSchedules = async (): Promise<number> => {
  const processes = ['actuals-backfill', 'drift-detection', 'performance-evaluation', 'degradation-check'];
  const states = await Promise.all(
    processes.map((process) => worker.client.schedule.getHandle(`${process}:${model}`).describe()),
  );
  return states.filter(({ state }) => state.paused).length;
};

describe('tidewatch run', { timeout: 120_000 }, () => {
  it('waits for the outcome, says it in words, and ends with 1 where there is drift', async () => {
    const { code, stdout, stderr } = await tidewatch([
      'run',
      'drift-detection',
      '--model',
      model,
      '--as-of',
      at(29, 3),
    ]);
    expect(stdout).toMatch(
      new RegExp(
        `^${model}, 2024-01-22 to 2024-01-29, 168 rows: dataset ok: 1 of 2 features drifted .*: x\ndata quality: critical: `,
      ),
    );
    expect(code).toBe(1);
    expect(stderr).toContain(`started drift-detection:${model}:${at(29, 3)}\n`);
    expect(stderr).toMatch(
      /^http:.*\/namespaces\/default\/workflows\/drift-detection%3Arun-by-hand.*\/history$/m,
    );
  });

  it('ends with 0 where there is none, and prints everything as JSON', async () => {
    const args = [
      'run',
      'drift-detection',
      '--model',
      model,
      '--from',
      '2024-01-15',
      '--to',
      '2024-01-22',
      '--json',
    ];
    const { code, stdout } = await tidewatch(args);
    expect(JSON.parse(stdout)).toMatchObject({
      exitCode: code,
      input: { model, window: { start: at(15), end: at(22) } },
      result: { verdict: 'ok', rows: 168 },
    });
    expect(code).toBe(0);
  });

  it('tells how good the model was, and whether it has degraded', async () => {
    const performance = await tidewatch([
      'run',
      'performance-evaluation',
      '--model',
      model,
      '--as-of',
      at(29, 3),
    ]);
    expect(performance).toMatchObject({ code: 0 });
    expect(performance.stdout).toMatch(/2024-01-22 to 2024-01-29, version 1: RMSE 3, 168 outcomes/);
    const check = await tidewatch(['run', 'degradation-check', '--model', model, '--as-of', at(29, 3)]);
    expect(check.stdout).toMatch(new RegExp(`^${model}: critical: RMSE .*\nno retraining: `));
    expect(check.code).toBe(1);
  });

  it('says where the rows are when it has found none', async () => {
    const { stderr } = await tidewatch(['run', 'drift-detection', '--model', model]);
    expect(stderr).toContain(
      `no rows in this window; the newest prediction of ${model} is of 2024-01-28T23:00:00Z: try \`tidewatch run drift-detection --model ${model} --as-of 2024-01-29T03:00:00Z\``,
    );
  });

  it('does not wait when it is told to detach', async () => {
    const args = ['run', 'actuals-backfill', '--model', model, '--as-of', at(28), '--detach', '--json'];
    const { code, stdout } = await tidewatch(args);
    expect(code).toBe(0);
    const { workflowId, runId } = JSON.parse(stdout) as { workflowId: string; runId: string };
    expect(await worker.client.workflow.getHandle(workflowId, runId).result()).toMatchObject({
      asOf: at(28),
    });
  });

  it('refuses what the workflow would refuse, and a model that nobody watches, before it starts anything', async () => {
    const future = await tidewatch([
      'run',
      'drift-detection',
      '--model',
      model,
      '--as-of',
      '2999-01-01T00:00:00Z',
    ]);
    expect(future).toMatchObject({ code: 2, stdout: '' });
    expect(future.stderr).toBe(
      '--as-of: 2999-01-01T00:00:00Z is in the future; a run speaks for now or for the past.\n',
    );
    const nobody = await tidewatch(['run', 'drift-detection', '--model', 'nobody']);
    expect(nobody).toMatchObject({ code: 2, stdout: '' });
    expect(nobody.stderr).toContain(`No monitor watches the model "nobody". Known models: ${model}.`);
  });

  it('ends with 3 where Temporal is away', async () => {
    const away = { TEMPORAL_ADDRESS: '127.0.0.1:1' };
    const { code, stderr } = await tidewatch(['run', 'drift-detection', '--model', model], away);
    expect(code).toBe(3);
    expect(stderr).toMatch(/^Temporal at 127\.0\.0\.1:1 does not answer/);
  });
});

describe('tidewatch backfill-actuals', { timeout: 120_000 }, () => {
  it('attaches what has come, and says how much of a range is covered', async () => {
    const range = ['--from', '2024-01-01', '--to', '2024-01-08'];
    const { code, stdout } = await tidewatch(['backfill-actuals', '--model', model, ...range]);
    expect(code).toBe(0);
    expect(stdout).toMatch(
      new RegExp(
        `^${model}: 168 hours looked at; \\d+ outcomes? attached, 0 corrected\ncoverage of these hours 100%: 168 of 168`,
      ),
    );
  });
});

describe('tidewatch backfill-schedule', { timeout: 240_000 }, () => {
  it('makes every run of the range, and waits for the last one', async () => {
    const range = ['--from', '2024-01-16', '--to', '2024-01-19'];
    const processes = ['drift-detection', 'performance-evaluation'];
    const { code, stdout, stderr } = await tidewatch([
      'backfill-schedule',
      ...processes,
      '--model',
      model,
      ...range,
    ]);
    expect(stderr).toMatch(
      new RegExp(
        `^starting 6 runs of ${model}, 2024-01-16 to 2024-01-19: 3 of drift-detection, 3 of performance-evaluation; Ctrl-C`,
      ),
    );
    const [drift, performance, next] = stdout.split('\n');
    expect(drift).toMatch(
      new RegExp(
        `^drift-detection:${model}, 2024-01-16 to 2024-01-19: 3 runs; drift: (\\d [a-z-]+(, )?)+; data quality: (\\d [a-z-]+(, )?)+$`,
      ),
    );
    expect(performance).toMatch(
      new RegExp(
        `^performance-evaluation:${model}, 2024-01-16 to 2024-01-19: 3 runs; windows: (\\d+ [a-z-]+(, )?)+$`,
      ),
    );
    expect(next).toContain(`next: \`tidewatch status --model ${model} --explain\``);
    const told = [...drift!.matchAll(/(\d+) (?:ok|warning|critical|insufficient-data)/g)];
    // Three of drift, and three of data quality.
    expect(told.reduce((sum, [, count]) => sum + Number(count), 0)).toBe(6);
    expect(code).toBe(0);
    const ends = await test.database.query<{ day: string }>(
      `select to_char(window_end, 'DD') as day from drift_runs
       where model = $1 and segment = '' and workflow_id like 'drift-detection:%-2024-%' order by 1`,
      [model],
    );
    expect(ends.map(({ day }) => day)).toEqual(['16', '17', '18']);
  });

  it('counts the drift of a night also where a degradation check has computed it again', async () => {
    const range = ['--from', '2024-01-20', '--to', '2024-01-21'];
    const processes = ['drift-detection', 'degradation-check'];
    const { stdout } = await tidewatch(['backfill-schedule', ...processes, '--model', model, ...range]);
    const level = '(ok|warning|critical|insufficient-data)';
    expect(stdout).toMatch(new RegExp(`: 1 run; drift: 1 ${level}; data quality: 1 ${level}\\n`));
    expect(stdout).toMatch(new RegExp(`: 1 run; checks: 1 ${level}\\n`));
  });

  it('names a schedule that is not there, and starts none', async () => {
    const range = ['--from', '2024-01-16', '--to', '2024-01-19'];
    const { code, stderr } = await tidewatch([
      'backfill-schedule',
      'weekly-report',
      '--model',
      model,
      ...range,
    ]);
    expect(code).toBe(2);
    expect(stderr).toContain(`Temporal has no schedule weekly-report:${model}.`);
  });
});

describe('tidewatch pause and resume', { timeout: 120_000 }, () => {
  it('switch every schedule of a model, note who did it and why, and say what was so already', async () => {
    const resumed = await tidewatch(['resume', model, '--by', 'ana', '--note', 'the sensors are back']);
    expect(resumed).toMatchObject({
      code: 0,
      stdout: expect.stringContaining(`${model}: 4 schedules resumed`),
    });
    expect(await pausedSchedules()).toBe(0);

    const paused = await tidewatch(['pause', model, '--by', 'ana', '--note', 'new sensors', '--json']);
    expect(JSON.parse(paused.stdout)).toMatchObject({ to: 'paused', by: 'ana', changed: { length: 4 } });
    expect(await pausedSchedules()).toBe(4);
    const { state } = await worker.client.schedule.getHandle(`drift-detection:${model}`).describe();
    expect(state.note).toBe('new sensors (ana)');

    const status = await tidewatch(['status', '--model', model]);
    expect(status.stdout).toMatch(
      new RegExp(`schedules +paused since 20.* UTC by ana: new sensors; tidewatch resume ${model}`),
    );

    const again = await tidewatch(['pause', model]);
    expect(again.stdout).toMatch(
      /0 schedules paused, 4 were so already; nothing is started for it until: tidewatch resume /,
    );
    const rows = await test.database.query(
      'select actor, action, model, details, outcome from audit_events order by audit_id limit 2',
    );
    expect(rows).toEqual([
      {
        actor: 'ana',
        action: 'schedules.resume',
        model,
        details: { note: 'the sensors are back' },
        outcome: 'done',
      },
      { actor: 'ana', action: 'schedules.pause', model, details: { note: 'new sensors' }, outcome: 'done' },
    ]);
  });

  it('refuse a model that nobody watches', async () => {
    const { code, stderr } = await tidewatch(['pause', 'nobody']);
    expect(code).toBe(2);
    expect(stderr).toContain('No monitor watches the model "nobody"');
  });
});
