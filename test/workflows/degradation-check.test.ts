/** One model over ten weeks: it degrades, recovers and degrades again, as its schedule would see it. */

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { TrainingAnswer } from '../../core/retraining/trainer-contract.ts';
import { until } from '../../demo/stack/until.ts';
import { pushedSeries } from '../activities/metrics/pushed-series.ts';
import type { TestChannels } from '../setup/channels.ts';
import { startTestChannels } from '../setup/channels.ts';
import type { FakeTrainer } from '../setup/fake-trainer.ts';
import { startFakeTrainer } from '../setup/fake-trainer.ts';
import { createTestDatabase } from '../setup/servers.ts';
import type { TestDatabase } from '../setup/servers.ts';
import { at, load, watch } from '../setup/synthetic.ts';
import type { TestWorker } from '../setup/worker.ts';
import { untilDelivered } from '../setup/until-delivered.ts';
import { startTestWorker } from '../setup/worker.ts';

const model = 'degradation-checked';

interface Answer {
  readonly asOf: string;
  readonly verdict: string;
  readonly reason: string;
  readonly retraining: { readonly decision: string; readonly reason: string };
  readonly retrainingWorkflow: string | null;
}

let test: TestDatabase;
let worker: TestWorker;
let channels: TestChannels;
let trainer: FakeTrainer;
let endTraining: (answer: TrainingAnswer) => void;
beforeAll(async () => {
  test = await createTestDatabase();
  channels = await startTestChannels();
  worker = await startTestWorker(test.database, { channels: channels.channels });
  trainer = await startFakeTrainer(
    () =>
      new Promise((resolve) => {
        endTraining = resolve;
      }),
  );
  await watch(test.database, {
    model,
    performance: { windows: ['1d'], limits: { rmse: { warning: 2, critical: 4 } } },
    // Actuals as far off as these are bad data, too.
    quality: { ignore: ['range'] },
    retraining: {
      trainer: { url: trainer.url, poll: '100ms' },
      trainingWindow: '14d',
      holdout: '7d',
      cooldown: '21d',
    },
    alerts: {
      routes: [
        {
          severity: ['warning', 'critical'],
          slack: true,
          email: ['oncall@example.org'],
          groupWait: '0s',
          groupInterval: '0s',
        },
      ],
    },
  });
  await load(test.database, model, { from: 1, to: 15 });
});
afterAll(async () => {
  await worker.stop();
  await Promise.all([channels.stop(), trainer.stop()]);
  await test.drop();
});

/** A week of predictions and actuals, then the check of the night after it. */
async function weekUpTo(n: number, error: number): Promise<Answer> {
  await load(test.database, model, { from: n - 7, to: n, error });
  return check(n);
}
const check = (n: number) => worker.run<Answer>('degradationCheck', { model, asOf: at(n, 3, 40) });
/** Concept drift and drift of the actuals have alerts of their own, which are told whenever their workflows get to them. */
const toldNow = () => {
  const { slack, emails } = channels.told();
  const isOther = (text: string): boolean => !/concept drift|drift of its actuals/.test(text);
  return { slack: slack.filter(isOther), emails: emails.filter(isOther) };
};
const told = async () => {
  await untilDelivered(test.database, model);
  return toldNow();
};
const critical = (n: number) =>
  `${model} is degraded: RMSE over 7 days ${n} is above 4 (168 outcomes, coverage 100%)`;

