/** What people ask of a retraining, and how long it waits for them. */

import { beforeEach, describe, expect, it } from 'vitest';

import { until } from '../../demo/stack/until.ts';
import { at } from '../setup/synthetic.ts';
import { refusalOf, useRetrainedModel } from './retrained-model.ts';

const saga = useRetrainedModel();

describe('approval', () => {
  beforeEach(() => saga.watch({ approval: 'manual', verify: { for: '1d' } }));

  it('waits for a person, and goes on when one approves; who disagrees later is told', async () => {
    const running = saga.run();
    await saga.untilWaiting('awaiting-approval');
    expect(await saga.change('approve', { by: 'anna', note: 'fine' })).toMatchObject({
      state: 'awaiting-approval',
    });
    await saga.untilWaiting('verifying');
    expect(await refusalOf(saga.change('reject', { by: 'bob' }))).toContain(
      'it is verifying; cancel it instead',
    );
    await saga.pass({ from: 10, to: 11, errors: { 1: 5, 2: 1 }, serving: '2' });
    expect(await running).toMatchObject({ state: 'kept' });
    // Who is asked is shown the numbers.
    expect(await saga.events()).toContainEqual(
      expect.stringMatching(
        /^warning awaiting-approval: 2 is better than 1 \(challenger RMSE 1 against 5 .*\), and waits for approval: a person decides on every promotion$/,
      ),
    );
  });

  it('ends when one rejects it, with who and why', async () => {
    const running = saga.run();
    await saga.untilWaiting('awaiting-approval');
    await saga.change('reject', { by: 'anna', note: 'not before the holidays' });
    expect(await running).toMatchObject({
      state: 'rejected',
      reason: 'rejected by anna: not before the holidays',
    });
    expect(await saga.stages()).toEqual({ 2: 'archived' });
  });

  it('lets the first of two people decide', async () => {
    const running = saga.run();
    await saga.untilWaiting('awaiting-approval');
    const answers = await Promise.allSettled([
      saga.change('approve', { by: 'anna' }),
      saga.change('reject', { by: 'bob' }),
    ]);
    expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    const isApproved = answers[0].status === 'fulfilled';
    if (isApproved) {
      await saga.untilWaiting('verifying');
      await saga.change('cancel', { by: 'anna' });
    }
    expect(await running).toMatchObject({ state: isApproved ? 'rolled-back' : 'rejected' });
  });

  it('says what to write when an update is not understood', async () => {
    const running = saga.run();
    await saga.untilWaiting('awaiting-approval');
    expect(await refusalOf(saga.change('approve', {}))).toContain('write who you are, for example "anna"');
    expect(await refusalOf(saga.change('extend', { by: 'anna', for: 'long' }))).toContain(
      'write a number and h, d or w',
    );
    await saga.change('cancel', { by: 'anna' });
    await running;
  });

  it('gives more time to whoever is asked', async () => {
    const running = saga.run();
    const { until: before } = await saga.untilWaiting('awaiting-approval');
    const { waitsUntil } = await saga.change('extend', { by: 'anna', for: '3d' });
    expect(Date.parse(waitsUntil!) - Date.parse(before!)).toBeGreaterThan(2.9 * 86_400_000);
    await saga.change('cancel', { by: 'anna' });
    expect(await running).toMatchObject({ state: 'cancelled', reason: 'cancelled by anna' });
  });

  it('that nobody gives in time rejects the challenger', async () => {
    const running = saga.run();
    await saga.untilWaiting('awaiting-approval');
    await saga.database.execute(
      `update retraining_runs set waits_until = now() - interval '1 second' where model = $1`,
      [saga.model],
    );
    await saga.handle().signal('dayChecked');
    const reason = 'nobody has approved it in time (a person decides on every promotion)';
    expect(await running).toMatchObject({ state: 'rejected', reason });
    expect(await saga.stages()).toEqual({ 2: 'archived' });
    expect((await saga.events()).at(-1)).toBe(`info rejected: 1 stays, 2 was rejected: ${reason}`);
  });
});

