/** Every statement that reads rows over time looks only into the partitions of its hours, by an index, however long the history is. */

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import {
  attachPairs,
  countActuals,
  countServing,
  countUnmatched,
  deleteOutcomes,
  findNewest as findNewestStored,
  prepareToJoin,
} from '../../activities/actuals/store.ts';
import { actualsSamples } from '../../activities/metrics/actuals-metrics.ts';
import { countPredictions, readOutcomes } from '../../activities/performance/serving-rows.ts';
import { readSummaries } from '../../activities/performance/summary-store.ts';
import { makesUpThePast } from '../../activities/processes/watermarks.ts';
import { countRepeats } from '../../activities/feature-rows/repeats.ts';
import { scanRows } from '../../activities/feature-rows/scan-rows.ts';
import { predictionColumns } from '../../activities/profiles/columns.ts';
import {
  listComplete,
  listSpans,
  listSummedSegments,
  readDaySums,
  rollUp,
} from '../../activities/storage/roll-up-store.ts';
import type { CalibrationRequest } from '../../activities/drift/calibration-request.ts';
import { findCalibrations } from '../../activities/drift/calibrations.ts';
import { readPastWindows } from '../../activities/drift/kept-windows.ts';
import {
  countServingRows,
  dropDirtyProfiles,
  findFirstPrediction,
  readActuals,
} from '../../activities/profiles/store.ts';
import {
  findLateness,
  findNewFeatures,
  findNewest,
  readActualBatches,
} from '../../activities/quality/rows.ts';
import { monitorSchema } from '../../core/monitor/schema.ts';
import { rollUpLevels } from '../../core/storage/roll-up.ts';
import { dayMs, floorToWeek, hourMs, weekMs } from '../../core/window.ts';
import { readProfiles } from '../../sql/read-profiles.ts';
import type { Queryable } from '../../sql/database.ts';
import { until } from '../../demo/stack/until.ts';
import type { Explained } from '../setup/explained.ts';
import { explaining } from '../setup/explained.ts';
import type { TestDatabase } from '../setup/servers.ts';
import { createTestDatabase } from '../setup/servers.ts';
import { syntheticMonitor } from '../setup/synthetic.ts';

const end = Date.parse('2024-01-01T00:00:00Z');
const monitor = monitorSchema.parse({ ...syntheticMonitor, model: 'm0', segments: ['c'] });
const hour = { start: end - 10 * dayMs, end: end - 10 * dayMs + hourMs };

/** A history of so many months up to 2024: four models, little in old months, 20,000 rows of each table in the newest. */
async function history(months: number): Promise<TestDatabase> {
  const test = await createTestDatabase();
  const { database } = test;
  const from = `timestamptz '2024-01-01Z' - interval '${months} months'`;
  await database.query(`select ensure_partitions(${from}, '2023-12-31')`);
  await database.execute(`
    set session_replication_role = replica;
    create temporary table made as
    select 'm' || model as model, 'e' || i as entity, at + i * span as event_time
    from generate_series(${from}, '2023-12-01', interval '1 month') as at,
      lateral (select case when at = '2023-12-01' then 5000 else 250 end as rows) as size,
      lateral (select interval '31 days' / rows * 0.9 as span) as step,
      generate_series(0, 3) as model, generate_series(1, rows) as i;
    insert into predictions (model, version, entity, event_time, issued_at, features, prediction, inserted_at)
    select model, '1', entity, event_time, event_time, '{"x": 1, "c": "a"}', 1, event_time from made order by event_time;
    insert into actuals (model, entity, event_time, value, recorded_at, inserted_at)
    select model, entity, event_time, 1, event_time, event_time from made order by event_time;
    insert into outcomes (model, event_time, prediction_id, version, role, prediction, actual, recorded_at)
    select model, event_time, prediction_id, version, role, prediction, 1, event_time from predictions order by event_time;
    insert into outcome_summaries (model, hour, version, prediction_count, outcome_count, content, settings_hash)
    select distinct model, date_trunc('hour', event_time), '1', 7, 7, '\\x00'::bytea, 's' from predictions;
    insert into model_references (model, reference_id, kind, grids, row_count, built_at)
    select 'm' || i, 'r', 'rolling', '{}', 1, now() from generate_series(0, 3) as i;
    insert into profiles (model, reference_id, hour, column_name, content)
    select distinct model, 'r', date_trunc('hour', event_time), 'x', '\\x00'::bytea from predictions;
    insert into profile_days (model, reference_id, day, column_name, content)
    select distinct model, 'r', date_trunc('day', hour), 'x', '\\x00'::bytea from profiles;
    insert into profile_weeks (model, reference_id, week, column_name, content)
    select distinct model, 'r', date_trunc('week', day), 'x', '\\x00'::bytea from profile_days;
    insert into profiled_hours (model, reference_id, hour, row_count, out_of_distribution_count)
    select model, 'r', hour, 1, 0 from profiles;
    insert into calibrations (model, reference_id, column_name, window_length, before, content)
    select model, 'r', learned, '24 hours', hour, '{"method": "wasserstein"}'
    from profiles, unnest(array['x', 'prediction', 'actual']) as learned;
    drop table made;
    set session_replication_role = origin`);
  const isSeen = await until(async () => {
    await database.execute('vacuum analyze');
    return (await countHalfSeen(test)) === 0;
  }, 60_000);
  expect(isSeen).toBe(true);
  return test;
}

