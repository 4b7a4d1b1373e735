import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { TrainingAnswer, TrainingRequest } from '../../core/retraining/trainer-contract.ts';
import { openClient } from '../../client/tidewatch-client.ts';
import type { MonitorInput } from '../../core/monitor/schema.ts';
import { until } from '../../demo/stack/until.ts';
import { pushedSeries } from '../activities/metrics/pushed-series.ts';
import type { FakeTrainer } from '../setup/fake-trainer.ts';
import { startFakeTrainer } from '../setup/fake-trainer.ts';
import { actualsOf, at, load, predictionsOf, watch } from '../setup/synthetic.ts';
import { useWorkerWithChannels } from '../setup/worker-world.ts';

const asOf = at(10, 3, 40);
type Answer = { readonly state: string; readonly reason: string; readonly metrics?: string };

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
      ...policy,
      trainer: { url: trainer.url, poll: '100ms', timeout },
    },
    alerts: { routes: [{ slack: true, groupWait: '0s', groupInterval: '0s' }] },
  });
}

/** A challenger that predicts the holdout with this error, logged as a shadow, as the contract asks for. */
async function fit(error: number): Promise<TrainingAnswer> {
  const actuals = actualsOf({ from: 3, to: 10, error: 5 });
  await openClient({ database: test.database }).logPredictions(
    model,
    predictionsOf({ from: 3, to: 10, version: '2', role: 'shadow' }).map((row, i) => ({
      ...row,
      prediction: Number(actuals[i]!.value) + (i % 2 === 0 ? error : -error),
    })),
  );
  return { state: 'succeeded', version: '2', featureImportances: { x: 3, c: 1 }, lineage: { rows: 48 } };
}

const run = (input: Record<string, unknown> = {}) =>
  test.worker.run<Answer>('retraining', { model, asOf, ...input });
/** The texts of Slack about this model, once its life cycle has ended. */
async function told(): Promise<string[]> {
  await test.worker.client.workflow.getHandle(`alert-lifecycle:retraining:${model}:${asOf}`).result();
  return test.channels.told().slack.filter((text) => text.includes(` ${model} `));
}
const stored = async () =>
  (
    await test.database.query(
      `select run.state, run.reason, champion_version as champion, challenger_version as challenger, version.stage
       from retraining_runs run
       left join model_versions version on version.model = run.model and version.version = challenger_version
       where run.model = $1`,
      [model],
    )
  )[0];

describe('retraining', () => {
  it('promotes a challenger that is better on held-out rows, and tells people how it started and ended', async () => {
    const judgement =
      'challenger RMSE 1 against 5 on the same 168 held-out rows: 80% better, at least 2% needed';
    expect(await run({ reason: 'a new bike lane opened' })).toEqual({
      asOf,
      retrainingId: asOf,
      state: 'kept',
      reason: judgement,
      metrics: 'pushed',
    });
    expect(await stored()).toEqual({
      state: 'kept',
      reason: `a new bike lane opened; ${judgement}`,
      champion: '1',
      challenger: '2',
      stage: 'champion',
    });
    expect(await told()).toEqual([
      `INFO ${model} is being retrained: a new bike lane opened`,
      `INFO ${model} has a new champion: 2 replaces 1: ${judgement}`,
    ]);
    expect(await pushedSeries(model, 'retraining')).toMatchObject({ model_retrainings_total: 1 });
    expect(await pushedSeries(model, 'drift-detection')).toMatchObject({
      'model_feature_importance{feature="x",version="2"}': 0.75,
    });
  });

  it('rejects one that is not', async () => {
    train = () => fit(5);
    expect(await run()).toMatchObject({ state: 'rejected' });
    expect(await stored()).toMatchObject({ state: 'rejected', stage: 'archived' });
    expect((await told())[1]).toContain(
      `INFO ${model} keeps its champion: 1 stays, 2 was rejected: challenger RMSE 5`,
    );
  });

  it('fails when the training fails, with what the trainer says', async () => {
    train = async () => ({ state: 'failed', reason: 'no memory left' });
    expect(await run()).toMatchObject({ state: 'failed', reason: 'the training failed: no memory left' });
    expect((await told())[1]).toBe(
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
    await trainer.stop();
    const running = run();
    const handle = test.worker.client.workflow.getHandle(await workflowIdOfRun());
    await until(async () => {
      const { raw } = await handle.describe();
      return (
        raw.pendingActivities?.some(({ lastFailure }) => lastFailure?.message?.includes('does not answer')) ??
        false
      );
    }, 10_000);
    await trainer.restart();
    expect(await running).toMatchObject({ state: 'kept' });
    expect(trainer.trainings()).toHaveLength(1);
  });

  /** The id of the run under way, once it has begun. */
  async function workflowIdOfRun(): Promise<string> {
    let id: unknown;
    await until(async () => {
      [{ id } = { id: undefined }] = await test.database.query(
        `select workflow_id as id from retraining_runs where model = $1 and state = 'training'`,
        [model],
      );
      return id !== undefined;
    }, 10_000);
    return String(id);
  }

  it('is one at a time: a second one is refused, and says why', async () => {
    let end: (answer: TrainingAnswer) => void = () => {};
    train = () =>
      new Promise((resolve) => {
        end = resolve;
      });
    const first = run();
    await until(() => trainer.requests() === 1, 10_000);
    expect(await run({ asOf: at(11, 3) })).toEqual({
      asOf: at(11, 3),
      state: 'refused',
      reason: `another retraining of ${model}, started as of ${asOf}, is still running; one at a time`,
    });
    end({ state: 'failed', reason: 'enough' });
    expect(await first).toMatchObject({ state: 'failed' });
  });

  it('that is cancelled ends as failed and makes room for the next one', async () => {
    train = () => new Promise(() => {});
    const running = run();
    await until(() => trainer.requests() === 1, 10_000);
    await test.worker.client.workflow.getHandle(await workflowIdOfRun()).cancel();
    expect(await running).toMatchObject({
      state: 'failed',
      reason: 'it was cancelled; the trainer was told to stop',
      metrics: 'pushed',
    });
    expect((await told())[1]).toBe(
      `WARNING ${model} could not be retrained: 1 stays: it was cancelled; the trainer was told to stop`,
    );
    train = () => fit(1);
    expect(await run({ asOf: at(10, 5) })).toMatchObject({ state: 'kept' });
  });

  it('speaks for now when it is started by hand', async () => {
    const { state } = await test.worker.run<Answer>('retraining', { model });
    // Nothing was predicted in the last days.
    expect(state).toBe('rejected');
    expect(await stored()).toMatchObject({
      reason: expect.stringMatching(/^started by hand; 0 held-out rows/),
    });
  });
});
