/** From the promotion on: stages, verification, rollback and end. */

import { beforeEach, describe, expect, it } from 'vitest';

import type { Activities } from '../../../activities/index.ts';
import type { HookAnswer } from '../../../activities/retraining/promotion-webhook.ts';
import { readImportances } from '../../../activities/importance/store.ts';
import { openClient } from '../../../client/tidewatch-client.ts';
import { listNewestFailed } from '../../../sql/read-retrainings.ts';
import { activitiesOn } from '../../setup/activities.ts';
import { daysPass, reachDay } from '../../setup/retrained.ts';
import { actualsOf, at, day, predictionsOf } from '../../setup/synthetic.ts';
import { useActivities } from '../../setup/world.ts';
import { asOf, eventsOf, key, model, runOf, stagesOf, validated } from './validated.ts';

const test = useActivities('empty for each test');
const promote = () => test.activities.promoteChallenger({ ...key, reason: 'better' });
const verify = () => test.activities.verifyPromotion(key);
const pass = (from: number, to: number, errors: { 1?: number; 2?: number }) =>
  daysPass(test.database, model, { from, to, errors, serving: '2' });
const register = (version: string, stage: string) =>
  test.database.execute(
    `insert into model_versions (model, version, stage, registered_at, promoted_at) values ($1, $2, $3, $4, $4)`,
    [model, version, stage, at(1)],
  );

describe('promoteChallenger', () => {
  it('makes the challenger the champion as of then, and lets the version before go on in the shadow', async () => {
    await validated(test);
    await register('1', 'champion');
    await reachDay(test.database, model, 12);
    await promote();
    expect(await stagesOf(test.database)).toEqual({ 1: 'shadow', 2: 'champion' });
    const [version] = await test.database.query(
      `select promoted_at as at from model_versions where version = '2'`,
    );
    expect(version).toEqual({ at: Date.parse(at(12, 3, 40)) });
    expect(await runOf(test.database)).toMatchObject({
      state: 'verifying',
      waits_until: day(19),
      promoted_as_of: Date.parse(at(12, 3, 40)),
      reason: 'RMSE is above 2; better',
    });
    expect(await eventsOf(test.database)).toMatchObject([
      { event: 'started' },
      { event: 'promoted', severity: 'info', summary: '2 replaces 1: better' },
    ]);
  });

  it('registers a version that served without being registered, so that it goes on in the shadow', async () => {
    await validated(test);
    await promote();
    expect(await stagesOf(test.database)).toEqual({ 1: 'shadow', 2: 'champion' });
  });

  it('stores what matters to the new champion, as its trainer reported', async () => {
    await validated(test);
    await promote();
    expect(await readImportances(test.database, model, day(100))).toEqual([
      { version: '2', source: 'trainer', asOf: Date.parse(asOf), importances: { x: 0.75, c: 0.25 } },
    ]);
  });

  it('or learns it from the holdout, where the trainer does not say', async () => {
    await validated(test, { holdout: '9d' });
    await test.database.execute(`update model_versions set lineage = '{}'`);
    const rows = predictionsOf({ from: 1, to: 10, version: '2', role: 'shadow' });
    await openClient({ database: test.database }).logPredictions(
      model,
      actualsOf({ from: 1, to: 10, error: 5 }).map(({ value }, i) => ({
        ...rows[i]!,
        features: { ...rows[i]!.features, x: Number(value) },
        prediction: Number(value) + 0.5,
      })),
    );
    await test.activities.attachActuals({ model, asOf });
    await promote();
    const [learned] = await readImportances(test.database, model, day(100));
    expect(learned).toMatchObject({ version: '2', source: 'surrogate', asOf: day(10) });
    expect(learned!.importances['x']).toBeGreaterThan(0.99);
  });

  it('promotes once, and tells of it once', async () => {
    await validated(test);
    await promote();
    await reachDay(test.database, model, 12);
    await promote();
    expect((await runOf(test.database)).promoted_as_of).toBe(Date.parse(asOf));
    expect(await eventsOf(test.database)).toHaveLength(2);
  });

  it('refuses when another version serves than the one it was compared with', async () => {
    await validated(test);
    await register('3', 'champion');
    await expect(promote()).rejects.toMatchObject({ code: 'CHAMPION_CHANGED', retryable: false });
    expect(await stagesOf(test.database)).toEqual({ 2: 'candidate', 3: 'champion' });
  });

  it('never makes a second champion, though two promote at once', async () => {
    await validated(test);
    await register('1', 'champion');
    await Promise.all([promote(), promote(), promote()]);
    expect(await stagesOf(test.database)).toEqual({ 1: 'shadow', 2: 'champion' });
  });

  it('does nothing for a retraining that has ended', async () => {
    await validated(test);
    await test.activities.concludeRetraining({ ...key, end: 'cancelled', reason: 'by anna' });
    await expect(promote()).resolves.toBeDefined();
    expect(await stagesOf(test.database)).toEqual({ 2: 'archived' });
    expect(await runOf(test.database)).toMatchObject({ state: 'cancelled', promoted_as_of: null });
  });
});

