/** The statements about partitions. Those that make them are functions of the database: applications call these, too. */

import type { PartitionWidth } from '../../core/storage/settings.ts';
import type { Window } from '../../core/window.ts';
import { dayMs } from '../../core/window.ts';
import type { Queryable } from '../../sql/database.ts';
import { toTimestamp } from '../../sql/database.ts';

/** In the order in which all take their locks. */
export const partitionedTables = ['predictions', 'actuals', 'outcomes'] as const;
export type PartitionedTable = (typeof partitionedTables)[number];

/** Makes new partitions as wide as this from now on; those that are there stay. */
export async function storePartitionWidth(connection: Queryable, width: PartitionWidth): Promise<void> {
  await connection.execute(
    `insert into installation_settings (name, configuration, configuration_hash)
     values ('storage', jsonb_build_object('partitionWidth', $1::text), $1)
     on conflict (name) do update
     set configuration = excluded.configuration, configuration_hash = excluded.configuration_hash, applied_at = excluded.applied_at
     where installation_settings.configuration_hash <> excluded.configuration_hash`,
    [width],
  );
}

/** The starts of the partitions that a range of event time needs and that some table has not. */
export async function listMissingUnits(
  connection: Queryable,
  width: PartitionWidth,
  range: Window,
): Promise<number[]> {
  const rows = await connection.query<{ unit: number }>(
    `select unit
     from generate_series(date_trunc($1, $2::timestamptz, 'UTC'), $3::timestamptz, ('1 ' || $1)::interval) as unit
     where exists (
       select from unnest($4::text[]) as parent, partition_gaps(parent::regclass, unit, unit + ('1 ' || $1)::interval))
     order by unit`,
    [width, toTimestamp(range.start), toTimestamp(range.end), partitionedTables],
  );
  return rows.map(({ unit }) => unit);
}

/** Rows of a default partition that have no partition of their own, and the range that one for them would have. */
export interface Strays extends Window {
  readonly table: PartitionedTable;
  readonly rows: number;
}

/**
 * The strays of a table, by the parts of ranges of this width that have no partition, in time order; where one holds more than so many
 * rows, by its days.
 */
export async function listStrays(
  connection: Queryable,
  table: PartitionedTable,
  width: PartitionWidth,
  mostRows: number,
): Promise<Strays[]> {
  const days = await connection.query<{ day: number; rows: number; start: number; end: number }>(
    `with days as materialized (
       select day, row_count as rows from stray_days('${table}')
     ), units as (
       select distinct date_trunc($1, day, 'UTC') as unit from days
     )
     select day, rows, gap_start as start, gap_end as "end"
     from units
     cross join lateral partition_gaps('${table}'::regclass, unit, unit + ('1 ' || $1)::interval)
     join days on day >= gap_start and day < gap_end
     order by day`,
    [width],
  );
  const gaps = new Map<number, { window: Window; days: { day: number; rows: number }[] }>();
  for (const { day, rows, ...window } of days) {
    const gap = gaps.get(window.start) ?? { window, days: [] };
    gap.days.push({ day, rows });
    gaps.set(window.start, gap);
  }
  return [...gaps.values()].flatMap(({ window, days }): Strays[] => {
    const rows = days.reduce((sum, day) => sum + day.rows, 0);
    if (rows <= mostRows) return [{ table, rows, ...window }];
    return days.map(({ day, rows }) => ({ table, rows, start: day, end: day + dayMs }));
  });
}

/** Moves them into a partition of their own; gives how many came along. */
export async function moveStrays(
  connection: Queryable,
  { table, start, end }: Window & { readonly table: PartitionedTable },
): Promise<number> {
  const [row] = await connection.query<{ moved: number }>('select move_strays($1, $2, $3) as moved', [
    table,
    toTimestamp(start),
    toTimestamp(end),
  ]);
  return row!.moved;
}
