/** Reads rows to profile, and stores profiles. */

import { floorToHour, type Window } from '../../core/window.ts';
import { readVectors } from '../../sql/binary-rows.ts';
import type { Queryable } from '../../sql/database.ts';
import { toTimestamp } from '../../sql/database.ts';
import { textSql } from '../../sql/table-types.ts';
import type { PredictionRow } from './columns.ts';

/** How many serving predictions a window has, and how many of these stay in their source. */
export async function countServingRows(
  connection: Queryable,
  model: string,
  window: Window,
): Promise<{ rows: number; placed: number }> {
  const [counted] = await connection.query<{ rows: number; placed: number }>(
    `select count(*) as rows, count(source_key) as placed from predictions
     where model = $1 and event_time >= $2 and event_time < $3 and role = 'serving'`,
    [model, toTimestamp(window.start), toTimestamp(window.end)],
  );
  return counted!;
}

export interface ActualRow extends Pick<PredictionRow, 'features'> {
  readonly hour: number;
  readonly actual: number | string;
}

/** Gives the actuals of the serving outcomes of a window to `take` in the order of time, with the features that segments are made of. */
export async function readActuals(
  connection: Queryable,
  model: string,
  window: Window,
  segments: readonly string[],
  take: (row: ActualRow) => void,
): Promise<void> {
  const within = (table: 'outcomes' | 'predictions'): string =>
    `${table}.model = ${textSql(model)} and ${table}.event_time >= ${textSql(toTimestamp(window.start))}
       and ${table}.event_time < ${textSql(toTimestamp(window.end))}`;
  // Wide rows are read only for the sake of segments.
  const [features, joined] =
    segments.length === 0
      ? ['null::text', '']
      : [
          'predictions.features::text',
          `join predictions on ${within('predictions')} and predictions.event_time = outcomes.event_time
             and predictions.prediction_id = outcomes.prediction_id`,
        ];
  // Before the first analyze of freshly loaded partitions the planner expects few rows: a nested loop of 43,000 took minutes.
  if (segments.length > 0)
    await connection.execute('set local enable_nestloop = off; set local enable_mergejoin = off');
  await readVectors(
    connection,
    `select outcomes.event_time, actual, actual_class, ${features}
     from outcomes ${joined}
     where ${within('outcomes')} and outcomes.role = 'serving'
     order by outcomes.event_time, outcomes.prediction_id`,
    ['instant', 'number', 'text', 'text'],
    ({ rows, columns: [times, numbers, classes, texts] }) => {
      for (let row = 0; row < rows; row += 1) {
        const text = texts![row];
        take({
          hour: floorToHour(Number(times![row])),
          actual: (classes![row] ?? numbers![row]) as number | string,
          features: typeof text === 'string' ? (JSON.parse(text) as PredictionRow['features']) : {},
        });
      }
    },
  );
}

/** When the first serving prediction of a model is about; undefined where there is none. */
export async function findFirstPrediction(connection: Queryable, model: string): Promise<number | undefined> {
  const [row] = await connection.query<{ first: number | null }>(
    `select min(event_time) as first from predictions where model = $1 and role = 'serving'`,
    [model],
  );
  return row?.first ?? undefined;
}

/**
 * Drops the profiles of hours whose rows changed, of every reference, and the marks that said so. What needs them
 * profiles them again. Call it under the profile lock.
 */