describe('with a promotion hook', () => {
  const hook = { url: 'https://serving.example.org/models' };
  let asked: string[];
  let answers: HookAnswer[];
  let activities: Activities;
  beforeEach(async () => {
    asked = [];
    answers = [];
    activities = activitiesOn(test.database, {
      promotionWebhook: async (_url, { id, body }) => {
        const { data } = JSON.parse(body) as { data: { action: string; version: string } };
        const stages = JSON.stringify(await stagesOf(test.database));
        asked.push(`${data.action} ${data.version} ${stages} ${id}`);
        return answers.shift() ?? { answer: 'done' };
      },
    });
    await validated(test, { promotion: { hook } });
    await register('1', 'champion');
  });
  const promoteBy = () => activities.promoteChallenger({ ...key, reason: 'better' });
  const id = expect.stringMatching(/^promote 2 .*"1":"champion".* promotion_[0-9a-f]+$/);

  it('asks it before the stages change, once', async () => {
    await promoteBy();
    await promoteBy();
    expect(asked).toEqual([id]);
    expect(await runOf(test.database)).toMatchObject({ state: 'verifying', hook: 'promoted' });
  });

  it('changes no stage while its answer is not known, and asks again by the same id', async () => {
    answers = [{ answer: 'failed', reason: '503' }];
    await expect(promoteBy()).rejects.toMatchObject({ code: 'PROMOTION_HOOK_FAILED', retryable: true });
    expect(await stagesOf(test.database)).toEqual({ 1: 'champion', 2: 'candidate' });
    expect(await runOf(test.database)).toMatchObject({ state: 'promoting', hook: 'promoting' });
    await promoteBy();
    expect(asked).toEqual([id, asked[0]]);
    expect(await stagesOf(test.database)).toEqual({ 1: 'shadow', 2: 'champion' });
  });

  it('tells it to go back when it refuses, since it may have done half of it', async () => {
    answers = [{ answer: 'refused', reason: '422' }];
    await expect(promoteBy()).rejects.toMatchObject({ code: 'PROMOTION_HOOK_REFUSED', retryable: false });
    expect(await activities.revertPromotion(key)).toEqual({
      undone: ['the promotion hook was told to use 1'],
    });
    expect(await activities.revertPromotion(key)).toEqual({
      undone: ['the promotion hook was told to use 1'],
    });
    expect(asked.map((text) => text.split(' ').slice(0, 2).join(' '))).toEqual(['promote 2', 'revert 1']);
    expect(await runOf(test.database)).toMatchObject({ hook: 'reverted' });
  });

  it('says what may serve when it cannot be told to go back', async () => {
    await promoteBy();
    answers = [{ answer: 'refused', reason: '410' }];
    expect(await activities.revertPromotion(key)).toEqual({
      undone: [
        '1 serves again',
        expect.stringMatching(/could not be told \(.*410.*\): the serving system may still use 2$/),
      ],
    });
    expect(await stagesOf(test.database)).toEqual({ 1: 'champion', 2: 'shadow' });
  });
});

