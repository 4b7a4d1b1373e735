/** The statements that roll up profiles: those of hours to the sums of their days, those to the sums of their weeks. */

import type { RollUp, RollUpLevel } from '../../core/storage/roll-up.ts';
import type { Queryable } from '../../sql/database.ts';
import { toTimestamp } from '../../sql/database.ts';
import type { ProfileRow } from '../profiles/store.ts';

interface LevelTables {
  /** What goes, and the column of its time. */
  readonly from: 'profiles' | 'profile_days';
  readonly at: 'hour' | 'day';
  /** Of what it is summed to. */
  readonly length: '24 hours' | '168 hours';
  readonly days: number;
  /** Of the table that goes, for a column in a segment. */
  readonly pieces: number;
  /** One row for each piece of a span whose sum is known. */
  readonly known: string;
  /** Is everything of a span profiled, and rolled up to pieces? */
  readonly whole: string;
}

/** In their order: weeks are of days that are rolled up. */
export const levelTables = {
  day: {
    from: 'profiles',
    at: 'hour',
    length: '24 hours',
    days: 1,
    pieces: 24,
    known: `select true as is_known from profile_days sum
      where sum.model = $1 and sum.reference_id = $2 and sum.segment = part and sum.day = span.since
        and sum.column_name = piece.column_name`,
    whole: 'true',
  },
  week: {
    from: 'profile_days',
    at: 'day',
    length: '168 hours',
    days: 7,
    pieces: 7,
    known: `select true as is_known from rolled_up_days rolled
      where rolled.model = $1 and rolled.reference_id = $2 and rolled.day = piece.day`,
    whole: `168 = (
        select count(*) from profiled_hours done
        where done.model = $1 and done.reference_id = $2 and done.segment = ''
          and done.hour >= span.since and done.hour < span.since + interval '168 hours')
      and not exists (
        select from unnest($3::text[]) as one
        cross join lateral (
          select from profiles left_over
          where left_over.model = $1 and left_over.reference_id = $2 and left_over.segment = one
            and left_over.hour >= span.since and left_over.hour < span.since + interval '168 hours'
          limit 1) as hourly)`,
  },
} as const satisfies Readonly<Record<RollUpLevel, LevelTables>>;

/** A reference that profiles are made on, and before when what it has goes. */
interface RolledReference extends Record<string, unknown> {
  readonly id: string;
  readonly columns: number;
  readonly before: number;
}

/** The references of a model, and before which day their profiles go. */
export function listRolledReferences(
  connection: Queryable,
  model: string,
  { before, supersededBefore }: Pick<RollUp, 'before' | 'supersededBefore'>,
): Promise<RolledReference[]> {
  return connection.query<RolledReference>(
    `select reference_id as id, (select count(*) from jsonb_object_keys(grids)) as columns,
       case when kind = 'rolling' and window_end < $3 then greatest($2::timestamptz, $3) else $2::timestamptz end as before
     from model_references where model = $1 order by window_start nulls first, reference_id`,
    [model, toTimestamp(before), toTimestamp(supersededBefore)],
  );
}

/** The days before an instant that have hourly profiles, or the weeks that have sums of days, in order: a step into the index for each. */
export async function listSpans(
  connection: Queryable,
  level: RollUpLevel,
  model: string,
  { id, before }: Pick<RolledReference, 'id' | 'before'>,
): Promise<number[]> {
  const { from, at, length } = levelTables[level];
  const next = (after: string): string => `(
    select date_trunc('${level}', ${at}, 'UTC') from ${from}
    where model = $1 and reference_id = $2 and segment = '' and ${at} < $3 ${after} order by ${at} limit 1)`;
  const rows = await connection.query<{ since: number }>(
    `with recursive found (since) as (
       select ${next('')}
       union all
       select ${next(`and ${at} >= found.since + interval '${length}'`)} from found where found.since is not null
     )
     select since from found where since is not null order by since`,
    [model, id, toTimestamp(before)],
  );
  return rows.map(({ since }) => since);
}