/** Tables with pages that an index alone cannot answer for: vacuum leaves them while autovacuum looks at the database. */
async function countHalfSeen({ database }: TestDatabase): Promise<number> {
  const [row] = await database.query<{ tables: number }>(
    `select count(*) as tables from pg_class
     where relkind = 'r' and relname ~ '^(predictions|actuals|outcomes)_' and relallvisible < relpages`,
  );
  return row!.tables;
}

let short: TestDatabase;
let long: TestDatabase;
beforeAll(async () => {
  [short, long] = [await history(6), await history(36)];
}, 120_000);
afterAll(() => Promise.all([short.drop(), long.drop()]));

/** The plans of what a function sends, in a transaction that is taken back. */
async function plansOf(
  test: TestDatabase,
  work: (connection: Queryable) => Promise<unknown>,
): Promise<readonly Explained[]> {
  const seen: Explained[] = [];
  const takenBack = new Error('taken back');
  await test.database
    .transaction(async (held) => {
      const { connection, plans } = explaining(held);
      await work(connection);
      seen.push(...plans);
      throw takenBack;
    })
    .catch((error: unknown) => {
      if (error !== takenBack) throw error;
    });
  return seen;
}

const isPartition = ({ relation }: { readonly relation: string }): boolean =>
  /^(predictions|actuals|outcomes)_/.test(relation);

const all = async (rows: AsyncIterable<unknown>): Promise<void> => {
  for await (const batch of rows) void batch;
};

const ofAnHour: readonly (readonly [string, (connection: Queryable) => Promise<unknown>])[] = [
  [
    'attaching actuals',
    async (connection) => {
      await prepareToJoin(connection);
      await deleteOutcomes(connection, 'm0', hour);
      await attachPairs(connection, 'm0', hour);
      await countUnmatched(connection, 'm0', hour);
    },
  ],
  ['coverage', (connection) => countServing(connection, 'm0', hour)],
  ['counting actuals', (connection) => countActuals(connection, 'm0', hour)],
  [
    'the profile of an hour',
    (connection) => scanRows(connection, monitor, hour, predictionColumns(monitor), () => undefined),
  ],
  ['the size of a reference', (connection) => countServingRows(connection, 'm0', hour)],
  [
    'the profile of the actuals of an hour',
    (connection) => readActuals(connection, 'm0', hour, [], () => undefined),
  ],
  ['the same by segment', (connection) => readActuals(connection, 'm0', hour, ['c'], () => undefined)],
  ['predictions of an hour', (connection) => countPredictions(connection, monitor, hour)],
  ['outcomes of an hour', (connection) => readOutcomes(connection, monitor, hour, () => undefined)],
  ['rows that repeat', (connection) => countRepeats(connection, monitor, hour)],
  ['new features', (connection) => findNewFeatures(connection, 'm0', hour, [], null)],
  ['checks of actuals', (connection) => all(readActualBatches(connection, 'm0', hour))],
];