describe('verifyPromotion', () => {
  beforeEach(async () => {
    await validated(test, { verify: { for: '3d' }, value: { perUnitOfError: 2 } });
    await promote();
  });

  it('waits for the first full day', async () => {
    expect(await verify()).toMatchObject({ decision: 'waits', until: at(13) });
    expect(await runOf(test.database)).toMatchObject({ helped: null });
  });

  it('stores whether it has helped, with the interval, and what that is worth', async () => {
    await test.database.execute(`update retraining_runs set cost = 384`);
    await pass(10, 11, { 1: 5, 2: 1 });
    expect(await verify()).toMatchObject({ decision: 'waits' });
    const { helped, verification } = await runOf(test.database);
    expect(helped).toBe('yes');
    expect(verification).toMatchObject({
      metric: 'rmse',
      rows: 20,
      day: 1,
      relativeGain: 0.8,
      gain: { value: 4 },
      // 20 rows a day x 4 less x 2 each.
      payback: { worthPerDay: { value: 160 }, days: { value: 2.4 } },
    });
  });

  it('is over when its days are, and their outcomes known', async () => {
    await pass(10, 13, { 1: 5, 2: 1 });
    expect(await verify()).toMatchObject({ decision: 'passed', asOf: at(13, 3, 40) });
  });

  it('wants one back that is clearly worse', async () => {
    await pass(10, 11, { 1: 5, 2: 50 });
    expect(await verify()).toMatchObject({ decision: 'failed' });
    expect(await runOf(test.database)).toMatchObject({ helped: 'no', state: 'verifying' });
  });

  it('but keeps it where the policy never rolls back', async () => {
    await validatedNever();
    await pass(10, 13, { 1: 5, 2: 50 });
    expect(await verify()).toMatchObject({ decision: 'passed' });
    expect(await runOf(test.database)).toMatchObject({ helped: 'no' });
  });

  async function validatedNever(): Promise<void> {
    await test.database.execute(
      `update monitors set configuration = jsonb_set(configuration, '{retraining,verify,rollBack}', '"never"')`,
    );
  }
});

describe('revertPromotion', () => {
  it('brings the version before back, as of then', async () => {
    await validated(test);
    await promote();
    await pass(10, 12, { 1: 5, 2: 50 });
    expect(await test.activities.revertPromotion(key)).toEqual({ undone: ['1 serves again'] });
    expect(await stagesOf(test.database)).toEqual({ 1: 'champion', 2: 'shadow' });
    expect(await test.activities.revertPromotion(key)).toEqual({ undone: ['1 serves again'] });
    await test.activities.concludeRetraining({ ...key, end: 'rolled-back', reason: 'clearly worse' });
    expect(await stagesOf(test.database)).toEqual({ 1: 'champion', 2: 'archived' });
    const [before] = await test.database.query(
      `select promoted_at as at from model_versions where version = '1'`,
    );
    expect(before).toEqual({ at: Date.parse(at(12, 3, 40)) });
  });

  it('has nothing to undo where nothing was promoted', async () => {
    await validated(test);
    expect(await test.activities.revertPromotion(key)).toEqual({ undone: [] });
  });
});