/** The segments that a reference has sums of days of, the one of all rows with them: a step into the index for each. */
export async function listSummedSegments(
  connection: Queryable,
  model: string,
  referenceId: string,
): Promise<string[]> {
  const rows = await connection.query<{ segment: string }>(
    `with recursive found (segment) as (
       select ''
       union all
       select (
         select segment from profile_days where model = $1 and reference_id = $2 and segment > found.segment
         order by segment limit 1) from found where found.segment is not null
     )
     select segment from found where segment is not null`,
    [model, referenceId],
  );
  return rows.map(({ segment }) => segment);
}

/** Days, or weeks, of a reference. */
export interface Spans {
  readonly level: RollUpLevel;
  readonly model: string;
  readonly referenceId: string;
  readonly segments: readonly string[];
  /** When they begin. */
  readonly spans: readonly number[];
}

const parametersOf = ({ model, referenceId, segments, spans }: Spans): unknown[] => [
  model,
  referenceId,
  segments,
  spans.map(toTimestamp),
];

/** What of these spans goes. */
const piecesOf = ({ from, at, length }: LevelTables): string =>
  `unnest($4::timestamptz[]) as span (since) cross join unnest($3::text[]) as part
  join ${from} piece on piece.model = $1 and piece.reference_id = $2 and piece.segment = part
    and piece.${at} >= span.since and piece.${at} < span.since + interval '${length}'`;

interface SpanToRollUp extends Record<string, unknown> {
  readonly since: number;
  readonly rows: number;
  /** Of the contents of what goes. */
  readonly bytes: number;
}

/** Those of these spans of which everything is profiled and nothing has changed since; every hourly profile is in a sum, every day of a week rolled up. */
export function listComplete(connection: Queryable, of: Spans): Promise<SpanToRollUp[]> {
  const tables = levelTables[of.level];
  return connection.query<SpanToRollUp>(
    `select span.since, count(*) as rows, sum(octet_length(piece.content)) as bytes
     from ${piecesOf(tables)}
     -- With a limit it is a step into the index for each; without one, all sums there are might be read.
     left join lateral (${tables.known} limit 1) as summed on true
     where not exists (
       select from dirty_windows mark
       where mark.model = $1 and mark.stage in ('outcomes', 'profiles', 'actual-profiles')
         and mark.window_start < span.since + interval '${tables.length}' and mark.window_end > span.since)
       and ${tables.whole}
     group by span.since
     having bool_and(is_known is not null)
     order by span.since`,
    parametersOf(of),
  );
}

/** The sums of the days of weeks, those that make one sum of a week next to each other and in the order of time. */
export function readDaySums(connection: Queryable, of: Spans): Promise<ProfileRow[]> {
  return connection.query<ProfileRow & Record<string, unknown>>(
    `select piece.segment, span.since, piece.column_name as "column", piece.content
     from ${piecesOf(levelTables.week)}
     order by piece.segment, span.since, piece.column_name, piece.day`,
    parametersOf(of),
  );
}

/** Says of spans that only their sums are there, and deletes what these are of. Call it under the profile lock. */
export async function rollUp(connection: Queryable, of: Spans): Promise<number> {
  const { level, model, referenceId, spans } = of;
  const tables = levelTables[level];
  // The trigger on sums of days leaves those alone whose week is marked.
  await connection.execute(
    `insert into rolled_up_days as marked (model, reference_id, day, summed_by)
     select $1, $2, since + number * interval '24 hours', $4
     from unnest($3::timestamptz[]) as since cross join generate_series(0, $5 - 1) as number
     on conflict (model, reference_id, day) do update set summed_by = excluded.summed_by where marked.summed_by = 'day'`,
    [model, referenceId, spans.map(toTimestamp), level, tables.days],
  );
  return connection.execute(
    `delete from ${tables.from} where model = $1 and ctid = any (array(select piece.ctid from ${piecesOf(tables)}))`,
    parametersOf(of),
  );
}