describe.each(ofAnHour)('%s', (_name, work) => {
  it('looks into the partition of the hour only, by an index', async () => {
    const plans = await plansOf(long, work);
    const scans = plans.flatMap((plan) => plan.scans).filter(isPartition);
    expect(scans.length).toBeGreaterThan(0);
    expect(scans.filter(({ relation }) => !relation.endsWith('_2023_12'))).toEqual([]);
    expect(scans.filter(({ by }) => !/^(Index|Bitmap)/.test(by))).toEqual([]);
  });

  it('reads as many pages after three years as after half a year', async () => {
    const [few, many] = await Promise.all([short, long].map((test) => plansOf(test, work)));
    const pages = (plans: readonly Explained[]): number => plans.reduce((sum, plan) => sum + plan.pages, 0);
    expect(pages(many!)).toBeLessThanOrEqual(pages(few!) * 1.1 + 2);
  });
});

// Which partition holds it is not known before.
const firstAndNewest: readonly (readonly [string, (connection: Queryable) => Promise<unknown>])[] = [
  ['the newest rows', (connection) => findNewestStored(connection, 'm0')],
  ['the newest rows that were known', (connection) => findNewest(connection, 'm0', end)],
  ['the first prediction', (connection) => findFirstPrediction(connection, 'm0')],
  ['how late actuals come', (connection) => findLateness(connection, 'm0', end)],
  ['gauges of actuals', (connection) => actualsSamples(connection, 'm0')],
  [
    'whether a run makes up the past',
    (connection) =>
      makesUpThePast(connection, { model: 'm0', process: 'drift-detection', asOf: end - 5 * dayMs }),
  ],
];

describe.each(firstAndNewest)('%s', (_name, work) => {
  it('takes one step into an index a partition at most', async () => {
    const [few, many] = await Promise.all([short, long].map((test) => plansOf(test, work)));
    const scans = many!.flatMap((plan) => plan.scans).filter(isPartition);
    expect(scans.filter(({ by }) => !/^(Index|Bitmap)/.test(by))).toEqual([]);
    for (const [index, plan] of many!.entries()) {
      // 2 tables, 30 partitions more: the root and a leaf of an index, and a row.
      expect(plan.pages - few![index]!.pages).toBeLessThanOrEqual(2 * 30 * 3);
    }
  });
});

it.each([
  ['stored profiles', (connection: Queryable) => readProfiles(connection, 'm0', 'r', '', hour)],
  [
    'stored profiles of weeks',
    (connection: Queryable) =>
      readProfiles(connection, 'm0', 'r', '', { start: end - 10 * dayMs, end }, 'weeks'),
  ],
  ['stored summaries', (connection: Queryable) => readSummaries(connection, 'm0', hour, 'all segments')],
])('%s are found by an index', async (_name, work) => {
  const [few, many] = await Promise.all([short, long].map((test) => plansOf(test, work)));
  expect(many!.flatMap((plan) => plan.scans).filter(({ by }) => by === 'Seq Scan')).toEqual([]);
  const pages = (plans: readonly Explained[]): number => plans.reduce((sum, plan) => sum + plan.pages, 0);
  // An index may have a level more.
  expect(pages(many!)).toBeLessThanOrEqual(pages(few!) + Math.max(4, many!.length));
});

