import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { addRetrain } from '../../../cli/commands/retrain.ts';
import { openClient } from '../../../client/tidewatch-client.ts';
import { simulatedPolicyNames } from '../../../core/retraining/simulated-policies.ts';
import type { TrainingAnswer, TrainingRequest } from '../../../core/retraining/trainer-contract.ts';
import { dayMs, parseWindow } from '../../../core/window.ts';
import { tryWhileLocked } from '../../../sql/database.ts';
import { startFakeTrainer, type FakeTrainer } from '../../setup/fake-trainer.ts';
import { actualsOf, at, day, load, predictionsOf, watch } from '../../setup/synthetic.ts';
import { useActivities } from '../../setup/world.ts';
import { printed } from '../on-database.ts';

const model = 'replayed';
const test = useActivities('empty for each test');

let trainer: FakeTrainer;
/** What the trainer does with a request, beside answering. */
let train: (request: TrainingRequest) => Promise<TrainingAnswer>;
beforeAll(async () => {
  trainer = await startFakeTrainer((request) => train(request));
});
afterAll(() => trainer.stop());

/** From day 11 on the model errs by 5 instead of 1, where 2 is the limit: 40 days, hourly. */
beforeEach(async () => {
  trainer.reset();
  trainer.refuse(undefined);
  train = async (request) => predict(request);
  await watched();
  await load(test.database, model, { from: 1, to: 11, error: 1 });
  await load(test.database, model, { from: 11, to: 41, error: 5 });
  await test.activities.attachActuals({ model, asOf: at(42) });
});

const watched = (policy: object = {}) =>
  watch(test.database, {
    model,
    retraining: {
      trainer: { url: trainer.url, poll: '10ms' },
      trainingWindow: '7d',
      holdout: '3d',
      minimumOutcomes: 48,
      cooldown: '10d',
      ...policy,
    },
  });

interface Prediction {
  readonly version?: string;
  readonly error?: number;
  readonly to?: number;
}

/** Logs its predictions of the holdout as a trainer does: off by so much. */
async function predict(
  { retrainingId, holdout }: TrainingRequest,
  { version = retrainingId, error = 0.5, to }: Prediction = {},
): Promise<TrainingAnswer> {
  const window = parseWindow(holdout);
  const dayOf = (instant: number): number => Math.round((instant - day(1)) / dayMs) + 1;
  const stretch = { from: dayOf(window.start), to: to ?? dayOf(window.end), version };
  const truth = new Map(
    [
      ...actualsOf({ ...stretch, to: Math.min(stretch.to, 11), error: 1 }),
      ...actualsOf({ ...stretch, from: Math.max(stretch.from, 11), error: 5 }),
    ].map(({ eventTime, value }) => [eventTime, value as number]),
  );
  const rows = predictionsOf({ ...stretch, role: 'shadow' }).map((row, i) => ({
    ...row,
    prediction: truth.get(row.eventTime as number)! + (i % 2 === 0 ? error : -error),
  }));
  await openClient({ database: test.database }).logPredictions(model, rows);
  return { state: 'succeeded', version, lineage: {} };
}

const simulate = (...args: string[]): Promise<string> =>
  printed(addRetrain, ['retrain', 'simulate', '--model', model, ...args], test);

interface Simulated {
  readonly policies: readonly {
    readonly name: string;
    readonly value: number;
    readonly trainings: number;
    readonly promotions: number;
    readonly starts: readonly { readonly asOf: string; readonly end: string }[];
  }[];
  readonly trainings: number;
  readonly cost: number | null;
  readonly leftovers: number;
  readonly firstVersion: string;
}
const simulated = async (...args: string[]) =>
  JSON.parse(await simulate('--yes', '--json', ...args)) as Simulated;

/** Every row of every table; without the marks, which say that hours may be computed again, and without when a run looked last. */
async function everything(): Promise<Readonly<Record<string, string>>> {
  const tables = await test.database.query<{ name: string }>(
    `select relname as name from pg_class
     where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and not relispartition
       and relname not in ('dirty_windows', 'schema_migrations')
     order by 1`,
  );
  const sums: Record<string, string> = {};
  for (const { name } of tables) {
    const [row] = await test.database.query<{ sum: string | null }>(
      `select md5(string_agg(row, ' ' order by row)) as sum
       from (select (to_jsonb(each) - '{checked_at, succeeded_at}'::text[])::text as row from ${name} each) rows`,
    );
    sums[name] = row!.sum ?? 'empty';
  }
  return sums;
}

