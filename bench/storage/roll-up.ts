/**
 * How much room do the profiles of a model take by the hour, the day and the week, and what does it cost to add up a window of each?
 *
 *     npx tsx bench/storage/roll-up.ts [--features 20] [--rows 1000] [--weeks 4] [--repetitions 15] [--url postgres://...]
 *
 * `--rows` are those of an hour. Profiles of some whole weeks are made of made-up values as activities make them of rows, and stored, summed and
 * rolled up by what activities call; rows are not stored. A quarter of the features are of 12 categories, the others are continuous, with a
 * daily wave. Sizes are those of Postgres after `vacuum full`, indexes with them; those of a year are as many times larger as it is longer, which
 * holds because nothing but the number of profiles depends on the span. A window of all the weeks is read from each level by turns: at the
 * end hours and days are there again, and the weeks are of a reference of their own.
 */

import { rollUpProfiles, type RollUps } from '../../activities/storage/roll-up-profiles.ts';
import { sumDays } from '../../activities/profiles/days.ts';
import { insertReference } from '../../activities/profiles/reference-store.ts';
import { storeProfiledHours, storeProfiles } from '../../activities/profiles/store.ts';
import { encodeProfile, sumEncodedProfiles } from '../../core/profile/encode.ts';
import { buildCategoricalGrid, buildContinuousGrid, type ReferenceGrid } from '../../core/profile/grid.ts';
import { createAccumulator } from '../../core/profile/profile.ts';
import { dayMs, floorToDay, floorToWeek, hourMs, hoursOf, weekMs, type Window } from '../../core/window.ts';
import type { Database } from '../../sql/database.ts';
import { readProfiles } from '../../sql/read-profiles.ts';
import { readOptions } from '../options.ts';
import { withBenchDatabase } from '../performance/database.ts';

const { url, features, rows, weeks, repetitions } = readOptions({
  features: 20,
  rows: 1_000,
  weeks: 4,
  repetitions: 15,
  url: String,
});

const model = 'bench';
const id = 'reference';
/** Has weeks, and no days beside them. */
const idOfWeeks = 'weeks';
const start = floorToWeek(Date.parse('2026-01-07T00:00:00Z'));
const window: Window = { start, end: start + weeks * weekMs };
const categories = Array.from({ length: 12 }, (_, i) => `category ${i}`);

/** Uniform over [0, 1), the same in every run (mulberry32). */
let state = 1;
function uniform(): number {
  state = (state + 0x6d_2b_79_f5) | 0;
  let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
  mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
}

const isCategorical = (feature: number): boolean => feature % 4 === 3;

/** Near a normal distribution that moves with the time of the day; of categories the first is the most frequent. */
function valueOf(feature: number, hour: number): number | string {
  if (isCategorical(feature)) return categories[Math.floor(uniform() ** 2 * categories.length)]!;
  const wave = Math.sin((2 * Math.PI * (hour - floorToDay(hour))) / dayMs);
  return wave + uniform() + uniform() + uniform() - 1.5;
}

function gridOf(feature: number): ReferenceGrid {
  const values = Array.from({ length: 20_000 }, (_, i) => valueOf(feature, start + (i % 24) * hourMs));
  return isCategorical(feature)
    ? buildCategoricalGrid(values as string[])
    : buildContinuousGrid(Float64Array.from(values as number[]));
}

async function fill(database: Database, grids: ReadonlyMap<string, ReferenceGrid>): Promise<void> {
  for (const one of [id, idOfWeeks])
    await insertReference(
      database,
      model,
      { id: one, kind: 'fixed', window },
      { grids: Object.fromEntries(grids), rowCount: 1, sampledRows: null, builtAt: start },
    );
  for (let day = window.start; day < window.end; day += dayMs) {
    const ofDay = { start: day, end: day + dayMs };
    const profiles = hoursOf(ofDay).flatMap((hour) =>
      [...grids].map(([column, grid], feature) => {
        const accumulator = createAccumulator(grid);
        for (let row = 0; row < rows; row += 1) accumulator.add(valueOf(feature, hour));
        return { segment: '', since: hour, column, content: encodeProfile(accumulator.profile(), grid) };
      }),
    );
    await storeProfiles(database, 'hour', model, id, profiles);
    await storeProfiledHours(
      database,
      model,
      id,
      hoursOf(ofDay).map((hour) => ({ segment: '', hour, rows, outOfDistribution: 0, repeats: 0 })),
    );
    await sumDays(database, model, { id, grids }, ofDay);
  }
}

