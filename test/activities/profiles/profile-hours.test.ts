import { beforeEach, describe, expect, it } from 'vitest';

import { findMonitor } from '../../../activities/monitors/store.ts';
import { specifyReference } from '../../../activities/profiles/reference.ts';
import { currentWindow } from '../../../activities/profiles/profile-hours.ts';
import { findReference } from '../../../activities/profiles/reference-store.ts';
import { readProfiles } from '../../../sql/read-profiles.ts';
import { openClient } from '../../../client/tidewatch-client.ts';
import type { Monitor } from '../../../core/monitor/schema.ts';
import { decodeProfile } from '../../../core/profile/encode.ts';
import { mergeProfiles } from '../../../core/profile/merge.ts';
import { rowCountOf } from '../../../core/profile/profile.ts';
import { hourMs } from '../../../core/window.ts';
import { activitiesOn } from '../../setup/activities.ts';
import { actualsOf, at, day, load, predictionsOf, watch } from '../../setup/synthetic.ts';
import { useActivities } from '../../setup/world.ts';

const model = 'profiled';
const asOf = at(5, 3);

const test = useActivities('empty for each test');
let monitor: Monitor;
beforeEach(async () => {
  // Reference: days 1 and 2; current window: day 4.
  await watch(test.database, {
    model,
    reference: { kind: 'fixed', start: '2024-01-01', end: '2024-01-03' },
    current: '1d',
  });
  ({ monitor } = await findMonitor(test.database, model));
});

const profile = async () => {
  await test.activities.attachActuals({ model, asOf });
  return test.activities.profileHours({ model, asOf });
};

/** How many rows the profiles of a column count over a window. */
async function profiledRows(column: string, from: number, to: number): Promise<number> {
  const { id } = specifyReference(monitor, currentWindow(monitor, { model, asOf }));
  const grid = (await findReference(test.database, model, id))?.grids.get(column);
  if (grid === undefined) return 0;
  const window = { start: day(from), end: day(to) };
  const count = async (by: 'days' | 'hours'): Promise<number> => {
    const stored = await readProfiles(test.database, model, id, '', window, by);
    const ofColumn = stored.filter((profile) => profile.column === column);
    return rowCountOf(
      mergeProfiles(
        grid,
        ofColumn.map(({ content }) => decodeProfile(content, grid)),
      ),
    );
  };
  const rows = await count('days');
  expect(await count('hours'), 'the sums of days').toBe(rows);
  return rows;
}

