/** What a drift run of every hour reads to learn what is usual: windows that no run before has looked at. */

import { beforeEach, describe, expect, it } from 'vitest';

import { openClient } from '../../../client/tidewatch-client.ts';
import type { ColumnCalibration } from '../../../core/calibration/calibration.ts';
import type { Database, Queryable } from '../../../sql/database.ts';
import { activitiesOn } from '../../setup/activities.ts';
import { at, load, predictionsOf, watch } from '../../setup/synthetic.ts';
import { useActivities } from '../../setup/world.ts';

const model = 'learned';
const monitor = {
  model,
  reference: { kind: 'fixed', start: '2024-01-01', end: '2024-01-11' },
  current: '7d',
} as const;

const test = useActivities('empty for each test');
beforeEach(async () => {
  await watch(test.database, monitor);
});

interface Counting {
  readonly database: Database;
  /** The profiles, of hours, days and weeks, that are read through it. */
  readonly read: () => number;
  /** What else is asked through it. */
  readonly asked: readonly string[];
}

function counting(database: Database): Counting {
  let read = 0;
  const asked: string[] = [];
  const counted = (connection: Queryable): Queryable => ({
    ...connection,
    query: async (text, values) => {
      const rows = await connection.query(text, values);
      if (/^select.* content\s+from/s.test(text) && /\bprofile(s|_days|_weeks)\b/.test(text))
        read += rows.length;
      else asked.push(text);
      return rows as never;
    },
  });
  return {
    database: {
      ...database,
      ...counted(database),
      transaction: (work) => database.transaction((connection) => work(counted(connection))),
    },
    read: () => read,
    asked,
  };
}

/** The run of the 24 hours up to 5 o'clock; gives what it reads to learn what is usual. */
async function counted(n: number, current = '24h'): Promise<Counting> {
  const input = { model, asOf: at(n, 5), current };
  await test.activities.attachActuals({ model, asOf: input.asOf });
  await test.activities.profileHours(input);
  const counts = counting(test.database);
  await activitiesOn(counts.database).calibrateDrift(input);
  return counts;
}

/** Gives how many profiles it reads. */
async function run(n: number, current?: string): Promise<number> {
  return (await counted(n, current)).read();
}

async function calibrations(): Promise<ReadonlyMap<string, ColumnCalibration>> {
  const rows = await test.database.query<{ name: string; content: ColumnCalibration }>(
    `select concat_ws(' ', before, column_name) as name, content from calibrations order by before, column_name`,
  );
  return new Map(rows.map(({ name, content }) => [name, content]));
}

/** The same, where all of it is learned anew of all hours. */
async function learnedAnew(n: number, current?: string): Promise<ReadonlyMap<string, ColumnCalibration>> {
  await test.database.execute('delete from calibrations');
  await run(n, current);
  return calibrations();
}

/** Sums of other hours are rounded otherwise. */
const nearly = (value: unknown): unknown => {
  if (typeof value === 'number') return expect.closeTo(value, 9);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, nearly(one)]));
};

const kept = () =>
  test.database.query<{ windows: number }>(
    `select distinct coalesce(jsonb_array_length(past_windows -> 'windows'), 0) as windows
     from calibrations where before = (select max(before) from calibrations)`,
  );

