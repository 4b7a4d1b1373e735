/** Whatever goes wrong with a retraining has one end, of which people are told, and there is never a second champion. */

import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { beforeEach, describe, expect, it } from 'vitest';

import type { TrainingAnswer } from '../../core/retraining/trainer-contract.ts';
import { until } from '../../demo/stack/until.ts';
import { daysPass } from '../setup/retrained.ts';
import { at } from '../setup/synthetic.ts';
import { asOf, useRetrainedModel } from './retrained-model.ts';

const saga = useRetrainedModel();

/** How its retraining ends, and what people are to be told of it, in order. */
interface Fault {
  readonly name: string;
  readonly train?: () => Promise<TrainingAnswer>;
  readonly answers?: { readonly status: number; readonly text: string };
  readonly settings?: { readonly timeout?: string; readonly url?: string };
  readonly state: 'failed' | 'rejected';
  readonly reason: RegExp;
}
const challenger = (version: string) => ({ state: 'succeeded', version, lineage: {} }) as const;
const faults: readonly Fault[] = [
  {
    name: 'never answers',
    train: () => new Promise(() => {}),
    settings: { timeout: '1s' },
    state: 'failed',
    reason:
      /^the trainer did not finish within its time limit \(what is known of it: at work\); the trainer was told to stop$/,
  },
  {
    name: 'is nowhere',
    settings: { url: 'http://127.0.0.1:1', timeout: '1s' },
    state: 'failed',
    reason:
      /^the trainer did not finish within its time limit \(what is known of it: The trainer at http:\/\/127\.0\.0\.1:1\/trainings does not answer .*\); the trainer could not be told to stop: /,
  },
  {
    name: 'refuses',
    answers: { status: 422, text: 'no such model' },
    state: 'failed',
    reason: /refused the training \(422 no such model\)/,
  },
  {
    name: 'fails',
    train: async () => ({ state: 'failed', reason: 'no memory left' }),
    state: 'failed',
    reason: /^the training failed: no memory left$/,
  },
  {
    name: 'measures NaN',
    answers: { status: 200, text: '{"state": "succeeded", "version": "2", "metrics": {"rmse": NaN}}' },
    state: 'failed',
    reason: /cannot be read: it holds NaN or Infinity, which JSON does not have/,
  },
  {
    name: 'answers a page',
    answers: { status: 200, text: '<html>' },
    state: 'failed',
    reason: /cannot be read: /,
  },
  {
    name: 'names a version that nobody knows',
    train: async () => challenger('7'),
    state: 'rejected',
    reason: /^the challenger has predicted 0 of the 168 held-out rows, /,
  },
  {
    name: 'names the version that serves',
    train: async () => challenger('1'),
    state: 'failed',
    reason: /named its challenger 1, a version that exists already \(champion\)/,
  },
  {
    name: 'delivers one that is no better',
    train: () => saga.fit(5),
    state: 'rejected',
    reason: /^challenger RMSE 5 against 5/,
  },
  {
    name: 'delivers one that is worse',
    train: () => saga.fit(9),
    state: 'rejected',
    reason: /^challenger RMSE 9 against 5/,
  },
];