describe('what is usual', () => {
  // The last 24 hours up to a past hour: past windows end whole days before.
  const request: CalibrationRequest = {
    monitor,
    reference: {
      id: 'r',
      window: { start: end - 60 * dayMs, end: end - 50 * dayMs },
      grids: new Map(),
      rowCount: 1,
      merged: {},
    },
    current: { start: hour.end - dayMs, end: hour.end },
    segment: '',
    methods: new Map([['x', 'wasserstein']]),
  };
  const ends = Array.from({ length: 182 }, (_, days) => request.current.start - days * dayMs);

  it.each([
    // An index may have a level more, at each of the past windows that are asked for.
    ['is found', 4, (connection: Queryable) => findCalibrations(connection, request)],
    [
      'of past windows is found',
      ends.length,
      (connection: Queryable) => readPastWindows(connection, request, ['x'], ends),
    ],
  ])('%s in as many pages after three years as after half a year', async (_name, levels, work) => {
    const [few, many] = await Promise.all([short, long].map((test) => plansOf(test, work)));
    const scans = many!.flatMap((plan) => plan.scans);
    expect(scans.length).toBeGreaterThan(0);
    expect(scans.filter(({ by }) => !/^(Index|Bitmap)/.test(by))).toEqual([]);
    const pages = (plans: readonly Explained[]): number => plans.reduce((sum, plan) => sum + plan.pages, 0);
    expect(pages(many!)).toBeLessThanOrEqual(pages(few!) + levels);
  });

  it('is dropped by the index of its time when the newest hour changes', async () => {
    const plans = await plansOf(long, async (connection) => {
      await connection.execute(
        `insert into dirty_windows (model, stage, window_start, window_end)
         select 'm0', stage, $1::timestamptz, $1::timestamptz + interval '1 hour' from unnest(array['profiles', 'actual-profiles']) as stage`,
        [new Date(end)],
      );
      await dropDirtyProfiles(connection, 'm0');
    });
    const scans = plans.flatMap((plan) => plan.scans).filter(({ relation }) => relation === 'calibrations');
    expect(scans.map(({ index }) => index)).toEqual(['calibrations_before', 'calibrations_before']);
  });
});

describe('rolling up profiles', () => {
  const since = {
    day: [10, 11].map((ago) => end - ago * dayMs),
    week: [10, 11].map((ago) => floorToWeek(end) - ago * weekMs),
  };

  it.each(
    rollUpLevels.flatMap((level) => [
      [
        level,
        'what there is to do',
        (connection: Queryable) => listSpans(connection, level, 'm0', { id: 'r', before: since[level][1]! }),
      ] as const,
      [level, 'segments', (connection: Queryable) => listSummedSegments(connection, 'm0', 'r')] as const,
      [
        level,
        'what goes',
        async (connection: Queryable) => {
          const of = { level, model: 'm0', referenceId: 'r', segments: [''], spans: since[level] };
          // Here no day is rolled up.
          expect(await listComplete(connection, of)).toHaveLength(level === 'day' ? 2 : 0);
          if (level === 'week') expect((await readDaySums(connection, of)).length).toBeGreaterThan(0);
          expect(await rollUp(connection, of)).toBeGreaterThan(0);
        },
      ] as const,
    ]),
  )('to the %s finds %s by an index', async (_level, _name, work) => {
    const scans = (await plansOf(long, work)).flatMap((plan) => plan.scans);
    const ofProfiles = scans.filter(({ relation }) => relation.startsWith('profile'));
    expect(ofProfiles.length).toBeGreaterThan(0);
    expect(ofProfiles.filter(({ by }) => !/^(Index|Bitmap|Tid)/.test(by))).toEqual([]);
  });
});

describe('removing rows', () => {
  it.each(['predictions', 'actuals', 'outcomes'])(
    'of %s looks into the partition of the range only, by an index',
    async (parent) => {
      const scansOf = (connection: Queryable): Promise<{ relation: string; all: number; whole: number }[]> =>
        connection.query(
          `select relname as relation, seq_scan as whole, seq_scan + idx_scan as all from pg_stat_xact_user_tables
           where relname ~ ('^' || $1) and relname <> $1 || '_default' order by relname`,
          [parent],
        );
      const scanned: { relation: string; whole: number }[] = [];
      const takenBack = new Error('taken back');
      await long.database
        .transaction(async (connection) => {
          // What this connection did before is counted as well.
          const before = await scansOf(connection);
          const [row] = await connection.query<{ removed: number }>(
            'select remove_rows($1, $2, $3, $4, 1000) as removed',
            [parent, 'm0', new Date(hour.start), new Date(hour.end + dayMs)],
          );
          expect(row!.removed).toBeGreaterThan(0);
          for (const [index, { relation, whole, all }] of (await scansOf(connection)).entries())
            if (all > before[index]!.all) scanned.push({ relation, whole: whole - before[index]!.whole });
          throw takenBack;
        })
        .catch((error: unknown) => {
          if (error !== takenBack) throw error;
        });
      expect(scanned).toEqual([{ relation: `${parent}_2023_12`, whole: 0 }]);
    },
  );
});