export async function dropDirtyProfiles(connection: Queryable, model: string): Promise<void> {
  // What was computed of removed rows stays.
  const marks = `select window_start from dirty_windows mark where model = $1 and generation = any($2) and not exists (
    select from removed_ranges removed
    where removed.model = $1 and mark.window_start >= removed.window_start and mark.window_start < removed.window_end)`;
  for (const stage of ['profiles', 'actual-profiles']) {
    const rows = await connection.query<{ generation: number }>(
      'select generation from dirty_windows where model = $1 and stage = $2',
      [model, stage],
    );
    if (rows.length === 0) continue;
    const values = [model, rows.map((row) => row.generation)];
    const columns = stage === 'profiles' ? '' : ` and column_name = 'actual'`;
    await connection.execute(
      `delete from profiles where model = $1 and hour in (${marks})${columns}`,
      values,
    );
    await connection.execute(
      `delete from profile_days
       where model = $1 and day in (select date_trunc('day', window_start, 'UTC') from (${marks}) as mark)${columns}`,
      values,
    );
    const [marked] = await connection.query<{ first: number | null }>(
      `select min(window_start) as first from (${marks}) as mark`,
      values,
    );
    // Given as a value, the planner sees that most are older.
    if (marked !== undefined && marked.first !== null)
      await connection.execute(`delete from calibrations where model = $1 and before > $2${columns}`, [
        model,
        toTimestamp(marked.first),
      ]);
    await connection.execute(
      `delete from profile_weeks
       where model = $1 and week in (select date_trunc('week', window_start, 'UTC') from (${marks}) as mark)${columns}
         and not exists (
           select from removed_ranges removed
           where removed.model = $1 and removed.window_start < week + interval '168 hours' and removed.window_end > week)`,
      values,
    );
    if (stage === 'profiles') {
      await connection.execute(`delete from column_groups where model = $1 and hour in (${marks})`, values);
      // Where rows of other days of a rolled-up week are removed, its sum stays as well, and all that is known of its hours.
      await connection.execute(
        `delete from profiled_hours done
         where model = $1 and hour in (${marks}) and not exists (
           select from rolled_up_days rolled
           join removed_ranges removed on removed.model = $1
             and removed.window_start < date_trunc('week', rolled.day, 'UTC') + interval '168 hours'
             and removed.window_end > date_trunc('week', rolled.day, 'UTC')
           where rolled.model = $1 and rolled.reference_id = done.reference_id
             and rolled.day = date_trunc('day', done.hour, 'UTC') and rolled.summed_by = 'week')`,
        values,
      );
    }
    await connection.execute(
      `update model_references set merged_profiles = null
       where model = $1 and merged_profiles is not null
         and exists (${marks} and mark.window_start >= model_references.window_start and mark.window_start < model_references.window_end)`,
      values,
    );
    await connection.execute(`delete from dirty_windows where model = $1 and generation = any($2)`, values);
  }
}

/** The hours of windows that have no profile of this reference yet, and those whose actuals have none; the sum of a rolled-up day or week counts for its hours. */
export async function findUnprofiledHours(
  connection: Queryable,
  model: string,
  referenceId: string,
  hours: readonly number[],
): Promise<{ predictions: number[]; actuals: number[] }> {
  const rows = await connection.query<{ hour: number; profiled: boolean }>(
    `select wanted.hour, done.hour is not null as profiled
     from unnest($3::timestamptz[]) as wanted (hour)
     left join profiled_hours done
       on done.model = $1 and done.reference_id = $2 and done.segment = '' and done.hour = wanted.hour
     where done.hour is null or not exists (
       select from profiles
       where model = $1 and reference_id = $2 and segment = '' and profiles.hour = wanted.hour and column_name = 'actual'
     ) and not exists (
       select from rolled_up_days rolled
       where rolled.model = $1 and rolled.reference_id = $2 and rolled.day = date_trunc('day', wanted.hour, 'UTC')
         and (exists (
           select from profile_days sum
           where sum.model = $1 and sum.reference_id = $2 and sum.segment = '' and sum.day = rolled.day
             and sum.column_name = 'actual'
         ) or exists (
           select from profile_weeks sum
           where sum.model = $1 and sum.reference_id = $2 and sum.segment = '' and sum.week = date_trunc('week', rolled.day, 'UTC')
             and sum.column_name = 'actual')))
     order by wanted.hour`,
    [model, referenceId, hours.map(toTimestamp)],
  );
  return {
    predictions: rows.filter((row) => !row.profiled).map((row) => row.hour),
    actuals: rows.map((row) => row.hour),
  };
}

/** The profile of a column, in a segment, of the hour, the day or the week that begins at an instant. */
export interface ProfileRow {
  readonly segment: string;
  readonly since: number;
  readonly column: string;
  readonly content: Uint8Array;
}

const profileTables = { hour: 'profiles', day: 'profile_days', week: 'profile_weeks' } as const;

export async function storeProfiles(
  connection: Queryable,
  of: keyof typeof profileTables,
  model: string,
  referenceId: string,
  profiles: readonly ProfileRow[],
): Promise<void> {
  await connection.execute(
    `insert into ${profileTables[of]} (model, reference_id, segment, ${of}, column_name, content)
     select $1, $2, segment, since, column_name, content
     from unnest($3::text[], $4::timestamptz[], $5::text[], $6::bytea[]) as profile (segment, since, column_name, content)
     on conflict (model, reference_id, segment, ${of}, column_name) do update set content = excluded.content`,
    [
      model,
      referenceId,
      profiles.map((profile) => profile.segment),
      profiles.map((profile) => toTimestamp(profile.since)),
      profiles.map((profile) => profile.column),
      profiles.map((profile) => Buffer.from(profile.content)),
    ],
  );
}