describe('a trainer that', () => {
  it.each(faults)('$name: $state', async ({ train, answers, settings, state, reason }) => {
    if (train !== undefined) saga.train = train;
    saga.trainer.refuse(answers);
    await saga.watch(settings === undefined ? {} : { trainer: settings });
    const ended = await saga.run();
    expect(ended).toMatchObject({ state, reason: expect.stringMatching(reason), helped: null });
    expect(await saga.events()).toEqual([
      'info started: started by hand',
      state === 'failed'
        ? `warning failed: 1 stays: ${ended.reason}`
        : expect.stringMatching(/^info rejected: 1 stays, [27] was rejected: /),
    ]);
    expect(Object.values(await saga.stages()).filter((stage) => stage !== 'archived')).toEqual([]);
    // There is room for the next one.
    saga.trainer.refuse({ status: 400, text: 'enough' });
    await saga.watch();
    expect(await saga.run({ asOf: at(10, 5) }, `next-${saga.model}`)).toMatchObject({ state: 'failed' });
  });

  it('is away is waited for', async () => {
    saga.train = () => saga.fit(5);
    await saga.trainer.stop();
    const running = saga.run();
    await until(async () => {
      const raw = await saga
        .handle()
        .describe()
        .then((described) => described.raw)
        .catch(() => undefined);
      return (
        raw?.pendingActivities?.some(({ lastFailure }) =>
          lastFailure?.message?.includes('does not answer'),
        ) ?? false
      );
    }, 60_000);
    await saga.trainer.restart();
    expect(await running).toMatchObject({ state: 'rejected' });
    expect(saga.trainer.trainings()).toHaveLength(1);
  });

  it('answers after the retraining was cancelled is not heard', async () => {
    let answer: (answer: TrainingAnswer) => void = () => undefined;
    saga.train = () =>
      new Promise((resolve) => {
        answer = resolve;
      });
    const running = saga.run();
    await saga.untilWaiting('training');
    await until(() => saga.trainer.requests() === 1, 60_000);
    await saga.change('cancel', { by: 'anna' });
    answer(await saga.fit(1));
    expect(await running).toMatchObject({
      state: 'cancelled',
      reason: expect.stringMatching(/^cancelled by anna(; the trainer was told to stop)?$/),
    });
    expect(await saga.stages()).toEqual({});
    expect(await saga.stored()).toMatchObject({ challenger: null });
    expect((await saga.events())[1]).toMatch(/^info cancelled: 1 stays: cancelled by anna/);
  });
});

describe.each([
  ['shadow', 'does the serving system let every version of stage shadow predict?'],
  ['canary', 'does the serving system give the challenger its share of the traffic?'],
] as const)('a %s', (kind, question) => {
  it('without predictions of the challenger rejects it, and asks why', async () => {
    await saga.watch({ rollout: { kind, for: '1d' } });
    const running = saga.run();
    await saga.untilWaiting(kind);
    await saga.pass({ from: 10, to: 11, errors: { 1: 5 } });
    // Of a version without predictions nobody can say which outcomes are missing: the age of the gate decides.
    await saga.pass({ from: 11, to: 12, errors: { 1: 5 } });
    expect(await running).toMatchObject({ state: 'rejected', reason: expect.stringContaining(question) });
    expect(await saga.stages()).toEqual({ 2: 'archived' });
    expect((await saga.events()).at(-1)).toContain('info rejected: 1 stays, 2 was rejected: in the ');
  });
});

