import { describe, expect, it } from 'vitest';

import { planRollUps, rollUpProfiles } from '../../../activities/storage/roll-up-profiles.ts';
import { openClient } from '../../../client/tidewatch-client.ts';
import { monitorSchema } from '../../../core/monitor/schema.ts';
import type { Database } from '../../../sql/database.ts';
import { readProfiles } from '../../../sql/read-profiles.ts';
import { activitiesOn } from '../../setup/activities.ts';
import { dyingDatabase } from '../../setup/dying-database.ts';
import { Died, openFate } from '../../setup/fate.ts';
import { at, day, predictionsOf, syntheticMonitor } from '../../setup/synthetic.ts';
import { asOf, lastDay, useProfiledDays } from './profiled-days.ts';

const model = 'rolled';
/** 56 days of which every hour is read, and the 7 of the current window before day 75: days before the 12th go. */
const firstKept = 12;
const defaults = { rows: 'keep', results: 'keep', hourlyProfiles: '30d', dailyProfiles: 'keep' };

const { test, monitor, on, driftOf, stored, restore } = useProfiledDays(model, defaults);

/** What a model has of hours and sums. */
async function profiled(): Promise<Record<string, unknown> | undefined> {
  const [row] = await test.database.query(
    `select (select min(hour) from profiles) as first, (select count(*) from profiles) as hours,
       (select count(*) from profile_days) as sums, (select count(*) from rolled_up_days) as rolled`,
  );
  return row;
}

const ofHours = ['profiles', 'rolled_up_days'];

describe('a roll-up', () => {
  it('removes the hours of old days, of which the sums stay, and says so', async () => {
    const { id } = (
      await test.database.query<{ id: string }>('select reference_id as id from model_references')
    )[0]!;
    const sums = (): Promise<unknown> =>
      readProfiles(test.database, model, id, '', { start: day(3), end: day(40) });
    const before = await sums();
    const planned = await on('plan').applyRetention({ asOf, plan: true });
    const had = await profiled();
    const { rolledUp } = await on('roll').applyRetention({ asOf });
    expect(planned.rolledUp).toEqual(rolledUp);
    const has = await profiled();
    expect(has).toMatchObject({ first: day(firstKept), sums: had!['sums'], rolled: firstKept - 1 });
    expect(rolledUp).toMatchObject({ models: 1, rows: Number(had!['hours']) - Number(has!['hours']) });
    expect(rolledUp!.bytes).toBeGreaterThan(0);
    expect(await sums()).toEqual(before);
    expect(
      await test.database.query(
        `select table_name, row_count, byte_count from removals where reason = 'rolled up'`,
      ),
    ).toEqual([{ table_name: 'profiles', row_count: rolledUp!.rows, byte_count: rolledUp!.bytes }]);
    expect((await on('again').applyRetention({ asOf })).rolledUp).toEqual({ models: 0, rows: 0, bytes: 0 });
    expect(await profiled()).toEqual(has);
  });

  it('changes nothing that is found of windows of whole days', async () => {
    await driftOf(60);
    // It looks at the run before.
    await driftOf(lastDay);
    const before = await stored(ofHours);
    await on('roll').applyRetention({ asOf });
    await test.database.execute('delete from calibrations');
    await driftOf(lastDay);
    expect(await profiled()).toMatchObject({ first: day(firstKept) });
    await driftOf(60);
    await driftOf(lastDay);
    expect(await stored(ofHours)).toEqual(before);
  });

  it('leaves a day alone that has changed and is not profiled again yet', async () => {
    await openClient({ database: test.database }).logPredictions(model, [
      { ...predictionsOf({ from: 8, to: 9 })[5]!, entity: 'late' },
    ]);
    await on('roll').applyRetention({ asOf });
    expect(await profiled()).toMatchObject({ first: day(8), rolled: firstKept - 2 });
  });

  it('is undone for a day whose rows change, with the same results as had it never been', async () => {
    const change = async (): Promise<void> => {
      const client = openClient({ database: test.database });
      await client.logPredictions(
        model,
        predictionsOf({ from: 9, to: 10 }).map((row) => ({
          ...row,
          entity: 'late',
          features: { x: 9, c: 'a' },
        })),
      );
      await driftOf(lastDay);
    };
    await on('roll').applyRetention({ asOf });
    await change();
    expect(await profiled()).toMatchObject({ first: day(9), rolled: firstKept - 2 });
    const rolled = await stored(ofHours);
    await test.database.execute(`delete from predictions where entity = 'late'`);
    await restore();
    await change();
    expect(rolled).toEqual(await stored(ofHours));
  });

  it('is undone where a window needs single hours, as long as the rows are there', async () => {
    const window = { start: at(10, 6), end: at(11, 6) };
    const before = await driftOf(lastDay, { window });
    await on('roll').applyRetention({ asOf });
    expect(await profiled()).toMatchObject({ first: day(firstKept) });
    expect(await driftOf(lastDay, { window })).toEqual(before);
    expect(await profiled()).toMatchObject({ first: day(1) });
  });

  it('refuses in words a window that needs single hours of which no rows are left', async () => {
    await on('roll').applyRetention({ asOf });
    await test.database.execute(
      `insert into removed_ranges (model, window_start, window_end, is_empty) values ($1, $2, $3, true)`,
      [model, at(9), at(11)],
    );
    await expect(driftOf(lastDay, { window: { start: at(50, 6), end: at(51, 6) } })).rejects.toMatchObject({
      code: 'HOURS_ROLLED_UP',
      message:
        'Drift of "rolled" cannot be computed for 2024-02-19T06:00:00Z to 2024-02-20T06:00:00Z: it needs single hours of 2024-01-09, whose hourly profiles are rolled up to the day and whose rows are removed. Name a window of whole UTC days.',
    });
    expect(await driftOf(lastDay, { window: { start: at(50), end: at(51) } })).toMatchObject({ rows: 24 });
  });

  it('waits for the drift detection that has not run yet, and while the model is reprocessed', async () => {
    const had = await profiled();
    await activitiesOn(test.database, {
      retention: defaults,
      listReprocessed: async () => [model],
    }).applyRetention({ asOf });
    await test.database.execute('delete from process_watermarks');
    await on('roll').applyRetention({ asOf });
    expect(await profiled()).toEqual(had);
  });

  it('comes to the same wherever it dies', async () => {
    await on('roll').applyRetention({ asOf });
    const whole = await stored();
    let deaths = 0;
    for (let point = 1; ; point += 1) {
      await restore();
      const fate = openFate({ kind: 'dies', at: point });
      await rollUpOn(dyingDatabase(test.database, fate)).catch((error: unknown) => {
        if (!(error instanceof Died)) throw error;
      });
      if (!fate.isMet()) break;
      deaths += 1;
      await rollUpOn(test.database);
      expect(await stored()).toEqual(whole);
    }
    expect(deaths).toBeGreaterThan(15);
  });
});

async function rollUpOn(database: Database): Promise<void> {
  const parsed = monitorSchema.parse({ ...syntheticMonitor, ...monitor });
  const run = { asOf: Date.parse(asOf), workflowId: 'workflow', runId: 'roll' };
  const rollUps = await planRollUps(database, parsed, { defaults, asOf: run.asOf });
  await rollUpProfiles(database, model, rollUps, run, {
    heartbeat: () => undefined,
    cancelled: new AbortController().signal,
  });
}
