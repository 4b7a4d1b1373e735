/** The statements that roll up hourly profiles to the sums of their days. */

import type { RollUp } from '../../core/storage/roll-up.ts';
import type { Queryable } from '../../sql/database.ts';
import { toTimestamp } from '../../sql/database.ts';

/** A reference that profiles are made on, and which of its days go. */
interface RolledReference extends Record<string, unknown> {
  readonly id: string;
  readonly columns: number;
  readonly before: number;
}

/** The references of a model, and before which day their hourly profiles go. */
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

/** The days before an instant that have hourly profiles, in order: a step into the index for each. */
export async function listHourlyDays(
  connection: Queryable,
  model: string,
  { id, before }: Pick<RolledReference, 'id' | 'before'>,
): Promise<number[]> {
  const next = (after: string): string => `(
    select date_trunc('day', hour, 'UTC') from profiles
    where model = $1 and reference_id = $2 and segment = '' and hour < $3 ${after} order by hour limit 1)`;
  const rows = await connection.query<{ day: number }>(
    `with recursive found (day) as (
       select ${next('')}
       union all
       select ${next(`and hour >= found.day + interval '24 hours'`)} from found where found.day is not null
     )
     select day from found where day is not null order by day`,
    [model, id, toTimestamp(before)],
  );
  return rows.map(({ day }) => day);
}

/** The segments that a reference has sums of, the one of all rows with them: a step into the index for each. */
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

/** Days of a reference. */
export interface HourlyDays {
  readonly model: string;
  readonly referenceId: string;
  readonly segments: readonly string[];
  readonly days: readonly number[];
}

const parametersOf = ({ model, referenceId, segments, days }: HourlyDays): unknown[] => [
  model,
  referenceId,
  segments,
  days.map(toTimestamp),
];

/** The hourly profiles of these days. */
const hourly = `unnest($4::timestamptz[]) as days (day) cross join unnest($3::text[]) as part
  join profiles hourly on hourly.model = $1 and hourly.reference_id = $2 and hourly.segment = part
    and hourly.hour >= days.day and hourly.hour < days.day + interval '24 hours'`;

interface DayToRollUp extends Record<string, unknown> {
  readonly day: number;
  readonly rows: number;
  /** Of the contents of the hourly profiles. */
  readonly bytes: number;
}

/** Those of these days of which every hourly profile is in a sum, and nothing has changed that is not profiled yet. */
export function listCompleteDays(connection: Queryable, of: HourlyDays): Promise<DayToRollUp[]> {
  return connection.query<DayToRollUp>(
    `select days.day, count(*) as rows, sum(octet_length(hourly.content)) as bytes
     from ${hourly}
     -- With a limit it is a step into the index for each; without one, all sums there are might be read.
     left join lateral (
       select true as is_there from profile_days sum
       where sum.model = $1 and sum.reference_id = $2 and sum.segment = part and sum.day = days.day
         and sum.column_name = hourly.column_name
       limit 1
     ) summed on true
     where not exists (
       select from dirty_windows mark
       where mark.model = $1 and mark.stage in ('outcomes', 'profiles', 'actual-profiles')
         and mark.window_start < days.day + interval '24 hours' and mark.window_end > days.day)
     group by days.day
     having bool_and(is_there is not null)
     order by days.day`,
    parametersOf(of),
  );
}

/** Says of days that only their sums are there, and deletes their hourly profiles. Call it under the profile lock. */
export async function rollUpDays(connection: Queryable, of: HourlyDays): Promise<number> {
  const { model, referenceId, days } = of;
  await connection.execute(
    `insert into rolled_up_days (model, reference_id, day)
     select $1, $2, day from unnest($3::timestamptz[]) as day on conflict do nothing`,
    [model, referenceId, days.map(toTimestamp)],
  );
  return connection.execute(
    `delete from profiles where ctid = any (array(select hourly.ctid from ${hourly}))`,
    parametersOf(of),
  );
}
