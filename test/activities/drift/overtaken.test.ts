/** What a drift run does when others change what it reads, or what it is about to store. */

import { beforeEach, describe, expect, it } from 'vitest';

import { profileLock } from '../../../activities/profiles/profile-hours.ts';
import { dropDirtyProfiles } from '../../../activities/profiles/store.ts';
import { openClient } from '../../../client/tidewatch-client.ts';
import type { Database } from '../../../sql/database.ts';
import { activitiesOn } from '../../setup/activities.ts';
import { at, load, predictionsOf, watch } from '../../setup/synthetic.ts';
import { useDatabase } from '../../setup/world.ts';

const model = 'raced';

const test = useDatabase('empty for each test');
beforeEach(async () => {
  await watch(test.database, {
    model,
    reference: { kind: 'fixed', start: '2024-01-01', end: '2024-01-08' },
    current: '1d',
  });
  await load(test.database, model, { from: 1, to: 9 });
});

const detect = (database: Database = test.database) =>
  activitiesOn(database).detectDrift({ model, asOf: at(9), act: false });

/** A database on which something happens right before, or right after, its n-th snapshot. */
function disturbed(
  when: 'before' | 'after',
  isTime: (snapshots: number) => boolean,
  work: () => Promise<void>,
) {
  let snapshots = 0;
  const database: Database = {
    ...test.database,
    snapshot: async (read) => {
      snapshots += 1;
      const now = isTime(snapshots);
      if (when === 'before' && now) await work();
      const result = await test.database.snapshot(read);
      if (when === 'after' && now) await work();
      return result;
    },
  };
  return { database, snapshots: () => snapshots };
}

/** Rows of the reference and of the window change, and another run drops their profiles. */
async function changeRows(): Promise<void> {
  await test.database.execute('update predictions set inserted_at = now() where event_time >= $1', [at(7)]);
  await test.database.transaction((connection) => dropDirtyProfiles(connection, model));
}

describe('a drift run', () => {
  it('begins again when another run drops profiles before it has read them', async () => {
    const whole = await detect();
    const { database, snapshots } = disturbed('before', (n) => n === 1, changeRows);
    expect(await detect(database)).toEqual(whole);
    expect(snapshots()).toBe(2);
    const [x] = await test.database.query(
      `select reference_rows as reference, current_rows as current from drift_results where column_name = 'x' and deciding`,
    );
    expect(x).toEqual({ reference: 168, current: 24 });
  });

  it('does not mind profiles that are dropped after it has read them', async () => {
    const whole = await detect();
    const { database, snapshots } = disturbed('after', () => true, changeRows);
    expect(await detect(database)).toEqual(whole);
    expect(snapshots()).toBe(1);
  });

  it('does not replace what another run found of newer rows', async () => {
    const { database, snapshots } = disturbed(
      'after',
      (n) => n === 1,
      async () => {
        const late = predictionsOf({ from: 8, to: 9 }).map((row) => ({ ...row, entity: 'late' }));
        await openClient({ database: test.database }).logPredictions(model, late);
        await activitiesOn(test.database).profileHours({ model, asOf: at(9) });
        await detect();
      },
    );
    expect(await detect(database)).toMatchObject({ rows: 48 });
    expect(snapshots()).toBe(2);
    expect(await test.database.query('select row_count as rows from drift_runs')).toEqual([{ rows: 48 }]);
  });

  it('gives up when it is overtaken every time, to be tried again later', async () => {
    const { database, snapshots } = disturbed('before', () => true, changeRows);
    await expect(detect(database)).rejects.toMatchObject({ code: 'OVERTAKEN', retryable: true });
    expect(snapshots()).toBe(10);
  });

  it('lets others profile while it computes', async () => {
    const isFree = async (): Promise<unknown> => {
      const [lock] = await test.database.query(
        `select pg_try_advisory_xact_lock(hashtextextended($1, 0)) as free`,
        [`tidewatch:${profileLock(model)}`],
      );
      return lock;
    };
    const read: Database['snapshot'] = (work) =>
      test.database.snapshot(async (connection) => {
        const result = await work(connection);
        expect(await isFree()).toEqual({ free: true });
        return result;
      });
    await detect({ ...test.database, snapshot: read });
  });
});
