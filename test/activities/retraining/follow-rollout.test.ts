import { beforeEach, describe, expect, it } from 'vitest';

import { daysPass, reachDay } from '../../setup/retrained.ts';
import { at } from '../../setup/synthetic.ts';
import { useActivities } from '../../setup/world.ts';
import { key, model, runOf, stagesOf, validated } from './validated.ts';

const test = useActivities('empty for each test');
const follow = () => test.activities.followRollout(key);
const pass = (from: number, to: number, errors: { 1?: number; 2?: number }) =>
  daysPass(test.database, model, { from, to, errors });

describe('followRollout', () => {
  it('has passed where none is asked for', async () => {
    await validated(test);
    expect(await follow()).toMatchObject({ decision: 'passed', reason: 'no rollout is asked for' });
    expect(await stagesOf(test.database)).toEqual({ 2: 'candidate' });
  });

  describe('of a shadow', () => {
    beforeEach(async () => {
      await validated(test, { rollout: { kind: 'shadow', for: '2d' } });
      await follow();
    });

    it('lets the challenger predict beside the champion, for full days in asOf time', async () => {
      expect(await follow()).toMatchObject({ decision: 'waits', state: 'shadow', until: at(12) });
      expect(await stagesOf(test.database)).toEqual({ 2: 'shadow' });
      expect(await runOf(test.database)).toMatchObject({ state: 'shadow', traffic_share: 0 });
    });

    it('waits for its days, and for their outcomes', async () => {
      await pass(10, 11, { 1: 5, 2: 1 });
      expect(await follow()).toMatchObject({ decision: 'waits', asOf: at(11, 3, 40) });
      await reachDay(test.database, model, 12);
      // Only half of its outcomes are known.
      await test.database.execute(
        `insert into predictions (model, version, entity, event_time, issued_at, role, features, prediction)
         select model, version, entity, event_time + interval '1 day', issued_at + interval '1 day', role, features, prediction
         from predictions where event_time >= $1 and event_time < $2`,
        [at(10), at(11)],
      );
      expect(await follow()).toMatchObject({ decision: 'waits', asOf: at(12, 3, 40) });
      await pass(11, 12, { 1: 5, 2: 1 });
      expect(await follow()).toMatchObject({
        decision: 'passed',
        reason: expect.stringContaining(
          'in the shadow: version 2 is better than version 1: RMSE 1 against 5',
        ),
      });
    });

    it('fails before its end when the challenger is clearly worse', async () => {
      await pass(10, 11, { 1: 5, 2: 50 });
      expect(await follow()).toMatchObject({
        decision: 'failed',
        reason: expect.stringContaining('clearly worse by 900%'),
      });
    });

    it('fails when the challenger has predicted nothing', async () => {
      await pass(10, 13, { 1: 5 });
      expect(await follow()).toMatchObject({
        decision: 'failed',
        reason: expect.stringContaining('does the serving system let every version of stage shadow predict?'),
      });
    });

    it('fails when a person rejects it', async () => {
      await test.activities.changeRetraining({
        ...key,
        change: 'reject',
        by: 'anna',
        note: 'not now',
        updateId: 'u',
      });
      expect(await follow()).toMatchObject({ decision: 'failed', reason: 'rejected by anna: not now' });
    });
  });

  it('gives a canary its share of the traffic, and takes it back at its end', async () => {
    await validated(test, { rollout: { kind: 'canary', for: '1d', share: 0.25 } });
    await follow();
    const aliases = () =>
      test.database.query('select alias, version, traffic_share as share from model_aliases order by 1');
    await test.database.execute(
      `insert into model_versions (model, version, stage, registered_at) values ($1, '1', 'champion', now())`,
      [model],
    );
    expect(await aliases()).toEqual([
      { alias: 'challenger', version: '2', share: 0.25 },
      { alias: 'champion', version: '1', share: 0.75 },
    ]);
    await test.activities.concludeRetraining({ ...key, end: 'cancelled', reason: 'by anna' });
    expect(await aliases()).toEqual([{ alias: 'champion', version: '1', share: 1 }]);
    expect(await stagesOf(test.database)).toEqual({ 1: 'champion', 2: 'archived' });
  });
});
