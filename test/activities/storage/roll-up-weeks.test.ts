/** The sums of days that are old enough become sums of weeks; what a run needs of their days is profiled again. */

import { describe, expect, it } from 'vitest';

import { removableTables } from '../../../activities/storage/result-tables.ts';
import { rollUpProfiles, type RollUps } from '../../../activities/storage/roll-up-profiles.ts';
import { openClient } from '../../../client/tidewatch-client.ts';
import { sumEncodedProfiles } from '../../../core/profile/encode.ts';
import { gridFromJson, type ReferenceGrid } from '../../../core/profile/grid.ts';
import { rowCountOf, type Profile } from '../../../core/profile/profile.ts';
import type { Window } from '../../../core/window.ts';
import type { Database } from '../../../sql/database.ts';
import { toTimestamp } from '../../../sql/database.ts';
import { readProfiles } from '../../../sql/read-profiles.ts';
import { activitiesOn } from '../../setup/activities.ts';
import { dyingDatabase } from '../../setup/dying-database.ts';
import { Died, openFate } from '../../setup/fate.ts';
import { at, day, predictionsOf, watch } from '../../setup/synthetic.ts';
import { asOf, lastDay, useProfiledDays } from './profiled-days.ts';

const model = 'weekly';
/** Day 1 is a Monday. */
const weeks = [1, 8, 15, 22, 29, 36].map(day);
const firstDaily = 43;
const firstHourly = 50;
/** More than a schedule of this model would let go. */
const rollUps: RollUps = {
  day: { before: day(firstHourly), supersededBefore: day(firstHourly), kept: [] },
  week: { before: day(firstDaily), supersededBefore: day(firstDaily), kept: [] },
};
const retention = { rows: 'keep', results: 'keep', hourlyProfiles: '7d', dailyProfiles: '14d' };

// Sums whose rounding depends on the order in which they are added up.
const { test, monitor, on, driftOf, stored, restore } = useProfiledDays(model, retention, (database) =>
  database.execute(
    `update predictions set features = features || jsonb_build_object('x', sqrt(extract(epoch from event_time)) / 7e3)`,
  ),
);

async function rollUpOn(database: Database = test.database, of: RollUps = rollUps): Promise<void> {
  const run = { asOf: Date.parse(asOf), workflowId: 'workflow', runId: 'roll' };
  await rollUpProfiles(database, model, of, run, {
    heartbeat: () => undefined,
    cancelled: new AbortController().signal,
  });
}

/** Which weeks have a sum of their own, and how many days of them are marked so. */
async function summedWeeks(): Promise<{ weeks: readonly number[]; marked: number }> {
  const found = await test.database.query<{ week: number }>(
    'select distinct week from profile_weeks order by week',
  );
  const [row] = await test.database.query<{ marked: number }>(
    `select count(*) as marked from rolled_up_days where summed_by = 'week'`,
  );
  return { weeks: found.map(({ week }) => week), marked: row!.marked };
}

async function reference(): Promise<{ id: string; grids: ReadonlyMap<string, ReferenceGrid> }> {
  const [row] = await test.database.query<{ id: string; grids: Record<string, unknown> }>(
    'select reference_id as id, grids from model_references',
  );
  const { id, grids } = row!;
  return { id, grids: new Map(Object.entries(grids).map(([name, grid]) => [name, gridFromJson(grid)])) };
}

/** What a window sums to, by segment and column. */
async function sumsOf(window: Window): Promise<ReadonlyMap<string, Profile>> {
  const { id, grids } = await reference();
  const sums = new Map<string, Profile>();
  for (const segment of ['', 'c=a', 'c=b']) {
    const read = await readProfiles(test.database, model, id, segment, window, 'weeks');
    for (const [column, grid] of grids)
      sums.set(
        `${segment} ${column}`,
        sumEncodedProfiles(
          grid,
          read.filter((one) => one.column === column).map(({ content }) => content),
        ),
      );
  }
  return sums;
}

/** Rows that come when all of them are computed. */
async function comeLate(n: number): Promise<void> {
  await openClient({ database: test.database }).logPredictions(
    model,
    predictionsOf({ from: n, to: n + 1 }).map((row) => ({
      ...row,
      entity: 'late',
      features: { x: 9.1, c: 'a' },
    })),
  );
}

