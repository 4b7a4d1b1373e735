/** Looks whether the serving rows of a window that have an actual resemble those that have none. */

import type { Monitor } from '../../core/monitor/schema.ts';
import type { ColumnOfSides, DifferingColumn } from '../../core/performance/selective-actuals.ts';
import { findSelectiveColumns, matchByTime } from '../../core/performance/selective-actuals.ts';
import type { MethodName } from '../../core/statistics/registry.ts';
import { hourMs } from '../../core/window.ts';
import type { Queryable } from '../../sql/database.ts';
import { toTimestamp } from '../../sql/database.ts';
import type { PredictionRow } from '../profiles/columns.ts';
import { predictionColumns, readColumn } from '../profiles/columns.ts';

/** Rows of each side that are compared, at most. */
const mostRows = 2_000;
/** Hours are drawn until so many rows can be looked at; the rest of a large window is not read. */
const mostCandidates = 20_000;
/** A row is compared with one at most so far from it in time. */
const mostApart = 3 * hourMs;

/** JSON-safe. */
export interface SelectiveActuals {
  /** Rows of each side that were compared. */
  readonly rows: number;
  /** The columns that differ, the largest effect first. */
  readonly columns: readonly DifferingColumn[];
}

/** How many serving rows an hour has, and how many of these have an actual. */
export interface HourCounts {
  readonly hour: number;
  readonly predictions: number;
  readonly outcomes: number;
}

/**
 * Compares features and predictions of a version's rows with and without an actual, on a bounded sample. The same rows are
 * drawn in every run, whatever the order in which they arrived. Rows after the newest actual are left out: nothing tells
 * yet which of them will get one.
 */
export async function findSelectiveActuals(
  connection: Queryable,
  monitor: Monitor,
  version: string,
  hours: readonly HourCounts[],
): Promise<SelectiveActuals> {
  const newest = Math.max(...hours.filter(({ outcomes }) => outcomes > 0).map(({ hour }) => hour));
  const drawn = drawHours(hours.filter(({ hour, predictions }) => hour <= newest && predictions > 0));
  const rows = await readRows(connection, monitor.model, version, drawn);
  const { withActual, without } = matchByTime(
    rows.filter((row) => row.known),
    rows.filter((row) => !row.known),
    mostApart,
  );
  const methods: Readonly<Record<string, { readonly method?: MethodName | undefined } | undefined>> = {
    ...monitor.features,
    prediction: monitor.prediction,
  };
  const columns = predictionColumns(monitor)
    .filter(({ subject, name }) => subject === 'prediction' || monitor.features[name]?.enabled)
    .map((column): ColumnOfSides => {
      const method = methods[column.name]?.method;
      return {
        column: column.name,
        kind: column.kind,
        ...(method !== undefined && { method }),
        withActual: withActual.map((row) => readColumn(column, row)),
        without: without.map((row) => readColumn(column, row)),
      };
    });
  return { rows: without.length, columns: findSelectiveColumns(columns) };
}

/** Hours in an order that is the same in every run, taken until there are enough rows to draw from. */
function drawHours(hours: readonly HourCounts[]): number[] {
  const drawn: number[] = [];
  let candidates = 0;
  for (const { hour, predictions } of hours.toSorted((a, b) => scatter(a.hour) - scatter(b.hour))) {
    if (candidates >= mostCandidates) break;
    candidates += predictions;
    drawn.push(hour);
  }
  return drawn;
}

/** Far from its neighbours: multiples of the golden ratio modulo 1 fill a window evenly from any start. */
function scatter(hour: number): number {
  return ((hour / hourMs) * 0.618_033_988_749_895) % 1;
}

interface Row extends PredictionRow {
  readonly eventTime: number;
  readonly known: boolean;
}

/** Of each hour and side as many rows as fit, those with the smallest hashes of their key. */
function readRows(
  connection: Queryable,
  model: string,
  version: string,
  hours: readonly number[],
): Promise<Row[]> {
  return connection.query<Row>(
    `with candidate as materialized (
       select prediction.event_time, prediction.prediction_id, outcome.prediction_id is not null as known,
         row_number() over (
           partition by hours.hour, outcome.prediction_id is null
           order by hashtextextended(prediction.entity || prediction.issued_at::text, extract(epoch from prediction.event_time)::bigint)
         ) as place
       from unnest($3::timestamptz[]) as hours (hour)
       join predictions prediction on prediction.model = $1 and prediction.version = $2 and prediction.role = 'serving'
         and prediction.event_time >= hours.hour and prediction.event_time < hours.hour + interval '1 hour'
       left join outcomes outcome on outcome.model = $1 and outcome.event_time = prediction.event_time
         and outcome.prediction_id = prediction.prediction_id
     )
     select date_trunc('hour', event_time) as hour, event_time as "eventTime", known, features, prediction, predicted_class,
       probabilities
     from candidate
     join predictions using (event_time, prediction_id)
     where model = $1 and place <= $4
     order by event_time, entity, issued_at`,
    [model, version, hours.map(toTimestamp), Math.ceil(mostRows / Math.max(hours.length, 1))],
  );
}