describe('calibrateDrift, every hour', () => {
  it(
    'looks only at the windows that have come since, however many there were before',
    { timeout: 120_000 },
    async () => {
      await load(test.database, model, { from: 1, to: 108 });
      const first = await run(75);
      const next = await run(76);
      expect(await kept()).toEqual([{ windows: 1 }]);
      // Of 4 columns: a window and the eight before it, and the ten days of the reference. Before: every hour up to day 74.
      expect(next).toBe(4 * (9 * 24 + 10));
      expect(first).toBe(4 * (73 * 24 + 5 + 10));
      await run(105);
      expect(await run(106)).toBe(next);
      expect(await run(106)).toBe(0);
    },
  );

  it('asks of a column only for its profiles, and for all else once', async () => {
    await load(test.database, model, { from: 1, to: 32 });
    await run(27);
    const ofFour = await counted(28);
    await watch(test.database, { ...monitor, features: { x: { kind: 'continuous' } } });
    await run(29);
    const ofThree = await counted(30);
    expect(ofThree.read()).toBeLessThan(ofFour.read());
    expect(ofThree.asked).toHaveLength(ofFour.asked.length);
  });

  it.each([
    ['windows of 24h', '24h', undefined],
    ['windows of 6h', '6h', undefined],
    ['windows of 24h beside the weeks before', '24h', { kind: 'seasonal', weeks: 2 }],
  ] as const)('learns of %s what it learns from all hours', async (_, current, reference) => {
    if (reference !== undefined) await watch(test.database, { model, reference, current: '7d' });
    await load(test.database, model, { from: 1, to: 48 });
    for (const n of [44, 45, 47]) await run(n, current);
    const learned = [...(await calibrations())].slice(-4);
    expect([...(await learnedAnew(47, current))]).toEqual(
      learned.map(([name, content]) => [name, nearly(content)]),
    );
    expect(learned.every(([, { recent }]) => 'lookback' in recent)).toBe(true);
  });

  it.each([
    ['a past window', 25],
    ['the reference', 5],
  ])('looks again at what rows that come late into %s are a part of', async (_, late) => {
    await load(test.database, model, { from: 1, to: 32 });
    for (const n of [28, 29]) await run(n);
    const [row] = predictionsOf({ from: late, to: late + 1 });
    await openClient({ database: test.database }).logPredictions(
      model,
      Array.from({ length: 40 }, (_, i) => ({ ...row!, entity: `late ${i}`, features: { x: 9, c: 'z' } })),
    );
    await run(30);
    const learned = [...(await calibrations())].slice(-4);
    expect([...(await learnedAnew(30))]).toEqual(learned.map(([name, content]) => [name, nearly(content)]));
  });

  it('keeps what features were when only actuals come late', async () => {
    await load(test.database, model, { from: 1, to: 32 });
    for (const n of [28, 29]) await run(n);
    await test.database.execute(
      'update actuals set value = value + 1 where event_time >= $1 and event_time < $2',
      [at(25), at(26)],
    );
    await run(30);
    const rows = await test.database.query<{ name: string; windows: number }>(
      `select column_name as name, jsonb_array_length(past_windows -> 'windows') as windows
       from calibrations where before = (select max(before) from calibrations) order by name`,
    );
    expect(rows.filter(({ windows }) => windows === 1).map(({ name }) => name)).toEqual([
      'c',
      'prediction',
      'x',
    ]);
    expect(rows.find(({ name }) => name === 'actual')!.windows).toBeGreaterThan(5);
  });

  it('keeps nothing where profiles are missing that another run has dropped', async () => {
    await load(test.database, model, { from: 1, to: 32 });
    await run(28);
    await test.database.execute('delete from profiled_hours where hour = $1', [at(27, 12)]);
    await activitiesOn(test.database).calibrateDrift({ model, asOf: at(29, 5), current: '24h' });
    expect(await kept()).toEqual([{ windows: 0 }]);
  });

  it('learns anew what was told by another method, or by code that keeps nothing', async () => {
    await load(test.database, model, { from: 1, to: 32 });
    const all = await run(28);
    await test.database.execute(
      `update calibrations set past_windows = case when column_name = 'x' then jsonb_set(past_windows, '{method}', '"jensen-shannon"') end`,
    );
    expect(await run(29)).toBeGreaterThan(all);
  });
});

describe('an hour after the other', () => {
  it('profiles one hour, of the last 24; of whole days none until the day is over, and then all of it', async () => {
    await load(test.database, model, { from: 1, to: 20 });
    const profiled = async (n: number, hour: number, current: string): Promise<number> => {
      const input = { model, asOf: at(n, hour), current };
      await test.activities.attachActuals({ model, asOf: input.asOf });
      return (await test.activities.profileHours(input)).hoursProfiled;
    };
    await profiled(15, 5, '24h');
    expect([await profiled(15, 6, '24h'), await profiled(15, 7, '24h')]).toEqual([1, 1]);
    await profiled(17, 0, '1d');
    expect([await profiled(17, 1, '1d'), await profiled(17, 23, '1d')]).toEqual([0, 0]);
    expect([await profiled(18, 0, '1d'), await profiled(18, 1, '1d')]).toEqual([24, 0]);
  });
});
