/** A person lets a version serve again, after the verification of its successor has ended. */

import { beforeEach, expect, it } from 'vitest';

import { listAliases } from '../../../activities/retraining/registry.ts';
import { restoreVersion } from '../../../activities/retraining/restore-version.ts';
import { findServingVersion } from '../../../activities/retraining/stages.ts';
import { at } from '../../setup/synthetic.ts';
import { useActivities } from '../../setup/world.ts';
import { key, model, validated } from './validated.ts';

const test = useActivities('empty for each test');
const restore = (version?: string) => restoreVersion(test.database, { model, version });
const promote = () => test.activities.promoteChallenger({ ...key, reason: 'better' });
const conclude = (end: 'kept' | 'cancelled') =>
  test.activities.concludeRetraining({ ...key, end, reason: 'it is over' });
const servingAt = (instant: string) =>
  findServingVersion(test.database, model, { asOf: Date.parse(instant), before: Date.parse(instant) });
const inASecond = () => new Date(Date.now() + 1_000).toISOString();

beforeEach(async () => {
  await validated(test);
  await test.database.execute(
    `insert into model_versions (model, version, stage, registered_at) values ($1, '1', 'champion', $2)`,
    [model, at(1)],
  );
});

it('serves from then on, and not on the days before', async () => {
  await promote();
  await conclude('kept');
  expect(await restore()).toEqual({ version: '1', replaced: '2' });
  expect(await listAliases(test.database, model)).toMatchObject([{ alias: 'champion', version: '1' }]);
  expect(await Promise.all([at(5), at(11), inASecond()].map(servingAt))).toEqual(['1', '2', '1']);
});

it('can be exchanged again', async () => {
  await promote();
  await conclude('kept');
  await restore();
  expect(await restore()).toEqual({ version: '2', replaced: '1' });
});

it('ends the reference that its successor has brought', async () => {
  await promote();
  await test.database.execute(
    `insert into reference_handovers (model, retraining_id, version, window_start, window_end, active_from)
     values ($1, $2, '2', $3, $4, $4)`,
    [model, key.retrainingId, at(1), at(8)],
  );
  await conclude('kept');
  await restore();
  const open = 'select from reference_handovers where active_until is null';
  expect(await test.database.query(open)).toEqual([]);
});

it('is not restored while a retraining is under way', async () => {
  await promote();
  await expect(restore()).rejects.toMatchObject({
    code: 'VERSION_NOT_RESTORED',
    message: expect.stringContaining(`\`tidewatch retrainings cancel ${model}\``),
  });
  expect(await servingAt(inASecond())).toBe('2');
});

it('is none that was rolled back, unless it is named', async () => {
  await promote();
  await test.activities.revertPromotion(key);
  await conclude('cancelled');
  await expect(restore()).rejects.toThrow(
    'all others were rolled back (2); name one to restore it all the same',
  );
  expect(await restore('2')).toEqual({ version: '2', replaced: '1' });
});

it.each([
  ['1', 'version 1 serves already'],
  ['7', 'no other version has served before'],
])('is refused of version %s: %s', async (version, reason) => {
  await test.activities.concludeRetraining({ ...key, end: 'cancelled', reason: 'it is over' });
  await expect(restore(version)).rejects.toThrow(reason);
});