export interface ProfiledHour {
  readonly segment: string;
  readonly hour: number;
  readonly rows: number;
  readonly outOfDistribution: number;
  /** Rows that repeat another one; null in a segment. */
  readonly repeats: number | null;
}

export async function storeProfiledHours(
  connection: Queryable,
  model: string,
  referenceId: string,
  hours: readonly ProfiledHour[],
): Promise<void> {
  await connection.execute(
    `insert into profiled_hours (model, reference_id, segment, hour, row_count, out_of_distribution_count, repeat_count)
     select $1, $2, segment, hour, row_count, out_of_distribution_count, repeat_count
     from unnest($3::text[], $4::timestamptz[], $5::integer[], $6::integer[], $7::integer[])
       as done (segment, hour, row_count, out_of_distribution_count, repeat_count)
     on conflict (model, reference_id, segment, hour) do update
     set row_count = excluded.row_count, out_of_distribution_count = excluded.out_of_distribution_count,
       repeat_count = excluded.repeat_count`,
    [
      model,
      referenceId,
      hours.map(({ segment }) => segment),
      hours.map(({ hour }) => toTimestamp(hour)),
      hours.map(({ rows }) => rows),
      hours.map(({ outOfDistribution }) => outOfDistribution),
      hours.map(({ repeats }) => repeats),
    ],
  );
}

/** The first hour that is profiled; undefined where none is. */
export async function findFirstProfiled(
  connection: Queryable,
  model: string,
  referenceId: string,
  segment: string,
): Promise<number | undefined> {
  const [row] = await connection.query<{ first: number | null }>(
    'select min(hour) as first from profiled_hours where model = $1 and reference_id = $2 and segment = $3',
    [model, referenceId, segment],
  );
  return row?.first ?? undefined;
}

/** The segments that have rows in a window, without the one of all rows. */
export async function findSegments(
  connection: Queryable,
  model: string,
  referenceId: string,
  window: Window,
): Promise<string[]> {
  const rows = await connection.query<{ segment: string }>(
    `select distinct segment from profiled_hours
     where model = $1 and reference_id = $2 and segment <> '' and hour >= $3 and hour < $4 order by segment`,
    [model, referenceId, toTimestamp(window.start), toTimestamp(window.end)],
  );
  return rows.map(({ segment }) => segment);
}

export interface HourRows {
  readonly hour: number;
  readonly rows: number;
  /** Rows with any feature out of distribution. */
  readonly outOfDistribution: number;
}

/** The serving rows of a profiled window, and how many of them repeat another one; undefined where not every hour tells. */
export async function sumRepeats(
  connection: Queryable,
  model: string,
  referenceId: string,
  window: Window,
): Promise<{ rows: number; repeats: number } | undefined> {
  const [sums] = await connection.query<{ rows: number; repeats: number; unknown: number }>(
    `select coalesce(sum(row_count), 0) as rows, coalesce(sum(repeat_count), 0) as repeats,
       count(*) filter (where repeat_count is null) as unknown
     from profiled_hours
     where model = $1 and reference_id = $2 and segment = '' and hour >= $3 and hour < $4`,
    [model, referenceId, toTimestamp(window.start), toTimestamp(window.end)],
  );
  return sums === undefined || sums.unknown > 0 ? undefined : { rows: sums.rows, repeats: sums.repeats };
}

/** The serving rows of each profiled hour of a window. */
export async function readProfiledHours(
  connection: Queryable,
  model: string,
  referenceId: string,
  segment: string,
  window: Window,
): Promise<HourRows[]> {
  return connection.query<HourRows & Record<string, unknown>>(
    `select hour, row_count as rows, out_of_distribution_count as "outOfDistribution"
     from profiled_hours
     where model = $1 and reference_id = $2 and segment = $3 and hour >= $4 and hour < $5
     order by hour`,
    [model, referenceId, segment, toTimestamp(window.start), toTimestamp(window.end)],
  );
}