async function removeRowsOf(from: number, to: number): Promise<void> {
  await test.database.execute(
    `insert into removed_ranges (model, window_start, window_end, is_empty) values ($1, $2, $3, true)`,
    [model, at(from), at(to)],
  );
}

/** What retention does with them. */
async function removeResults(of: {
  readonly before: number;
  readonly kept: readonly Window[];
}): Promise<void> {
  for (const { remove } of removableTables) await remove(test.database, { model, ...of }, 100_000);
}

describe('a roll-up to weeks', () => {
  it('makes one sum of the seven of a week, with exact counts, and sums of values but for the order of addition', async () => {
    const windows = [
      { start: day(1), end: day(firstDaily) },
      { start: day(8), end: day(60) },
    ];
    const before = await Promise.all(windows.map(sumsOf));
    await rollUpOn();
    expect(await summedWeeks()).toEqual({ weeks, marked: 42 });
    let largest = 0;
    for (const [index, window] of windows.entries()) {
      const after = await sumsOf(window);
      for (const [key, was] of before[index]!) {
        const is = after.get(key)!;
        if (was.kind === 'categorical' || is.kind === 'categorical') {
          expect(is, key).toEqual(was);
          continue;
        }
        const { cellSums, sumOfSquares, ...exact } = is;
        expect(exact, key).toEqual({ ...was, cellSums: undefined, sumOfSquares: undefined });
        for (const [one, other] of [
          [sumOfSquares, was.sumOfSquares] as const,
          ...[...cellSums].map((sum, cell) => [sum, was.cellSums[cell]!] as const),
        ])
          if (one !== other) largest = Math.max(largest, Math.abs(one - other) / Math.abs(other));
      }
    }
    // Not to the bit: this is about sums that do depend on the order.
    expect(largest).toBeGreaterThan(0);
    expect(largest).toBeLessThan(1e-12);
  });

  it('leaves nothing of the days, says so, and finds nothing more to do', async () => {
    const count = async (table: string): Promise<number> =>
      (await test.database.query<{ rows: number }>(`select count(*) as rows from ${table}`))[0]!.rows;
    const had = await count('profile_days');
    await rollUpOn();
    const [left] = await test.database.query<{ first: number }>('select min(day) as first from profile_days');
    expect(left!.first).toBe(day(firstDaily));
    const rows = had - (await count('profile_days'));
    // Weeks of every column that days had, of every segment.
    expect(await count('profile_weeks')).toBe(rows / 7);
    const removed = await test.database.query(
      `select table_name, row_count, byte_count > 0 as counted from removals where reason = 'rolled up' order by table_name`,
    );
    expect(removed).toMatchObject([
      { table_name: 'profile_days', row_count: rows, counted: true },
      { table_name: 'profiles', counted: true },
    ]);
    const whole = await stored();
    await rollUpOn();
    expect(await stored()).toEqual(whole);
    expect(await test.database.query('select sum(row_count) as rows from removals')).toEqual([
      { rows: removed.reduce((sum, row) => sum + Number(row['row_count']), 0) },
    ]);
  });

  it('leaves a week alone that has changed, or of which an hour is not profiled, or a day not rolled up', async () => {
    const { id } = await reference();
    await comeLate(10);
    await test.database.execute('delete from profiled_hours where hour = $1', [toTimestamp(day(16))]);
    const kept = { start: day(40), end: day(41) };
    await rollUpProfiles(
      test.database,
      model,
      { day: { ...rollUps.day!, kept: [kept] }, week: rollUps.week },
      { asOf: Date.parse(asOf), workflowId: 'workflow', runId: 'roll' },
      { heartbeat: () => undefined, cancelled: new AbortController().signal },
    );
    expect(await summedWeeks()).toEqual({ weeks: [1, 22, 29].map(day), marked: 21 });
    const days = await readProfiles(test.database, model, id, '', { start: day(8), end: day(22) }, 'weeks', [
      'x',
    ]);
    expect(days.filter(({ window }) => window.end - window.start > 24 * 3_600_000)).toEqual([]);
  });

  it('is undone for a week that a run reads by the day, as long as its rows are there', async () => {
    const hours = await stored();
    const before = await driftOf(lastDay);
    await rollUpOn();
    await test.database.execute('delete from calibrations');
    expect(await driftOf(lastDay)).toEqual(before);
    expect(await summedWeeks()).toEqual({ weeks: [], marked: 0 });
    expect(await stored()).toEqual(hours);
  });

  it('is undone by several workers at once as by one', async () => {
    const hours = await stored();
    await rollUpOn();
    const fanOut = { rows: 100, atOnce: 3 };
    const activities = activitiesOn(test.database, { fanOut });
    const request = { model, asOf };
    const { parts = [] } = await activities.profileHours({ ...request, parts: 'wanted' });
    // The days of a week are in parts of their own; each is done twice.
    expect(parts.length).toBeGreaterThan(firstHourly - 2);
    const all = [...parts.toReversed(), ...parts];
    while (all.length > 0)
      await Promise.all(all.splice(0, 4).map((part) => activities.profilePart({ ...request, part })));
    expect(await activities.profileHours({ ...request, parts: 'wanted' })).toEqual({ hoursProfiled: 0 });
    expect(await stored()).toEqual(hours);
  });

  it('is undone for a week of which rows change, with the same results as had it never been', async () => {
    const change = async (): Promise<void> => {
      await comeLate(10);
      await driftOf(lastDay);
    };
    await rollUpOn();
    await comeLate(10);
    // Dropped with its week: what needs it profiles it again.
    await on().profileHours({ model, asOf: at(9, 3) });
    expect((await summedWeeks()).weeks).toEqual(weeks.filter((week) => week > day(8)));
    await driftOf(lastDay);
    const rolled = await stored();
    await test.database.execute(`delete from predictions where entity = 'late'`);
    await restore();
    await change();
    expect(rolled).toEqual(await stored());
  });

  it('keeps the sum of a week, and that its hours are profiled, where rows of other days of it are removed', async () => {
    await rollUpOn();
    const before = await stored(['dirty_windows', 'removed_ranges', 'calibrations', 'model_references']);
    await removeRowsOf(8, 10);
    await comeLate(10);
    await on().profileHours({ model, asOf: at(lastDay, 3), window: { start: at(68), end: at(75) } });
    const after = await stored(['dirty_windows', 'removed_ranges', 'calibrations', 'model_references']);
    expect(await test.database.query(`select from dirty_windows where stage = 'profiles'`)).toEqual([]);
    const weekOf = (of: Record<string, readonly string[]>, table: string): readonly string[] =>
      (of[table] ?? []).filter((row) => /2024-01-(0[89]|1[0-4])T/.test(row));
    for (const table of ['profile_weeks', 'profiled_hours', 'rolled_up_days'])
      expect(weekOf(after, table), table).toEqual(weekOf(before, table));
    expect(weekOf(after, 'profile_weeks').length).toBeGreaterThan(0);
  });

  it('refuses in words what reads days of a week of which rows are removed', async () => {
    await rollUpOn();
    await removeRowsOf(16, 17);
    await expect(driftOf(lastDay)).rejects.toMatchObject({
      code: 'HOURS_ROLLED_UP',
      message:
        'Drift of "weekly" cannot be computed for 2024-03-08T00:00:00Z to 2024-03-15T00:00:00Z: it needs single days of the week from 2024-01-15, whose sums are rolled up to the week and of which rows are removed. Name a window that is newer, or have the monitor look back less far.',
    });
  });

  it('lets go what no schedule reads any more, and only that', async () => {
    await on('roll').applyRetention({ asOf: at(lastDay - 1, 3) });
    // Half a year is read to learn what is usual.
    expect(await summedWeeks()).toEqual({ weeks: [], marked: 0 });
    await watch(test.database, {
      ...monitor,
      current: '1d',
      reference: { kind: 'rolling', length: '7d' },
    });
    const planned = await on('plan').applyRetention({ asOf, plan: true });
    const done = await on('roll-2').applyRetention({ asOf });
    // 57 days are read by the hour: days before the 18th are rolled up, and of them whole weeks.
    expect(await summedWeeks()).toEqual({ weeks: [1, 8].map(day), marked: 14 });
    expect(done.rolledUpDays).toMatchObject({ models: 1 });
    expect(done.rolledUpDays!.bytes).toBeGreaterThan(0);
    expect(planned.rolledUp).toEqual(done.rolledUp);
  });

  it('goes with the results that are too old, a week as one', async () => {
    await rollUpOn();
    await removeResults({ before: day(11), kept: [] });
    expect(await summedWeeks()).toEqual({ weeks: weeks.slice(1), marked: 35 });
    const [first] = await test.database.query<{ day: number }>('select min(day) as day from rolled_up_days');
    expect(first!.day).toBe(day(8));
    await removeResults({ before: day(15), kept: [] });
    expect(await summedWeeks()).toEqual({ weeks: weeks.slice(2), marked: 28 });
  });

  it('goes of a reference that another one has followed, once no run is of it; of the one that counts its days stay', async () => {
    const old = (await reference()).id;
    await watch(test.database, {
      ...monitor,
      reference: { kind: 'fixed', start: '2024-01-02', end: '2024-01-10' },
    });
    await driftOf(lastDay);
    await rollUpOn();
    await test.database.execute('delete from drift_runs where reference_id = $1', [old]);
    await test.database.execute('update model_references set built_at = $1', [toTimestamp(day(1))]);
    await removeResults({ before: day(60), kept: [{ start: day(2), end: day(10) }] });
    const left = await test.database.query<{ week: number; isOld: boolean }>(
      'select distinct week, reference_id = $1 as "isOld" from profile_weeks order by week',
      [old],
    );
    expect(left).toEqual([1, 8].map((n) => ({ week: day(n), isOld: false })));
  });

  it('loses no row that comes while it is at work', async () => {
    const done = new AbortController();
    /** Late rows of all weeks, until it is told to stop; gives how many. */
    const write = async (writer: number): Promise<number> => {
      const client = openClient({ database: test.database });
      let rows = 0;
      for (; !done.signal.aborted; rows += 1)
        await client.logPredictions(model, [
          {
            version: '1',
            entity: 'late',
            eventTime: day(1 + ((rows * 5) % (firstHourly - 1))) + (2 * rows + writer) * 1000,
            features: { x: 9.1, c: 'a' },
            prediction: 1,
          },
        ]);
      return rows;
    };
    const writers = [0, 1].map(write);
    for (let round = 0; round < 3; round += 1) {
      await Promise.all([rollUpOn(), on().profileHours({ model, asOf })]);
      await rollUpOn();
    }
    done.abort();
    const late = (await Promise.all(writers)).reduce((sum, rows) => sum + rows, 0);
    expect(late).toBeGreaterThan(20);
    await on().attachActuals({ model, asOf });
    await on().profileHours({ model, asOf });
    await rollUpOn();
    expect((await summedWeeks()).weeks).toEqual(weeks);
    const sums = await sumsOf({ start: day(1), end: day(lastDay) });
    expect(rowCountOf(sums.get(' x')!)).toBe(24 * (lastDay - 1) + late);
  });

  it('comes to the same wherever it dies', async () => {
    await rollUpOn(test.database, { ...rollUps, week: undefined });
    const tables = ['profiles', 'profile_days', 'profile_weeks', 'rolled_up_days'];
    await test.database.execute(
      ['create schema days', ...tables.map((name) => `create table days.${name} as table ${name}`)].join(';'),
    );
    /** Days are rolled up, and no weeks. */
    const again = (): Promise<void> =>
      test.database.transaction(async (connection) => {
        await connection.execute('set local session_replication_role = replica');
        for (const name of tables)
          await connection.execute(`delete from ${name}; insert into ${name} select * from days.${name}`);
      });
    await rollUpOn();
    const whole = await stored();
    let deaths = 0;
    for (let point = 1; ; point += 1) {
      await again();
      const fate = openFate({ kind: 'dies', at: point });
      await rollUpOn(dyingDatabase(test.database, fate)).catch((error: unknown) => {
        if (!(error instanceof Died)) throw error;
      });
      if (!fate.isMet()) break;
      deaths += 1;
      await rollUpOn();
      expect(await stored()).toEqual(whole);
    }
    expect(deaths).toBeGreaterThan(15);
    await test.database.execute('drop schema days cascade');
  });
});
