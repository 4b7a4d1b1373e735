/** What a simulation reads: outcomes by hour, of what served and of the versions that were trained for it. And what it deletes. */

import type { Monitor } from '../../core/monitor/schema.ts';
import type { SummaryBlock } from '../../core/performance/intervals/metric-intervals.ts';
import { simulationPrefix } from '../../core/retraining/trainer-contract.ts';
import type { Window } from '../../core/window.ts';
import { dayMs, floorToHour } from '../../core/window.ts';
import type { Database, Queryable } from '../../sql/database.ts';
import { toTimestamp } from '../../sql/database.ts';
import { thinMarks } from '../processes/dirty-hours.ts';
import { summarizeRows, type OutcomeRow } from '../performance/outcome-rows.ts';

/**
 * The outcomes of a version in a window by hour, whether it served or not; without one, of whatever served. A day is read after
 * the other, so that a long window needs the memory of one. Of several forecasts of one entity and event time the newest counts,
 * as in the validation of a challenger.
 */
export async function readHours(
  connection: Queryable,
  monitor: Monitor,
  version: string | null,
  { start, end }: Window,
): Promise<SummaryBlock[]> {
  const hours: SummaryBlock[] = [];
  for (let day = start; day < end; day += dayMs) {
    const rows = await connection.query<OutcomeRow>(
      `select distinct on (prediction.event_time, prediction.entity)
         prediction.event_time, prediction.version, prediction.prediction, prediction.predicted_class,
         prediction.probabilities, prediction.interval_low, prediction.interval_high,
         actual.value as actual, actual.class as actual_class
       from predictions prediction
       join actuals actual on actual.model = prediction.model and actual.event_time = prediction.event_time
         and actual.entity = prediction.entity and (actual.value is null) = (prediction.prediction is null)
       where prediction.model = $1 and prediction.event_time >= $2 and prediction.event_time < $3
         and case when $4::text is null then prediction.role = 'serving' else prediction.version = $4 end
       order by prediction.event_time, prediction.entity, prediction.issued_at desc`,
      [monitor.model, toTimestamp(day), toTimestamp(Math.min(day + dayMs, end)), version],
    );
    hours.push(...byHour(monitor, rows));
  }
  return hours;
}

function byHour(monitor: Monitor, rows: readonly OutcomeRow[]): SummaryBlock[] {
  const hours = new Map<number, OutcomeRow[]>();
  for (const row of rows) {
    const hour = floorToHour(row.event_time);
    const known = hours.get(hour);
    if (known === undefined) hours.set(hour, [row]);
    else known.push(row);
  }
  return [...hours].map(([start, of]) => ({ start, summary: summarizeRows(monitor, of) }));
}

/** A day with serving outcomes. */
export interface ServedDay {
  /** Its midnight. */
  readonly day: number;
  readonly outcomes: number;
  /** The same without earlier forecasts of the same. */
  readonly instances: number;
}

/** All of them, in the order of time. */
export function listServedDays(connection: Queryable, model: string): Promise<ServedDay[]> {
  return connection.query<{ day: number; outcomes: number; instances: number }>(
    `select date_trunc('day', outcome.event_time, 'UTC') as day, count(*) as outcomes,
       count(distinct (outcome.event_time, prediction.entity)) as instances
     from outcomes outcome
     join predictions prediction using (model, event_time, prediction_id)
     where outcome.model = $1 and outcome.role = 'serving'
     group by 1
     order by 1`,
    [model],
  );
}

/** Why rows of a simulated version were not stored, the most frequent reason; undefined where none was refused. */
export async function findRejection(
  connection: Queryable,
  model: string,
  version: string,
): Promise<string | undefined> {
  const [row] = await connection.query<{ reason: string }>(
    `select reason from rejected_rows
     where model = $1 and stream = 'predictions' and content ->> 'version' = $2
     group by reason
     order by count(*) desc, reason
     limit 1`,
    [model, version],
  );
  return row?.reason;
}

/** The database's own clock: rows that are written from now on are inserted later. */
export async function databaseNow(connection: Queryable): Promise<string> {
  const [row] = await connection.query<{ now: string }>('select clock_timestamp()::text as now');
  return row!.now;
}

/**
 * Deletes what was logged as one simulated version in a window. Gives the number of predictions. What remains is one mark an
 * hour and stage: a worker looks at these hours again, and finds what it knows.
 */
export function deleteSimulated(
  database: Database,
  model: string,
  version: string,
  { start, end }: Window,
): Promise<number> {
  return database.transaction(async (connection) => {
    await deleteRejected(connection, model, version);
    const deleted = await connection.execute(
      `delete from predictions
       where model = $1 and event_time >= $2 and event_time < $3
         and role = 'shadow' and version = $4 and starts_with(version, '${simulationPrefix}')`,
      [model, toTimestamp(start), toTimestamp(end), version],
    );
    await thinMarks(connection, model);
    return deleted;
  });
}

/** The same of all simulations, which looks through all that the model has predicted. */
export function deleteAllSimulated(database: Database, model: string): Promise<number> {
  return database.transaction(async (connection) => {
    await deleteRejected(connection, model, null);
    const deleted = await connection.execute(
      `delete from predictions where model = $1 and role = 'shadow' and starts_with(version, '${simulationPrefix}')`,
      [model],
    );
    if (deleted > 0) await thinMarks(connection, model);
    return deleted;
  });
}

function deleteRejected(connection: Queryable, model: string, version: string | null): Promise<number> {
  return connection.execute(
    `delete from rejected_rows
     where model = $1 and stream = 'predictions' and starts_with(content ->> 'version', '${simulationPrefix}')
       and ($2::text is null or content ->> 'version' = $2)`,
    [model, version],
  );
}

/**
 * Deletes what a trainer has logged since under a name that is not one of a simulation: only of a version that is new, neither
 * registered nor known to have predicted anything else.
 */
export function deleteMisnamed(
  database: Database,
  model: string,
  version: string,
  { start, end }: Window,
  since: string,
): Promise<number> {
  return database.execute(
    `delete from predictions
     where model = $1 and event_time >= $2 and event_time < $3 and role = 'shadow' and version = $4
       and inserted_at >= $5::timestamptz
       and not exists (select from model_versions where model = $1 and version = $4)
       and not exists (
         select from predictions
         where model = $1 and version = $4 and (role = 'serving' or inserted_at < $5::timestamptz))`,
    [model, toTimestamp(start), toTimestamp(end), version, since],
  );
}
