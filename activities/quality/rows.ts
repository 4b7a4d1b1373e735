/** What the checks ask of rows: those of the current window, and the newest of all. */

import type { Window } from '../../core/window.ts';
import { weekMs } from '../../core/window.ts';
import type { Queryable } from '../../sql/database.ts';
import { toTimestamp } from '../../sql/database.ts';
import type { ActualRow } from '../profiles/store.ts';

/** A window with more new features than this has one problem, not so many. */
const mostNewFeatures = 20;
/** Rows of the reference in which a new feature is looked for. */
const referenceSample = 1_000;

/** Features of the serving predictions of a window that are not among the known ones, nor in the latest 1,000 rows of the reference. */
export async function findNewFeatures(
  connection: Queryable,
  model: string,
  window: Window,
  known: readonly string[],
  reference: Window | null,
): Promise<{ column: string; rows: number }[]> {
  const found = await connection.query<{ column: string; rows: number }>(
    `select feature as "column", count(*) as rows
     from predictions cross join lateral jsonb_object_keys(features - $4::text[]) as feature
     where model = $1 and event_time >= $2 and event_time < $3 and role = 'serving' and source_key is null
     group by feature order by count(*) desc, feature limit $5`,
    [model, toTimestamp(window.start), toTimestamp(window.end), known, mostNewFeatures],
  );
  if (found.length === 0 || reference === null) return found;
  const before = await connection.query<{ feature: string }>(
    `select distinct feature
     from (
       select features from predictions
       where model = $1 and event_time >= $2 and event_time < $3 and role = 'serving'
       order by event_time desc limit $5
     ) as sample cross join lateral jsonb_object_keys(features - $4::text[]) as feature`,
    [model, toTimestamp(reference.start), toTimestamp(reference.end), known, referenceSample],
  );
  const old = new Set(before.map(({ feature }) => feature));
  return found.filter(({ column }) => !old.has(column));
}

/** The event times of the newest serving prediction and of the newest actual that was known at an instant. */
export async function findNewest(
  connection: Queryable,
  model: string,
  asOf: number,
): Promise<{ prediction: number | undefined; actual: number | undefined }> {
  const [row] = await connection.query<{ prediction: number | null; actual: number | null }>(
    `select
       (select max(event_time) from predictions where model = $1 and event_time <= $2 and role = 'serving') as prediction,
       (select max(event_time) from actuals where model = $1 and event_time <= $2 and recorded_at <= $2) as actual`,
    [model, toTimestamp(asOf)],
  );
  return { prediction: row?.prediction ?? undefined, actual: row?.actual ?? undefined };
}

/** Actuals that tell how late they usually come. */
const latenessSample = 1_000;

/** How late actuals usually come: all but one in a hundred of the latest 1,000 before a window, at most 8 weeks old. */
export async function findLateness(
  connection: Queryable,
  model: string,
  before: number,
): Promise<number | undefined> {
  const [row] = await connection.query<{ lateness: number | null }>(
    `select percentile_disc(0.99) within group (order by extract(epoch from recorded_at - event_time)) * 1000 as lateness
     from (
       select recorded_at, event_time from actuals
       where model = $1 and event_time >= $2 and event_time < $3
       order by event_time desc limit $4
     ) as latest`,
    [model, toTimestamp(before - 8 * weekMs), toTimestamp(before), latenessSample],
  );
  return row?.lateness ?? undefined;
}

/** Rows that are in memory at once. */
const rowsAtOnce = 10_000;

/** The actuals of the serving outcomes of a window, in batches. */
export function readActualBatches(
  connection: Queryable,
  model: string,
  window: Window,
): AsyncGenerator<readonly Pick<ActualRow, 'actual'>[]> {
  return readBatches<Pick<ActualRow, 'actual'> & Record<string, unknown>>(
    connection,
    `select event_time, prediction_id, coalesce(to_jsonb(actual), to_jsonb(actual_class)) as actual
     from outcomes
     where model = $1 and event_time >= $2 and event_time < $3 and (event_time, prediction_id) > ($2, $4) and role = 'serving'
     order by event_time, prediction_id limit $5`,
    model,
    window,
  );
}

/**
 * Pages by key: $1 model, $2 and $4 the event time and id of the last row read, $3 the end, $5 how many. By the comparison of both
 * alone the planner would leave out no partition.
 */
async function* readBatches<Row extends Record<string, unknown>>(
  connection: Queryable,
  text: string,
  model: string,
  window: Window,
): AsyncGenerator<readonly Row[]> {
  let last = { event_time: window.start, prediction_id: -1 };
  for (;;) {
    const rows = await connection.query<Row & typeof last>(text, [
      model,
      toTimestamp(last.event_time),
      toTimestamp(window.end),
      last.prediction_id,
      rowsAtOnce,
    ]);
    if (rows.length > 0) yield rows;
    if (rows.length < rowsAtOnce) return;
    last = rows.at(-1)!;
  }
}