describe('profileHours', () => {
  it('profiles the hours up to the end of the current window, and no others', async () => {
    await load(test.database, model, { from: 1, to: 6 });
    expect(await profile()).toEqual({ hoursProfiled: 96 });
    expect(await profiledRows('x', 1, 3)).toBe(48);
    expect(await profiledRows('x', 3, 4)).toBe(24);
    expect(await profiledRows('x', 4, 5)).toBe(24);
    expect(await profiledRows('x', 5, 6)).toBe(0);
  });

  it('sums up the days that are complete', async () => {
    await load(test.database, model, { from: 1, to: 5 });
    await test.database.execute('delete from predictions where event_time >= $1', [at(4, 20)]);
    await test.activities.profileHours({ model, asOf, window: { start: at(4), end: at(4, 20) } });
    const days = () =>
      test.database.query<{ day: number; columns: number }>(
        'select day, count(*) as columns from profile_days group by day order by day',
      );
    // Features and the prediction: the actuals come with their outcomes.
    expect(await days()).toEqual([1, 2, 3].map((n) => ({ day: day(n), columns: 3 })));
    await profile();
    expect(await days()).toEqual([1, 2, 3, 4].map((n) => ({ day: day(n), columns: 4 })));
  });

  it('profiles each value of a segment on its own as well', async () => {
    await watch(test.database, {
      model,
      reference: { kind: 'fixed', start: '2024-01-01', end: '2024-01-03' },
      current: '1d',
      segments: ['c'],
    });
    await load(test.database, model, { from: 1, to: 5 });
    await profile();
    const rows = await test.database.query(
      'select segment, sum(row_count) as rows from profiled_hours where hour >= $1 group by segment order by segment',
      [at(4)],
    );
    expect(rows).toEqual([
      { segment: '', rows: 24 },
      { segment: 'c=a', rows: 8 },
      { segment: 'c=b', rows: 16 },
    ]);
    const columns = await test.database.query(
      `select segment, count(distinct column_name) as columns from profile_days where segment <> '' group by segment order by segment`,
    );
    expect(columns).toEqual([
      { segment: 'c=a', columns: 4 },
      { segment: 'c=b', columns: 4 },
    ]);
  });

  it('profiles every column: features, the prediction and the actual', async () => {
    await load(test.database, model, { from: 1, to: 5 });
    await profile();
    for (const column of ['x', 'c', 'prediction', 'actual'])
      expect(await profiledRows(column, 4, 5)).toBe(24);
  });

  it('finds nothing to do the second time', async () => {
    await load(test.database, model, { from: 1, to: 5 });
    await profile();
    expect(await profile()).toEqual({ hoursProfiled: 0 });
  });

  it('profiles again the hours whose predictions changed, and only these', async () => {
    await load(test.database, model, { from: 1, to: 5 });
    await profile();
    const [first] = predictionsOf({ from: 4, to: 5 });
    await openClient({ database: test.database }).logPredictions(model, [
      { ...first!, entity: 'another' },
      { ...first!, entity: 'a third', eventTime: day(2) },
    ]);
    expect(await profile()).toEqual({ hoursProfiled: 2 });
    expect(await profiledRows('x', 4, 5)).toBe(25);
    expect(await profiledRows('x', 1, 3)).toBe(49);
  });

  it('does not count an hour again that was written with the same content', async () => {
    await load(test.database, model, { from: 1, to: 5 });
    await profile();
    await load(test.database, model, { from: 1, to: 5 });
    expect(await profile()).toEqual({ hoursProfiled: 0 });
  });

  it('adds the actuals when they come, without profiling the predictions again', async () => {
    const client = openClient({ database: test.database });
    await load(test.database, model, { from: 1, to: 3 });
    await client.logPredictions(model, predictionsOf({ from: 4, to: 5 }));
    await profile();
    expect(await profiledRows('actual', 4, 5)).toBe(0);
    await client.recordActuals(model, actualsOf({ from: 4, to: 5 }).slice(0, 20));
    expect(await profile()).toEqual({ hoursProfiled: 0 });
    expect(await profiledRows('actual', 4, 5)).toBe(20);
    await client.recordActuals(model, actualsOf({ from: 4, to: 5 }));
    await profile();
    expect(await profiledRows('actual', 4, 5)).toBe(24);
  });

  it('reads serving predictions only', async () => {
    await load(test.database, model, { from: 1, to: 5 });
    await openClient({ database: test.database }).logPredictions(
      model,
      predictionsOf({ from: 4, to: 5, version: '2', role: 'shadow' }),
    );
    await profile();
    for (const column of ['x', 'actual']) expect(await profiledRows(column, 4, 5)).toBe(24);
  });

  it('drops what was counted of rows that were deleted', async () => {
    await load(test.database, model, { from: 1, to: 5 });
    await profile();
    await test.database.execute('delete from predictions where event_time = $1', [
      new Date(day(4)).toISOString(),
    ]);
    expect(await profile()).toEqual({ hoursProfiled: 1 });
    expect(await profiledRows('x', 4, 5)).toBe(23);
    expect(await profiledRows('actual', 4, 5)).toBe(23);
  });

  it('keeps what a lost try has profiled: the next one does the rest', async () => {
    await load(test.database, model, { from: 1, to: 5 });
    await test.activities.attachActuals({ model, asOf });
    const beats: unknown[] = [];
    const dying = activitiesOn(test.database, {
      context: () => ({
        workflowId: 'workflow',
        runId: 'run',
        heartbeat: (point) => {
          beats.push(point);
          throw new Error('the worker is gone');
        },
        resumePoint: undefined,
        cancelled: new AbortController().signal,
      }),
    });
    await expect(dying.profileHours({ model, asOf })).rejects.toThrow('the worker is gone');
    expect(beats).toEqual([day(2)]);
    expect(await test.activities.profileHours({ model, asOf })).toEqual({ hoursProfiled: 72 });
  });

  it('does nothing as long as there is no reference', async () => {
    await load(test.database, model, { from: 4, to: 5 });
    expect(await profile()).toEqual({ hoursProfiled: 0 });
    expect(await test.database.query('select * from model_references')).toEqual([]);
  });

  it('takes a window of hours as well', async () => {
    await load(test.database, model, { from: 1, to: 5 });
    const window = { start: at(3, 5), end: at(3, 7) };
    expect(await test.activities.profileHours({ model, asOf, window })).toEqual({ hoursProfiled: 55 });
    expect(await profiledRows('x', 3, 4)).toBe(7);
  });
});

describe('currentWindow', () => {
  it('ends at the last midnight for days, at the last full hour for hours', () => {
    const input = { model, asOf: at(5, 3, 40) };
    expect(currentWindow(monitor, { ...input, current: '24h' })).toEqual({
      start: day(4) + 3 * hourMs,
      end: day(5) + 3 * hourMs,
    });
    expect(currentWindow(monitor, input)).toEqual({ start: day(4), end: day(5) });
    expect(currentWindow(monitor, { ...input, current: '2d' })).toEqual({ start: day(3), end: day(5) });
    expect(currentWindow(monitor, { ...input, current: '6h' })).toEqual({
      start: day(5) - 3 * hourMs,
      end: day(5) + 3 * hourMs,
    });
  });
});