describe('a promotion hook', () => {
  let directory: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'tidewatch-hook-'));
  });
  const file = (name: string): string => join(directory, name);
  const asked = async (): Promise<string> => readFile(file('asked'), 'utf8').catch(() => '');
  /** Notes what it is asked before the script goes on with its answer. */
  const hookThat = (script: string, timeout = '10m') => {
    const note = `echo "$TIDEWATCH_ACTION $TIDEWATCH_VERSION" >> ${file('asked')}`;
    return { hook: { command: ['/bin/sh', '-c', `${note}; ${script}`], timeout } };
  };

  it('that refuses ends it: the champion stays, and people are told what is not known', async () => {
    await saga.watch({ promotion: hookThat('exit 1') });
    expect(await saga.run()).toMatchObject({
      state: 'failed',
      reason: expect.stringMatching(
        /sh ended with .*; the promotion hook could not be told .*: the serving system may still use 2$/,
      ),
    });
    expect(await saga.stages()).toEqual({ 2: 'archived' });
    expect((await saga.told()).at(-1)).toContain(`WARNING ${saga.model} could not be retrained: 1 stays: `);
  });

  it('that fails half-way is asked again, and promotes once', async () => {
    await saga.watch({ promotion: hookThat(`test $(wc -l < ${file('asked')}) -ge 2 || exit 75`) });
    const running = saga.run();
    await saga.untilWaiting('verifying');
    expect(await asked()).toBe('promote 2\npromote 2\n');
    expect(await saga.stages()).toEqual({ 1: 'shadow', 2: 'champion' });
    await saga.change('cancel', { by: 'anna' });
    expect(await running).toMatchObject({
      state: 'rolled-back',
      reason: 'cancelled by anna; 1 serves again; the promotion hook was told to use 1',
    });
    expect(await asked()).toBe('promote 2\npromote 2\nrevert 1\n');
    expect((await saga.events()).map((event) => event.split(':')[0])).toEqual([
      'info started',
      'info promoted',
      'warning rolled-back',
    ]);
  });

  it('that has a day for its work is ended when the retraining is cancelled, and told to go back', async () => {
    const promotion = hookThat('test $TIDEWATCH_ACTION = revert || exec sleep 3600', '24h');
    await saga.watch({ promotion });
    const running = saga.run();
    expect(await until(async () => (await asked()) === 'promote 2\n', 60_000)).toBe(true);
    const { events } = await saga.handle().fetchHistory();
    const [step] = events!.flatMap(({ activityTaskScheduledEventAttributes: scheduled }) =>
      scheduled?.activityType?.name === 'promoteChallenger' ? [scheduled] : [],
    );
    // One try may take as long as the hook; a lost worker is noticed long before.
    expect(Number(step?.startToCloseTimeout?.seconds)).toBeGreaterThan(24 * 3_600);
    expect(Number(step?.heartbeatTimeout?.seconds)).toBe(30);
    await saga.change('cancel', { by: 'anna' });
    expect(await running).toMatchObject({
      reason: 'cancelled by anna; the promotion hook was told to use 1',
    });
    expect(await asked()).toBe('promote 2\nrevert 1\n');
    expect(await saga.stages()).toEqual({ 2: 'archived' });
  });

  it('that is told to go back when a new trigger comes: the trigger waits, and the policy decides afterwards', async () => {
    const promotion = hookThat(
      `test $TIDEWATCH_ACTION = promote || until test -e ${file('go')}; do sleep 0.1; done`,
    );
    const policy = { promotion, quality: 'ignore', minimumOutcomes: 10 } as const;
    await saga.watch(policy);
    const running = saga.run();
    await saga.untilWaiting('verifying');
    const check = (n: number) =>
      saga.worker.run<{
        retraining: { decision: string; reason: string };
        retrainingWorkflow: string | null;
      }>('degradationCheck', { model: saga.model, asOf: at(n, 3, 40) });

    // The new champion is worse: that is a trigger, and the reason to take it back.
    await daysPass(saga.database, saga.model, { from: 10, to: 11, errors: { 1: 5, 2: 50 }, serving: '2' });
    const underWay = `started as of ${asOf}, is verifying until ${at(12)}; one at a time`;
    expect(await check(11)).toMatchObject({
      verdict: 'critical',
      retraining: {
        decision: 'wait',
        reason: expect.stringContaining(`${asOf}, is still being verified until ${at(12)}`),
      },
      retrainingWorkflow: null,
    });
    expect(await until(async () => (await asked()).endsWith('revert 1\n'), 60_000)).toBe(true);
    expect(await saga.run({ asOf: at(11, 5) }, `by-hand-${saga.model}`)).toMatchObject({
      state: 'refused',
      reason: expect.stringContaining(underWay),
    });
    expect(await saga.stages()).toEqual({ 1: 'champion', 2: 'shadow' });
    await writeFile(file('go'), '');
    expect(await running).toMatchObject({ state: 'rolled-back', helped: 'no' });

    await daysPass(saga.database, saga.model, { from: 11, to: 12, errors: { 1: 5 } });
    expect(await check(12)).toMatchObject({
      verdict: 'critical',
      retraining: { decision: 'wait', reason: expect.stringContaining('the cooldown of 14 days') },
    });
    await saga.watch({ ...policy, cooldown: '1d' });
    saga.train = async () => ({ state: 'failed', reason: 'enough' });
    await daysPass(saga.database, saga.model, { from: 12, to: 13, errors: { 1: 5 } });
    const next = await check(13);
    expect(next).toMatchObject({ retraining: { decision: 'start' } });
    await saga.worker.client.workflow.getHandle(next.retrainingWorkflow!).result();
    expect(await saga.stages()).toEqual({ 1: 'champion', 2: 'archived' });
    expect((await saga.events()).map((event) => event.split(':')[0])).toEqual([
      'info started',
      'info promoted',
      'warning rolled-back',
      'info started',
      'warning failed',
    ]);
  });
});

