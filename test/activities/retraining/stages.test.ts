/** Which version a run speaks for, whatever promotions and rollbacks have fallen on one instant. */

import { beforeEach, describe, expect, it } from 'vitest';

import { recordChallenger } from '../../../activities/retraining/store.ts';
import { requireRetraining } from '../../../activities/retraining/retraining-run.ts';
import { findServingVersion } from '../../../activities/retraining/stages.ts';
import { listAliases } from '../../../activities/retraining/registry.ts';
import { reachDay } from '../../setup/retrained.ts';
import { at } from '../../setup/synthetic.ts';
import { useActivities } from '../../setup/world.ts';
import { asOf, key, model, validated } from './validated.ts';

const test = useActivities('empty for each test');
const servingAt = (instant: string) =>
  findServingVersion(test.database, model, { asOf: Date.parse(instant), before: Date.parse(instant) });
const promote = () => test.activities.promoteChallenger({ ...key, reason: 'better' });
const register = (version: string, stage: string, promotedAt: string | null) =>
  test.database.execute(
    `insert into model_versions (model, version, stage, registered_at, promoted_at) values ($1, $2, $3, $4, $5)`,
    [model, version, stage, at(1), promotedAt],
  );

async function rollBack(retrainingId: string = key.retrainingId): Promise<void> {
  await test.activities.revertPromotion({ model, retrainingId });
  await test.activities.concludeRetraining({ model, retrainingId, end: 'cancelled', reason: 'by anna' });
}

describe('findServingVersion', () => {
  describe.each([null, at(1)])('where the first champion was promoted at %s', (promotedAt) => {
    beforeEach(async () => {
      await validated(test);
      await register('1', 'champion', promotedAt);
    });

    it('is the challenger after its promotion, and not at that instant itself', async () => {
      await promote();
      expect(await servingAt(asOf)).toBe('1');
      expect(await servingAt(at(10, 4))).toBe('2');
    });

    it('is the version before again after a rollback as of the same instant, as its alias says', async () => {
      await promote();
      await rollBack();
      expect(await servingAt(at(11))).toBe('1');
      expect(await servingAt(at(5))).toBe('1');
      expect(await listAliases(test.database, model)).toMatchObject([{ alias: 'champion', version: '1' }]);
    });

    it('holds the next retraining against the version that serves again, and knows what came of that', async () => {
      await promote();
      await rollBack();
      const next = at(10, 5);
      await test.activities.beginRetraining({ model, asOf: next, reason: 'again' });
      const run = await requireRetraining(test.database, model, next);
      expect(run.champion_version).toBe('1');
      await recordChallenger(test.database, run, { version: '3', lineage: {} });
      await test.activities.promoteChallenger({ model, retrainingId: next, reason: 'better' });
      expect(await servingAt(at(10, 4))).toBe('1');
      expect(await servingAt(at(10, 6))).toBe('3');
    });

    it('goes back through each day of what was promoted and taken back later', async () => {
      await promote();
      await reachDay(test.database, model, 12);
      await rollBack();
      const days = [at(5), asOf, at(11), at(12, 3, 40), at(13)];
      expect(await Promise.all(days.map(servingAt))).toEqual(['1', '1', '2', '2', '1']);
    });

    it('is the version before while a promotion is being taken back', async () => {
      await promote();
      await test.activities.revertPromotion(key);
      expect(await servingAt(at(11))).toBe('1');
    });
  });

  it('goes by the instants of promotion where versions change without a retraining', async () => {
    await validated(test);
    await register('0', 'archived', at(2));
    await register('1', 'champion', at(5));
    expect(await servingAt(at(4))).toBe('0');
    expect(await servingAt(at(6))).toBe('1');
  });
});