describe('a wait of days', () => {
  it.each(['awaiting-approval', 'verifying'])(
    'goes on in a new run when its history is long, and loses nothing: %s',
    async (state) => {
      await saga.watch({ approval: state === 'verifying' ? 'auto' : 'manual' });
      const running = saga.run();
      const before = await saga.untilWaiting(state);
      const { runId } = await saga.handle().describe();
      // Each is an event of the history, and a day that was checked. So many at once would be one long task of the workflow.
      for (let sent = 0; sent < 2_000; sent += 100) {
        await Promise.all(Array.from({ length: 100 }, () => saga.handle().signal('dayChecked')));
        await saga.untilWaiting(state);
      }
      const isAnew = async () => (await saga.handle().describe()).runId !== runId;
      expect(await until(isAnew, 60_000)).toBe(true);
      expect(await saga.untilWaiting(state)).toMatchObject({
        asOf: before.asOf,
        detail: before.detail,
        ...(state === 'verifying' && { until: before.until }),
      });
      if (state === 'awaiting-approval') {
        await saga.change('approve', { by: 'anna' });
        await saga.untilWaiting('verifying');
      }
      await saga.change('cancel', { by: 'anna' });
      expect(await running).toMatchObject({
        state: 'rolled-back',
        reason: 'cancelled by anna; 1 serves again',
      });
      expect(await saga.stages()).toEqual({ 1: 'champion', 2: 'archived' });
      expect(saga.trainer.requests()).toBe(1);
      expect((await saga.events()).map((event) => event.split(':')[0])).toEqual([
        'info started',
        ...(state === 'verifying' ? [] : ['warning awaiting-approval', 'info approved']),
        'info promoted',
        'warning rolled-back',
      ]);
    },
  );

  it('is longer when somebody extends it, in days that have been checked', async () => {
    const running = saga.run();
    expect(await saga.untilWaiting('verifying')).toMatchObject({ until: at(12) });
    expect(await saga.change('extend', { by: 'anna', for: '1d' })).toMatchObject({ waitsUntil: at(13) });
    await saga.pass({ from: 10, to: 12, errors: { 1: 5, 2: 1 }, serving: '2' });
    expect(await saga.untilWaiting('verifying', at(12, 3, 40))).toMatchObject({ until: at(13) });
    await saga.pass({ from: 12, to: 13, errors: { 1: 5, 2: 1 }, serving: '2' });
    expect(await running).toMatchObject({ state: 'kept', helped: 'yes' });
  });
});

describe('a retraining that is cancelled', () => {
  it('by a person while it trains ends, and makes room for the next one', async () => {
    saga.train = () => new Promise(() => {});
    const running = saga.run();
    expect(await until(() => saga.trainer.requests() === 1, 60_000)).toBe(true);
    await saga.change('cancel', { by: 'anna', note: 'wrong data' });
    expect(await running).toMatchObject({
      state: 'cancelled',
      reason: expect.stringContaining('cancelled by anna: wrong data'),
      metrics: 'pushed',
    });
    expect((await saga.told())[1]).toContain(
      `INFO ${saga.model} is not retrained after all: 1 stays: cancelled by anna: wrong data`,
    );
    saga.train = () => saga.fit(5);
    expect(await saga.run({ asOf: at(10, 5) })).toMatchObject({ state: 'rejected' });
  });

  it('in the Temporal UI does, too', async () => {
    saga.train = () => new Promise(() => {});
    const running = saga.run();
    expect(await until(() => saga.trainer.requests() === 1, 60_000)).toBe(true);
    await saga.handle().cancel();
    expect(await running).toMatchObject({
      state: 'cancelled',
      reason: expect.stringContaining('it was cancelled'),
      metrics: 'pushed',
    });
  });

  it.each(['shadow', 'canary'] as const)('in the %s leaves the champion where it is', async (kind) => {
    await saga.watch({ rollout: { kind, for: '1d' } });
    const running = saga.run();
    await saga.untilWaiting(kind);
    await saga.change('cancel', { by: 'anna', note: 'wrong data' });
    const reason = 'cancelled by anna: wrong data';
    expect(await running).toMatchObject({ state: 'cancelled', reason });
    expect(await saga.stages()).toEqual({ 2: 'archived' });
    expect((await saga.events()).at(-1)).toBe(`info cancelled: 1 stays: ${reason}`);
    const shares = await saga.database.query(
      'select alias, traffic_share from model_aliases where model = $1',
      [saga.model],
    );
    expect(shares).toEqual([]);
  });

  it('after the promotion brings the version before back', async () => {
    const running = saga.run();
    await saga.untilWaiting('verifying');
    await saga.change('cancel', { by: 'anna' });
    expect(await running).toMatchObject({
      state: 'rolled-back',
      reason: 'cancelled by anna; 1 serves again',
    });
    expect(await saga.stages()).toEqual({ 1: 'champion', 2: 'archived' });
  });
});