describe('one at a time', () => {
  it.each([
    ['as of the same instant', [asOf, asOf]],
    ['as of different ones', [asOf, at(10, 3, 41)]],
  ])('begins one of two that are started at once, %s', async (_, instants) => {
    let fail: (() => void) | undefined;
    saga.train = () =>
      new Promise((resolve) => {
        fail = () => resolve({ state: 'failed', reason: 'enough' });
      });
    const running = instants.map((instant, i) => saga.run({ asOf: instant }, `at-once-${i}-${saga.model}`));
    expect(await Promise.race(running)).toMatchObject({
      state: 'refused',
      reason: expect.stringMatching(
        /^another retraining of .*, started as of .*, is still training; one at a time$/,
      ),
    });
    expect(await until(() => fail !== undefined, 60_000)).toBe(true);
    fail!();
    expect((await Promise.all(running)).map(({ state }) => state).sort()).toEqual(['failed', 'refused']);
    expect(saga.trainer.trainings()).toHaveLength(1);
    expect((await saga.events()).map((event) => event.split(':')[0])).toEqual([
      'info started',
      'warning failed',
    ]);
  });

  it('refuses a second one, verification included, and says until when', async () => {
    const first = saga.run();
    await saga.untilWaiting('verifying');
    expect(await saga.run({ asOf: at(11, 3) }, 'another')).toEqual({
      asOf: at(11, 3),
      state: 'refused',
      reason: `another retraining of ${saga.model}, started as of ${asOf}, is verifying until ${at(12)}; one at a time`,
    });
    await saga.pass({ from: 10, to: 12, errors: { 1: 5, 2: 1 }, serving: '2' });
    expect(await first).toMatchObject({ state: 'kept' });
  });

  it('takes the place of one whose workflow was terminated, and says what became of it', async () => {
    const ended = saga.run().catch((error: unknown) => String(error));
    await saga.untilWaiting('verifying');
    await saga.handle().terminate();
    expect(await ended).toContain('WorkflowFailedError');
    saga.train = async () => ({ state: 'failed', reason: 'enough' });
    expect(await saga.run({ asOf: at(11, 3) }, `another-${saga.model}`)).toMatchObject({ state: 'failed' });
    const [before] = await saga.database.query(
      'select state, helped, reason from retraining_runs where model = $1 order by as_of',
      [saga.model],
    );
    expect(before).toMatchObject({
      state: 'kept',
      helped: 'unclear',
      reason: expect.stringContaining('its workflow was ended from outside'),
    });
  });

  it('is taken up where it was by the next run of its workflow id', async () => {
    const ended = saga.run().catch((error: unknown) => String(error));
    await saga.untilWaiting('verifying');
    await saga.handle().terminate();
    expect(await ended).toContain('WorkflowFailedError');
    const second = saga.run();
    await saga.untilWaiting('verifying');
    expect(saga.trainer.requests()).toBe(1);
    await saga.pass({ from: 10, to: 12, errors: { 1: 5, 2: 1 }, serving: '2' });
    expect(await second).toMatchObject({ state: 'kept', helped: 'yes' });
  });
});