interface Size {
  readonly table: string;
  readonly profiles: number;
  readonly contents: number;
  readonly bytes: number;
}

async function sizeOf(database: Database, table: string): Promise<Size> {
  await database.execute(`vacuum full ${table}`);
  const [row] = await database.query<Omit<Size, 'table'> & Record<string, unknown>>(
    `select count(*) as profiles, coalesce(sum(octet_length(content)), 0) as contents, pg_total_relation_size('${table}') as bytes
     from ${table}`,
  );
  return { table, ...row! };
}

const levels = { profiles: 'hours', profile_days: 'days', profile_weeks: 'weeks' } as const;

/** Milliseconds to read and add up every column of the window from a level. */
async function readFrom(
  database: Database,
  grids: ReadonlyMap<string, ReferenceGrid>,
  by: 'hours' | 'days' | 'weeks',
): Promise<number> {
  const started = performance.now();
  const found = await readProfiles(database, model, by === 'weeks' ? idOfWeeks : id, '', window, by);
  for (const [column, grid] of grids)
    sumEncodedProfiles(
      grid,
      found.filter((one) => one.column === column).map(({ content }) => content),
    );
  return performance.now() - started;
}

function medianOf(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)]!;
}

await withBenchDatabase(url, async (database) => {
  const grids = new Map(Array.from({ length: features }, (_, feature) => [`f${feature}`, gridOf(feature)]));
  await fill(database, grids);
  const sizes = [await sizeOf(database, 'profiles'), await sizeOf(database, 'profile_days')];
  await database.execute(
    'create table kept_hours as table profiles; create table kept_days as table profile_days',
  );
  const everything = { before: window.end, supersededBefore: window.end, kept: [] };
  const rollUps: RollUps = { day: everything, week: everything };
  const run = { asOf: window.end, workflowId: 'bench', runId: 'bench' };
  const started = performance.now();
  await rollUpProfiles(database, model, rollUps, run, {
    heartbeat: () => undefined,
    cancelled: new AbortController().signal,
  });
  const rolledIn = (performance.now() - started) / 1_000;
  sizes.push(await sizeOf(database, 'profile_weeks'));
  await database.execute(
    `update profile_weeks set reference_id = '${idOfWeeks}'; insert into profiles select * from kept_hours;
     insert into profile_days select * from kept_days; analyze`,
  );

  const times = new Map(Object.values(levels).map((by) => [by, [] as number[]]));
  for (let n = -1; n < repetitions; n += 1)
    for (const [by, found] of times) {
      const ms = await readFrom(database, grids, by);
      // The first warms up.
      if (n >= 0) found.push(ms);
    }

  const years = (365 * dayMs) / (window.end - window.start);
  console.log(
    `${features} features, ${rows} rows an hour, ${weeks} weeks; rolled up in ${rolledIn.toFixed(1)} s`,
  );
  console.table(
    sizes.map(({ table, profiles, contents, bytes }) => ({
      kept: levels[table as keyof typeof levels],
      profiles,
      'bytes each': Math.round(contents / profiles),
      'MB, with indexes': Number((bytes / 1e6).toFixed(2)),
      'MB a year': Number(((bytes * years) / 1e6).toFixed(1)),
      'ms to add up the window': Number(
        medianOf(times.get(levels[table as keyof typeof levels])!).toFixed(1),
      ),
    })),
  );
});