describe('concludeRetraining', () => {
  it('takes a challenger that lost out of the running and tells people', async () => {
    await validated(test);
    expect(
      await test.activities.concludeRetraining({ ...key, end: 'rejected', reason: 'not better' }),
    ).toEqual({ state: 'rejected', reason: 'not better', helped: null, pendingAlerts: [] });
    expect(await stagesOf(test.database)).toEqual({ 2: 'archived' });
    expect(await eventsOf(test.database)).toMatchObject([
      { event: 'started' },
      { event: 'rejected', severity: 'info', summary: '1 stays, 2 was rejected: not better' },
    ]);
  });

  it('says what was undone of one that failed', async () => {
    await validated(test);
    await test.activities.concludeRetraining({
      ...key,
      end: 'failed',
      reason: 'the hook refuses',
      undone: ['the hook was told to use 1'],
    });
    expect((await eventsOf(test.database)).at(-1)).toMatchObject({
      event: 'failed',
      severity: 'warning',
      summary: '1 stays: the hook refuses; the hook was told to use 1',
    });
    expect(await test.database.query('select state, severity, summary from alerts')).toEqual([
      {
        state: 'resolved',
        severity: 'warning',
        summary: '1 stays: the hook refuses; the hook was told to use 1',
      },
    ]);
    expect(await listNewestFailed(test.database, 10)).toMatchObject([{ model, retrainingId: asOf }]);
  });

  it('keeps a new champion, and archives the version before', async () => {
    await validated(test);
    await promote();
    expect(
      await test.activities.concludeRetraining({ ...key, end: 'kept', reason: 'nobody knows' }),
    ).toMatchObject({ state: 'kept', helped: 'unclear' });
    expect(await stagesOf(test.database)).toEqual({ 1: 'archived', 2: 'champion' });
  });

  it('says nothing of whether one has helped that went back before anybody could know', async () => {
    await validated(test);
    await promote();
    await verify();
    await test.activities.revertPromotion(key);
    expect(
      await test.activities.concludeRetraining({ ...key, end: 'cancelled', reason: 'by anna' }),
    ).toMatchObject({ state: 'rolled-back', helped: null });
  });

  it('leaves one that has ended as it is', async () => {
    await validated(test);
    await test.activities.concludeRetraining({ ...key, end: 'rejected', reason: 'not better' });
    expect(await test.activities.concludeRetraining({ ...key, end: 'failed', reason: 'late' })).toMatchObject(
      { state: 'rejected' },
    );
    expect(await eventsOf(test.database)).toHaveLength(2);
  });

  it('makes room for the next one', async () => {
    await validated(test);
    await test.activities.concludeRetraining({ ...key, end: 'rejected', reason: 'not better' });
    expect(await test.activities.beginRetraining({ model, asOf: at(11), reason: 'again' })).toMatchObject({
      decision: 'begun',
    });
  });
});

describe('abandonRetraining', () => {
  it('ends one that trains as failed', async () => {
    await validated(test);
    await test.activities.abandonRetraining(key);
    expect(await runOf(test.database)).toMatchObject({
      state: 'failed',
      reason: 'RMSE is above 2; its workflow was ended from outside',
    });
  });

  it('leaves one taken back that was being taken back, its reference too, and says what the hook was asked', async () => {
    const hook = { url: 'https://serving.example.org/models' };
    await validated(test, { promotion: { hook }, reference: 'training-window' });
    const answers: HookAnswer[] = [{ answer: 'done' }, { answer: 'failed', reason: '503' }];
    const activities = activitiesOn(test.database, { promotionWebhook: async () => answers.shift()! });
    await activities.promoteChallenger({ ...key, reason: 'better' });
    expect(await activities.handOverReference(key)).toMatchObject({ reference: 'handed over' });
    await expect(activities.revertPromotion(key)).rejects.toMatchObject({ code: 'PROMOTION_HOOK_FAILED' });
    await activities.abandonRetraining(key);
    expect(await stagesOf(test.database)).toEqual({ 1: 'champion', 2: 'archived' });
    expect(await runOf(test.database)).toMatchObject({
      state: 'rolled-back',
      reason: expect.stringMatching(
        /ended from outside; drift is measured against the former reference again; the promotion hook was left reverting/,
      ),
    });
  });

  it('leaves a new champion where it is', async () => {
    await validated(test);
    await promote();
    await test.activities.abandonRetraining(key);
    expect(await runOf(test.database)).toMatchObject({ state: 'kept', helped: 'unclear' });
    expect(await stagesOf(test.database)).toEqual({ 1: 'archived', 2: 'champion' });
  });
});