describe('tidewatch retrain simulate', () => {
  it('holds the error of each policy against how often it trained', async () => {
    const { policies, trainings, firstVersion } = await simulated();
    expect(policies.map(({ name }) => name)).toEqual(simulatedPolicyNames);
    const [never, weekly, fourWeekly, onDegradation, onDrift, ours] = policies;
    expect(firstVersion).toBe('1');
    // 10 days off by 1, 30 days off by 5.
    expect(never).toMatchObject({ trainings: 0, value: expect.closeTo(Math.sqrt(760 / 40), 6) });
    expect(onDrift).toMatchObject({ trainings: 0, value: never!.value });
    // After the first seven days with enough to train on, it is off by 0.5.
    expect(weekly).toMatchObject({ trainings: 5, promotions: 5 });
    expect(weekly!.value).toBeCloseTo(Math.sqrt((7 * 1 + 33 * 0.25) / 40), 6);
    expect(fourWeekly).toMatchObject({ trainings: 1, starts: [{ asOf: '2024-01-29T04:00:00Z' }] });
    expect(onDegradation!.trainings).toBe(1);
    // Its own cooldown, and its gate: an error of 0.5 is better than 5.
    expect(ours).toMatchObject({ trainings: 1, promotions: 1 });
    expect(ours!.value).toBeLessThan(never!.value / 2);
    expect(trainings).toBe(trainer.trainings().length);
  });

  it('prints a table', async () => {
    const lines = (await simulate('--yes', '--policies', 'ours,never')).split('\n');
    expect(lines).toEqual([
      `${model}: 40 days, 2024-01-01 to 2024-02-09`,
      expect.any(String),
      expect.stringMatching(
        / policy +│ RMSE \(95% interval\) +│ than never +│ trainings │ promoted │ surely better /,
      ),
      expect.any(String),
      expect.stringMatching(/ never +│ 4\.359 \(.* to .*\) +│ +│ 0 +│ 0 +│ 0 /),
      expect.stringMatching(/ ours +│ 1\.515 \(.* to .*\) │ 65\.3% better │ 1 +│ 1 +│ 1 /),
      expect.any(String),
      '1 training; version 1 served at first',
      expect.stringContaining('by all actuals that are known now'),
    ]);
  });

  it('asks for each window once, as a simulation, to be predicted to the end of the history', async () => {
    await simulated();
    const requests = trainer.trainings();
    expect(trainer.requests()).toBe(requests.length);
    expect(new Set(requests.map(({ training }) => training.start)).size).toBe(requests.length);
    for (const { retrainingId, purpose, training, holdout, callback, specification } of requests) {
      expect(retrainingId).toMatch(/^simulation-[0-9a-f]{8}-\d{4}-\d\d-\d\d-2024-\d\d-\d\d$/);
      expect({ purpose, holdout, callback }).toEqual({
        purpose: 'simulation',
        holdout: { start: training.end, end: at(41) },
        callback: undefined,
      });
      expect(specification!.rows).toBeGreaterThanOrEqual(48);
    }
  });

  it('leaves everything as it was', async () => {
    const before = await everything();
    await simulated();
    expect(await everything()).toEqual(before);
  });

  it('leaves a worker one look at each hour, which changes nothing', async () => {
    const run = { model, asOf: at(42, 4) };
    const look = async (): Promise<void> => {
      await test.activities.attachActuals(run);
      await test.activities.summarizeOutcomes(run);
      await test.activities.profileHours(run);
      await test.activities.evaluatePerformance(run);
      await test.activities.detectDrift({ ...run, act: false });
      await test.activities.comparePerformance(run);
    };
    await look();
    const before = await everything();
    await simulated('--policies', 'weekly');
    const marks = await test.database.query<{ marks: number; hours: number }>(
      'select count(*) as marks, count(distinct (stage, window_start)) as hours from dirty_windows',
    );
    expect(marks[0]!.hours).toBeGreaterThan(0);
    expect(marks[0]!.marks).toBe(marks[0]!.hours);
    await look();
    expect(await everything()).toEqual(before);
    expect(await test.database.query(`select from dirty_windows where stage <> 'evaluations'`)).toEqual([]);
  });

  it('is never asked by the same id again', async () => {
    await simulated('--policies', 'weekly');
    const first = trainer.trainings().length;
    await simulated('--policies', 'weekly');
    expect(trainer.trainings()).toHaveLength(2 * first);
  });

  it('replays a part of the history', async () => {
    await simulated('--from', '2024-01-15', '--to', '2024-01-29', '--policies', 'weekly');
    expect(trainer.trainings().map(({ training, holdout }) => [training.end, holdout.end])).toEqual([
      ['2024-01-19T00:00:00Z', at(29)],
    ]);
  });
});