describe('degradationCheck', () => {
  it('is ok while the model is good, and evaluates what it judges itself', async () => {
    expect(await weekUpTo(22, 1)).toMatchObject({
      asOf: at(22, 3, 40),
      verdict: 'ok',
      reason: 'RMSE over 7 days 1 is not above 2 (168 outcomes, coverage 100%)',
      version: '1',
      retraining: { decision: 'wait', reason: 'the verdict is ok; retraining starts at critical' },
      retrainingWorkflow: null,
      metrics: 'pushed',
    });
    expect(toldNow()).toEqual({ slack: [], emails: [] });
    expect(await pushedSeries(model, 'degradation-check')).toMatchObject({ model_degraded: 0 });
    // The drift run and the evaluations that it needed are stored as well.
    expect(await test.database.query('select count(*) as count from drift_runs')).toEqual([{ count: 1 }]);
    expect(await test.database.query('select count(*) as count from performance_evaluations')).toEqual([
      { count: 2 },
    ]);
  });

  it('tells people once when the model has degraded, and starts a retraining that outlives it', async () => {
    const answer = await weekUpTo(29, 5);
    expect(answer).toMatchObject({ verdict: 'critical', retraining: { decision: 'start' } });
    expect(answer.retrainingWorkflow).toBe(`retraining:${model}:${at(29, 3, 40)}`);
    expect(await told()).toEqual({
      slack: [`CRITICAL ${critical(5)}`],
      emails: [`[critical] ${critical(5)}`],
    });
    expect(await pushedSeries(model, 'degradation-check')).toMatchObject({ model_degraded: 1 });

    const retraining = worker.client.workflow.getHandle(answer.retrainingWorkflow!);
    expect(await until(() => trainer.requests() === 1, 30_000)).toBe(true);
    expect((await retraining.describe()).status.name).toBe('RUNNING');
    const [run] = await test.database.query('select reason, state from retraining_runs');
    expect(run).toEqual({ reason: answer.reason, state: 'training' });
  });

  it('does neither again when it is repeated', async () => {
    const answer = await check(29);
    expect(answer.verdict).toBe('critical');
    expect(answer.retraining.decision).toBe('wait');
    expect(answer.retraining.reason).toContain('is still training; one at a time');
    expect(toldNow()).toEqual({ slack: [], emails: [] });
  });

  it('starts no second retraining while one runs', async () => {
    const answer = await weekUpTo(36, 5);
    expect(answer.retraining.reason).toContain(`started as of ${at(29, 3, 40)}, is still training`);
    expect(answer.retrainingWorkflow).toBeNull();
    expect(trainer.requests()).toBe(1);
    expect(toldNow()).toEqual({ slack: [], emails: [] });
  });

  it('nor within the cooldown after one', async () => {
    endTraining({ state: 'failed', reason: 'no memory' });
    await worker.client.workflow.getHandle(`retraining:${model}:${at(29, 3, 40)}`).result();
    await worker.client.workflow.getHandle(`alert-lifecycle:retraining:${model}:${at(29, 3, 40)}`).result();
    channels.told();
    const answer = await weekUpTo(43, 5);
    expect(answer.retraining.reason).toBe(
      `the last retraining was started as of ${at(29, 3, 40)}; the cooldown of 21 days ends at ${at(50, 3, 40)}`,
    );
    expect(answer.retrainingWorkflow).toBeNull();
  });

  it('tells people when the model has recovered', async () => {
    expect(await weekUpTo(50, 1)).toMatchObject({ verdict: 'ok' });
    const text = `${model} is no longer degraded: RMSE over 7 days 1 is not above 2 (168 outcomes, coverage 100%)`;
    expect(await told()).toEqual({ slack: [`RESOLVED ${text}`], emails: [`[resolved] ${text}`] });
    expect(await pushedSeries(model, 'degradation-check')).toMatchObject({ model_degraded: 0 });
  });

  it('tells of a second degradation again, and retrains again when the cooldown is over', async () => {
    const answer = await weekUpTo(57, 6);
    expect(answer.retrainingWorkflow).toBe(`retraining:${model}:${at(57, 3, 40)}`);
    expect(await told()).toMatchObject({ slack: [`CRITICAL ${critical(6)}`] });
    expect(await until(() => trainer.requests() === 2, 30_000)).toBe(true);
    endTraining({ state: 'failed', reason: 'no memory' });
    await worker.client.workflow.getHandle(answer.retrainingWorkflow!).result();
    const episodes = await test.database.query(
      `select episode, state from alerts where kind = 'degradation' order by episode`,
    );
    expect(episodes).toEqual([
      { episode: 1, state: 'resolved' },
      { episode: 2, state: 'open' },
    ]);
  });

  it('is a retraining of its own in the Temporal UI: the check has ended, its child has not been ended with it', async () => {
    const { parentExecution, status } = await worker.client.workflow
      .getHandle(`retraining:${model}:${at(57, 3, 40)}`)
      .describe();
    expect(status.name).toBe('COMPLETED');
    expect(parentExecution?.workflowId).toMatch(/^degradationCheck-/);
  });

  it('starts a retraining for another trigger in the words of that, however good the model is', async () => {
    const other = 'retrained-by-calendar';
    await watch(test.database, {
      model: other,
      retraining: {
        trainer: { url: trainer.url, poll: '100ms' },
        triggers: { verdicts: [], calendar: '0 3 * * *' },
        trainingWindow: '7d',
        minimumOutcomes: 100,
      },
    });
    await load(test.database, other, { from: 1, to: 22 });
    const answer = await worker.run<Answer>('degradationCheck', { model: other, asOf: at(22, 3, 40) });
    const reason = `the calendar was due at ${at(22, 3)}; 168 outcomes in the training window`;
    expect(answer).toMatchObject({ verdict: 'ok', retraining: { decision: 'start', reason } });
    expect(await until(() => trainer.requests() === 3, 30_000)).toBe(true);
    expect(await test.database.query('select reason from retraining_runs where model = $1', [other])).toEqual(
      [{ reason }],
    );
    endTraining({ state: 'failed', reason: 'no memory' });
    await worker.client.workflow.getHandle(answer.retrainingWorkflow!).result();
  });
});
