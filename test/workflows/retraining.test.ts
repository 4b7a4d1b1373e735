import { readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { WorkflowUpdateFailedError } from '@temporalio/client';

import type { TrainingAnswer, TrainingRequest } from '../../core/retraining/trainer-contract.ts';
import type { MonitorInput } from '../../core/monitor/schema.ts';
import { until } from '../../demo/stack/until.ts';
import type { RetrainingProgress } from '../../workflows/retraining-conversation.ts';
import { pushedSeries } from '../activities/metrics/pushed-series.ts';
import type { FakeTrainer } from '../setup/fake-trainer.ts';
import { startFakeTrainer } from '../setup/fake-trainer.ts';
import { daysPass, predictHoldout } from '../setup/retrained.ts';
import type { BothPredict } from '../setup/retrained.ts';
import { at, load, watch } from '../setup/synthetic.ts';
import { useWorkerWithChannels } from '../setup/worker-world.ts';

const asOf = at(10, 3, 40);
type Answer = {
  readonly state: string;
  readonly reason: string;
  readonly helped?: string | null;
  readonly metrics?: string;
};
const workflowId = () => `retraining:${model}`;
const handle = () => test.worker.client.workflow.getHandle(workflowId());

const test = useWorkerWithChannels('shared by all tests');

let model: string;
let count = 0;
let trainer: FakeTrainer;
/** How the trainer fits the challenger; by default well. */
let train: (request: TrainingRequest) => Promise<TrainingAnswer>;
beforeEach(async () => {
  model = `retrained-${(count += 1)}`;
  train = () => fit(1);
  trainer = await startFakeTrainer((request) => train(request));
  await watchRetrained();
  await load(test.database, model, { from: 1, to: 10, error: 5 });
});
afterEach(() => trainer.stop());

async function watchRetrained(policy: Partial<MonitorInput['retraining'] & object> = {}): Promise<void> {
  const { timeout = '6h' } = (policy as { trainer?: { timeout?: string } }).trainer ?? {};
  await watch(test.database, {
    model,
    retraining: {
      trainingWindow: '2d',
      holdout: '7d',
      verify: { for: '2d' },
      ...policy,
      trainer: { url: trainer.url, poll: '100ms', timeout },
    },
    alerts: { routes: [{ slack: true, groupWait: '0s', groupInterval: '0s' }] },
  });
}

/** A challenger that predicts the holdout with this error, logged as a shadow, as the contract asks for. */
async function fit(error: number): Promise<TrainingAnswer> {
  await predictHoldout(test.database, model, { from: 3, to: 10, error });
  return { state: 'succeeded', version: '2', featureImportances: { x: 3, c: 1 }, lineage: { rows: 48 } };
}

const run = (input: Record<string, unknown> = {}, id = workflowId()) =>
  test.worker.run<Answer>('retraining', { model, asOf, ...input }, id);

/** Until it waits for this, in this state. */
async function untilWaiting(state: string, asOf?: string): Promise<RetrainingProgress> {
  let progress: RetrainingProgress | undefined;
  const isThere = await until(async () => {
    progress = await handle()
      .query<RetrainingProgress>('progress')
      .catch(() => undefined);
    return (
      progress?.state === state &&
      progress.waitsFor !== null &&
      (asOf === undefined || progress.asOf === asOf)
    );
  }, 20_000);
  expect(isThere, JSON.stringify(progress)).toBe(true);
  return progress!;
}

/** Days go by, and the degradation check tells of it. */
async function pass(days: BothPredict): Promise<void> {
  await daysPass(test.database, model, days);
  await handle().signal('dayChecked');
}
const change = (name: string, request: Record<string, unknown>) =>
  handle().executeUpdate<{ state: string; waitsUntil?: string }, [object]>(name, { args: [request] });
const refusal = async (changing: Promise<unknown>): Promise<string> => {
  const error = (await changing.then(
    () => expect.unreachable('it was not refused'),
    (thrown: unknown) => thrown,
  )) as WorkflowUpdateFailedError;
  return String((error.cause?.cause as Error | undefined)?.message ?? error.cause?.message);
};
const stages = async () =>
  Object.fromEntries(
    (
      await test.database.query<{ version: string; stage: string }>(
        'select version, stage from model_versions where model = $1',
        [model],
      )
    ).map(({ version, stage }) => [version, stage]),
  );

/** The texts of Slack about this model, once its life cycle has ended. */
async function told(): Promise<string[]> {
  await test.worker.client.workflow.getHandle(`alert-lifecycle:retraining:${model}:${asOf}`).result();
  return test.channels.told().slack.filter((text) => text.includes(` ${model} `));
}
const stored = async () =>
  (
    await test.database.query(
      `select run.state, run.reason, champion_version as champion, challenger_version as challenger, version.stage, helped
       from retraining_runs run
       left join model_versions version on version.model = run.model and version.version = challenger_version
       where run.model = $1`,
      [model],
    )
  )[0];

const judgement =
  'challenger RMSE 1 against 5 on the same 168 held-out rows: 80% better (80% sure of at least 80% better), at least 2% needed';

describe('retraining', () => {
  it('promotes a challenger that is better on held-out rows, and keeps it once it has helped', async () => {
    const running = run({ reason: 'a new bike lane opened' });
    const { until: midnight } = await untilWaiting('verifying');
    expect(midnight).toBe(at(12));
    expect(await stages()).toEqual({ 1: 'shadow', 2: 'champion' });
    await pass({ from: 10, to: 11, errors: { 1: 5, 2: 1 }, serving: '2' });
    expect(await untilWaiting('verifying', at(11, 3, 40))).toMatchObject({
      detail: expect.stringContaining('version 2 is better than version 1: RMSE 1 against 5'),
    });
    await pass({ from: 11, to: 12, errors: { 1: 5, 2: 1 }, serving: '2' });
    const verified = expect.stringContaining('version 2 is better than version 1: RMSE 1 against 5');
    expect(await running).toEqual({
      asOf,
      retrainingId: asOf,
      state: 'kept',
      helped: 'yes',
      reason: verified,
      metrics: 'pushed',
    });
    expect(await stages()).toEqual({ 1: 'archived', 2: 'champion' });
    expect(await stored()).toMatchObject({
      state: 'kept',
      reason: expect.stringContaining(`a new bike lane opened; ${judgement}; version 2 is better`),
      champion: '1',
      challenger: '2',
      helped: 'yes',
    });
    expect(await told()).toEqual([
      `INFO ${model} is being retrained: a new bike lane opened`,
      `INFO ${model} has a new champion: 2 replaces 1: ${judgement}`,
      expect.stringContaining(
        `INFO ${model} keeps its new champion: 2 stays, it has helped: version 2 is better`,
      ),
    ]);
    expect(await pushedSeries(model, 'retraining')).toMatchObject({ model_retrainings_total: 1 });
    expect(await pushedSeries(model, 'drift-detection')).toMatchObject({
      'model_feature_importance{feature="x",version="2"}': 0.75,
    });
  });

  it('takes back one that is clearly worse than the version before', async () => {
    const running = run();
    await untilWaiting('verifying');
    await pass({ from: 10, to: 11, errors: { 1: 5, 2: 50 }, serving: '2' });
    expect(await running).toMatchObject({
      state: 'rolled-back',
      helped: 'no',
      reason: expect.stringMatching(
        /version 2 is not better than version 1: .*clearly worse by 900%.*; 1 serves again$/,
      ),
    });
    expect(await stages()).toEqual({ 1: 'champion', 2: 'archived' });
    expect((await told())[2]).toContain(
      `WARNING ${model} has its former champion back: 1 serves again, 2 went back: version 2 is not better`,
    );
  });

  it('keeps one of which nobody knows whether it has helped, and says so', async () => {
    const running = run();
    await untilWaiting('verifying');
    await pass({ from: 10, to: 12, errors: { 2: 1 }, serving: '2' });
    expect(await running).toMatchObject({ state: 'kept', helped: 'unclear' });
  });

  it('lets a challenger predict in the shadow before it is promoted, where the policy says so', async () => {
    await watchRetrained({ rollout: { kind: 'shadow', for: '1d' }, verify: { for: '1d' } });
    const running = run();
    expect(await untilWaiting('shadow')).toMatchObject({ until: at(11) });
    expect(await stages()).toEqual({ 2: 'shadow' });
    await pass({ from: 10, to: 11, errors: { 1: 5, 2: 1 } });
    await untilWaiting('verifying', at(11, 3, 40));
    await pass({ from: 11, to: 12, errors: { 1: 5, 2: 1 }, serving: '2' });
    expect(await running).toMatchObject({ state: 'kept', helped: 'yes' });
  });

  it('rejects one that has not predicted in the shadow', async () => {
    await watchRetrained({ rollout: { kind: 'shadow', for: '1d' } });
    const running = run();
    await untilWaiting('shadow');
    await pass({ from: 10, to: 11, errors: { 1: 5 } });
    // Of a version without predictions nobody can say which outcomes are missing: the age of the gate decides.
    await pass({ from: 11, to: 12, errors: { 1: 5 } });
    expect(await running).toMatchObject({
      state: 'rejected',
      reason: expect.stringContaining('does the serving system let every version of stage shadow predict?'),
    });
    expect(await stages()).toEqual({ 2: 'archived' });
  });

  it('rejects one that is not better', async () => {
    train = () => fit(5);
    expect(await run()).toMatchObject({ state: 'rejected' });
    expect(await stored()).toMatchObject({ state: 'rejected', stage: 'archived', helped: null });
    expect((await told())[1]).toContain(
      `INFO ${model} keeps its champion: 1 stays, 2 was rejected: challenger RMSE 5`,
    );
  });

  it('fails when the training fails, with what the trainer says', async () => {
    train = async () => ({ state: 'failed', reason: 'no memory left' });
    expect(await run()).toMatchObject({
      state: 'failed',
      reason: expect.stringContaining('the training failed: no memory left'),
    });
    expect((await told())[1]).toContain(
      `WARNING ${model} could not be retrained: 1 stays: the training failed: no memory left`,
    );
  });

  it('fails when the trainer refuses, and does not ask again', async () => {
    trainer.refuse({ status: 422, text: 'no such model' });
    expect(await run()).toMatchObject({
      state: 'failed',
      reason: expect.stringContaining('refused the training (422 no such model)'),
    });
    expect(await stored()).toMatchObject({ state: 'failed', challenger: null });
  });

  it('fails when the trainer does not finish within its time', async () => {
    await watchRetrained({ trainer: { url: trainer.url, timeout: '0m' } });
    train = () => new Promise(() => {});
    expect(await run()).toMatchObject({
      state: 'failed',
      reason: expect.stringContaining('the trainer did not finish within its time limit'),
    });
  });

  it('waits for a trainer that is away', async () => {
    train = () => fit(5);
    await trainer.stop();
    const running = run();
    await until(async () => {
      const raw = await handle()
        .describe()
        .then((described) => described.raw)
        .catch(() => undefined);
      return (
        raw?.pendingActivities?.some(({ lastFailure }) =>
          lastFailure?.message?.includes('does not answer'),
        ) ?? false
      );
    }, 10_000);
    await trainer.restart();
    expect(await running).toMatchObject({ state: 'rejected' });
    expect(trainer.trainings()).toHaveLength(1);
  });

  it('speaks for now when it is started by hand', async () => {
    const { state } = await test.worker.run<Answer>('retraining', { model });
    // Nothing was predicted in the last days.
    expect(state).toBe('rejected');
    expect(await stored()).toMatchObject({
      reason: expect.stringMatching(/^started by hand; .*0 (of the 0 )?held-out rows/),
    });
  });
});

describe('a promotion hook', () => {
  it('that refuses ends it: the champion stays, and people are told what is not known', async () => {
    await watchRetrained({ promotion: { hook: { command: ['node', '-e', 'process.exit(1)'] } } });
    expect(await run()).toMatchObject({
      state: 'failed',
      reason: expect.stringMatching(
        /node ended with .*; the promotion hook could not be told .*: the serving system may still use 2$/,
      ),
    });
    expect(await stages()).toEqual({ 2: 'archived' });
    expect((await told()).at(-1)).toContain(`WARNING ${model} could not be retrained: 1 stays: `);
  });

  it('is told of the promotion and of its rollback', async () => {
    const file = join(tmpdir(), `${model}-${process.pid}.txt`);
    const script = `require('fs').appendFileSync(${JSON.stringify(file)}, process.env.TIDEWATCH_ACTION + ' ' + process.env.TIDEWATCH_VERSION + ';')`;
    await watchRetrained({ promotion: { hook: { command: ['node', '-e', script] } } });
    const running = run();
    await untilWaiting('verifying');
    await change('cancel', { by: 'anna' });
    expect(await running).toMatchObject({
      state: 'rolled-back',
      reason: 'cancelled by anna; 1 serves again; the promotion hook was told to use 1',
    });
    expect(await readFile(file, 'utf8')).toBe('promote 2;revert 1;');
    await rm(file);
  });
});

describe('one at a time', () => {
  it('refuses a second one, verification included, and says until when', async () => {
    const first = run();
    await untilWaiting('verifying');
    expect(await run({ asOf: at(11, 3) }, 'another')).toEqual({
      asOf: at(11, 3),
      state: 'refused',
      reason: `another retraining of ${model}, started as of ${asOf}, is verifying until ${at(12)}; one at a time`,
    });
    await pass({ from: 10, to: 12, errors: { 1: 5, 2: 1 }, serving: '2' });
    expect(await first).toMatchObject({ state: 'kept' });
  });

  it('takes the place of one whose workflow was terminated, and says what became of it', async () => {
    const ended = run().catch((error: unknown) => String(error));
    await untilWaiting('verifying');
    await handle().terminate();
    expect(await ended).toContain('WorkflowFailedError');
    train = async () => ({ state: 'failed', reason: 'enough' });
    expect(await run({ asOf: at(11, 3) }, `another-${model}`)).toMatchObject({ state: 'failed' });
    const [before] = await test.database.query(
      'select state, helped, reason from retraining_runs where model = $1 order by as_of',
      [model],
    );
    expect(before).toMatchObject({
      state: 'kept',
      helped: 'unclear',
      reason: expect.stringContaining('its workflow was ended from outside'),
    });
  });

  it('is taken up where it was by the next run of its workflow id', async () => {
    const ended = run().catch((error: unknown) => String(error));
    await untilWaiting('verifying');
    await handle().terminate();
    expect(await ended).toContain('WorkflowFailedError');
    const second = run();
    await untilWaiting('verifying');
    expect(trainer.requests()).toBe(1);
    await pass({ from: 10, to: 12, errors: { 1: 5, 2: 1 }, serving: '2' });
    expect(await second).toMatchObject({ state: 'kept', helped: 'yes' });
  });
});

describe('approval', () => {
  beforeEach(() => watchRetrained({ approval: 'manual', verify: { for: '1d' } }));

  it('waits for a person, and goes on when one approves; who disagrees later is told', async () => {
    const running = run();
    await untilWaiting('awaiting-approval');
    expect(await change('approve', { by: 'anna', note: 'fine' })).toMatchObject({
      state: 'awaiting-approval',
    });
    await untilWaiting('verifying');
    expect(await refusal(change('reject', { by: 'bob' }))).toContain('it is verifying; cancel it instead');
    await pass({ from: 10, to: 11, errors: { 1: 5, 2: 1 }, serving: '2' });
    expect(await running).toMatchObject({ state: 'kept' });
    expect((await told())[1]).toBe(
      `WARNING ${model} has a challenger that waits for approval: 2 is better than 1, and waits for approval: a person decides on every promotion`,
    );
  });

  it('ends when one rejects it, with who and why', async () => {
    const running = run();
    await untilWaiting('awaiting-approval');
    await change('reject', { by: 'anna', note: 'not before the holidays' });
    expect(await running).toMatchObject({
      state: 'rejected',
      reason: 'rejected by anna: not before the holidays',
    });
    expect(await stages()).toEqual({ 2: 'archived' });
  });

  it('lets the first of two people decide', async () => {
    const running = run();
    await untilWaiting('awaiting-approval');
    const answers = await Promise.allSettled([
      change('approve', { by: 'anna' }),
      change('reject', { by: 'bob' }),
    ]);
    expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    const isApproved = answers[0].status === 'fulfilled';
    if (isApproved) {
      await untilWaiting('verifying');
      await change('cancel', { by: 'anna' });
    }
    expect(await running).toMatchObject({ state: isApproved ? 'rolled-back' : 'rejected' });
  });

  it('says what to write when an update is not understood', async () => {
    const running = run();
    await untilWaiting('awaiting-approval');
    expect(await refusal(change('approve', {}))).toContain('write who you are, for example "anna"');
    expect(await refusal(change('extend', { by: 'anna', for: 'long' }))).toContain(
      'write a number and h, d or w',
    );
    await change('cancel', { by: 'anna' });
    await running;
  });

  it('gives more time to whoever is asked', async () => {
    const running = run();
    const { until: before } = await untilWaiting('awaiting-approval');
    const { waitsUntil } = await change('extend', { by: 'anna', for: '3d' });
    expect(Date.parse(waitsUntil!) - Date.parse(before!)).toBeGreaterThan(2.9 * 86_400_000);
    await change('cancel', { by: 'anna' });
    await running;
  });
});

describe('a retraining that is cancelled', () => {
  it('by a person while it trains ends, and makes room for the next one', async () => {
    train = () => new Promise(() => {});
    const running = run();
    await until(() => trainer.requests() === 1, 10_000);
    await change('cancel', { by: 'anna', note: 'wrong data' });
    expect(await running).toMatchObject({
      state: 'cancelled',
      reason: expect.stringContaining('cancelled by anna: wrong data'),
      metrics: 'pushed',
    });
    expect((await told())[1]).toContain(
      `INFO ${model} is not retrained after all: 1 stays: cancelled by anna: wrong data`,
    );
    train = () => fit(5);
    expect(await run({ asOf: at(10, 5) })).toMatchObject({ state: 'rejected' });
  });

  it('in the Temporal UI does, too', async () => {
    train = () => new Promise(() => {});
    const running = run();
    await until(() => trainer.requests() === 1, 10_000);
    await handle().cancel();
    expect(await running).toMatchObject({
      state: 'cancelled',
      reason: expect.stringContaining('it was cancelled'),
      metrics: 'pushed',
    });
  });

  it('after the promotion brings the version before back', async () => {
    const running = run();
    await untilWaiting('verifying');
    await change('cancel', { by: 'anna' });
    expect(await running).toMatchObject({
      state: 'rolled-back',
      reason: 'cancelled by anna; 1 serves again',
    });
    expect(await stages()).toEqual({ 1: 'champion', 2: 'archived' });
  });
});