describe('the first version', () => {
  it('is trained for it where the one that served has not predicted all of it, and before it what served counts', async () => {
    await load(test.database, model, { from: 41, to: 61, error: 5, version: '2' });
    await test.activities.attachActuals({ model, asOf: at(62) });
    const { firstVersion, trainings, policies } = await simulated(
      '--from',
      '2024-02-01',
      '--policies',
      'never',
    );
    expect(firstVersion).toMatch(/^simulation-/);
    expect(trainings).toBe(1);
    expect(policies[0]!.value).toBeCloseTo(0.5, 9);
    expect(trainer.trainings()).toMatchObject([
      { training: { start: at(22), end: at(29) }, holdout: { start: at(29), end: at(61) } },
    ]);
  });

  it('must be one that can be trained', async () => {
    await load(test.database, model, { from: 41, to: 61, error: 5, version: '2' });
    await test.activities.attachActuals({ model, asOf: at(62) });
    await expect(simulated()).rejects.toThrow(
      'The history of "replayed" is too short to replay: version 1, which served at its start, has not predicted it to its end, and before 2024-01-01 there are not enough outcomes to train one that does; write --from 2024-01-06.',
    );
  });
});

describe('a plan', () => {
  it('asks for nothing, and says what it would be at most', async () => {
    await watched({ budget: { perMonth: 100, perTraining: 2.5 } });
    expect(JSON.parse(await simulate('--plan', '--json'))).toEqual({
      model,
      from: '2024-01-01',
      to: '2024-02-10',
      firstVersion: '1',
      policies: [
        { name: 'never', trainings: 0, isExact: true },
        { name: 'weekly', trainings: 5, isExact: true },
        { name: 'four-weekly', trainings: 1, isExact: true },
        { name: 'on-degradation', trainings: 5, isExact: false },
        { name: 'on-drift-only', trainings: 0, isExact: true },
        { name: 'ours', trainings: 4, isExact: false },
      ],
      trainings: 14,
      cost: 35,
    });
    expect(trainer.requests()).toBe(0);
  });

  it('is shown before anybody is asked to confirm, and nobody is asked where nobody can be', async () => {
    const text = await simulate('--plan');
    expect(text).toContain('at most 14 trainings by http://127.0.0.1:');
    expect(text).toContain('version 1 serves at first');
    await expect(simulate('--json')).rejects.toThrow(
      '--yes: is needed where nobody can be asked; --plan shows what would be asked for.',
    );
    expect(trainer.requests()).toBe(0);
  });

  it('counts what the trainer has cost, else what the budget assumes', async () => {
    await watched({ budget: { perMonth: 100, perTraining: 2.5 } });
    expect(await simulated('--policies', 'weekly')).toMatchObject({ trainings: 5, cost: 12.5 });
    train = async (request) => ({ ...(await predict(request)), cost: 1 }) as TrainingAnswer;
    expect(await simulated('--policies', 'weekly')).toMatchObject({ trainings: 5, cost: 5 });
  });
});

describe('what cannot be replayed', () => {
  it.each([
    [['--policies', 'never,weakly'], '--policies: there is no policy "weakly"; did you mean weekly?'],
    [['--from', 'May'], '--from: "May" is no day'],
    [['--from', '2024-02-01', '--to', '2024-01-01'], '--to is the day after the last'],
    [
      ['--from', '2025-01-01', '--to', '2025-02-01'],
      'it has no outcomes from 2025-01-01 to 2025-02-01; its first are of 2024-01-01, its last of 2024-02-09',
    ],
    [
      ['--to', '2024-01-05'],
      'in none of the 4 days from 2024-01-01 there were 48 outcomes (retraining.minimumOutcomes) to train on, with another 3d to hold out',
    ],
  ])('%j', async (args, words) => {
    await expect(simulated(...args)).rejects.toThrow(words);
    expect(trainer.requests()).toBe(0);
  });

  it('is a model without outcomes, or without a policy', async () => {
    await watch(test.database, { model: 'new', retraining: { trainer: { url: trainer.url } } });
    await expect(simulated('--model', 'new')).rejects.toThrow(
      'The history of "new" is too short to replay: it has no outcomes yet; `actualsBackfill` attaches actuals to predictions.',
    );
    await watch(test.database, { model: 'new' });
    await expect(simulated('--model', 'new')).rejects.toMatchObject({ code: 'NO_RETRAINING_POLICY' });
  });
});

describe('a trainer that', () => {
  const fails = async (): Promise<Error & { code?: string }> => {
    const before = await everything();
    const error = await simulated('--policies', 'weekly').then(
      () => new Error('it did not fail'),
      (error: Error) => error,
    );
    expect(await everything()).toEqual(before);
    return error;
  };

  it('fails ends it, with its reason', async () => {
    let trainings = 0;
    train = async (request) => {
      trainings += 1;
      return trainings < 3 ? predict(request) : { state: 'failed', reason: 'no memory left' };
    };
    expect((await fails()).message).toBe(
      'The trainer of "replayed" gave no version for 2024-01-12 to 2024-01-19: no memory left. The simulation ended; nothing of it was kept.',
    );
  });

  it('refuses, or answers nonsense, ends it', async () => {
    trainer.refuse({ status: 400, text: 'not today' });
    expect((await fails()).message).toContain('refused the training (400 not today)');
    trainer.refuse({ status: 200, text: 'NaN' });
    expect(await fails()).toMatchObject({ code: 'TRAINER_ANSWER_UNREADABLE' });
  });

  it('predicts nothing is told what to do', async () => {
    train = async ({ retrainingId }) => ({ state: 'succeeded', version: retrainingId, lineage: {} });
    expect((await fails()).message).toMatch(
      /^Version simulation-\S+ of the trainer of "replayed" predicted only 0 of the 864 rows of 2024-01-05 to 2024-02-10 that have an outcome\. With/,
    );
  });

  it('predicts the usual holdout only is told what to do', async () => {
    train = (request) => predict(request, { to: 8 });
    expect((await fails()).message).toContain('predicted only 72 of the 864 rows');
  });

  it('predicts what cannot be stored is told why', async () => {
    train = (request) => predict(request, { error: Number.NaN });
    expect((await fails()).message).toMatch(
      /predicted only 0 of the 864 rows .* \(others were rejected: .*\)\./,
    );
  });

  it('does not heed the purpose leaves nothing under another name, either', async () => {
    train = (request) => predict(request, { version: '2024-01-05' });
    expect((await fails()).message).toContain('named a simulated version "2024-01-05"');
    const left = await test.database.query(`select from predictions where version = '2024-01-05'`);
    expect(left).toEqual([]);
  });

  it('answers with a version that serves changes nothing of it', async () => {
    train = async () => ({ state: 'succeeded', version: '1', lineage: {} });
    expect(await fails()).toMatchObject({ code: 'SIMULATED_VERSION_NAME', details: { deleted: 0 } });
  });
});

describe('a simulation that ends early', () => {
  it('by Ctrl-C tells the trainer to stop, and leaves nothing', async () => {
    const before = await everything();
    let trainings = 0;
    train = async (request) => {
      const answer = await predict(request);
      trainings += 1;
      if (trainings < 2) return answer;
      process.emit('SIGINT');
      return new Promise(() => {});
    };
    const listeners = process.listenerCount('SIGINT');
    await expect(simulated('--policies', 'weekly')).rejects.toMatchObject({ code: 'SIMULATION_STOPPED' });
    expect(trainer.cancelled()).toEqual([trainer.trainings()[1]!.retrainingId]);
    expect(await everything()).toEqual(before);
    expect(process.listenerCount('SIGINT')).toBe(listeners);
  });

  it('because its process was killed leaves what the next one deletes first, and says so', async () => {
    const before = await everything();
    await predict({
      retrainingId: 'simulation-of-before',
      holdout: { start: at(5), end: at(7) },
    } as TrainingRequest);
    const text = await simulate('--yes', '--policies', 'never,four-weekly');
    expect(text).toContain('48 predictions that an earlier simulation had left were deleted first');
    expect(await everything()).toEqual(before);
  });

  it('is not disturbed by another one of the same model', async () => {
    const run = tryWhileLocked(test.database, `simulation:${model}`, () => simulated());
    await expect(run).rejects.toMatchObject({ code: 'SIMULATION_RUNNING' });
    expect(trainer.requests()).toBe(0);
  });
});

describe('with --keep', () => {
  it('the predictions stay until the next simulation, and have no outcomes', async () => {
    const outcomes = () => test.database.query('select count(*) as count from outcomes');
    const before = await outcomes();
    expect(await simulate('--yes', '--keep', '--policies', 'four-weekly')).toContain(
      'their predictions are kept until the next simulation: role shadow, versions that begin with simulation-',
    );
    const kept = () =>
      test.database.query(
        `select count(*) as count from predictions where role = 'shadow' and version like 'simulation-%'`,
      );
    expect(await kept()).toEqual([{ count: 360 }]);
    await test.activities.attachActuals({ model, asOf: at(42) });
    expect(await outcomes()).toEqual(before);
    await simulated('--policies', 'never');
    expect(await kept()).toEqual([{ count: 0 }]);
  });
});
