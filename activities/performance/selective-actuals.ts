/** Looks whether the serving rows of a window that have an actual resemble those that have none. */

import type { Monitor } from '../../core/monitor/schema.ts';
import type { ColumnOfSides, DifferingColumn } from '../../core/performance/selective-actuals.ts';
import { findSelectiveColumns, matchByTime } from '../../core/performance/selective-actuals.ts';
import type { MethodName } from '../../core/statistics/registry.ts';
import type { Window } from '../../core/window.ts';
import { floorToDay, hourMs } from '../../core/window.ts';
import { toTimestamp } from '../../sql/database.ts';
import { fillFeatures, type Drawn } from '../feature-rows/fill-features.ts';
import type { RowConnection } from '../feature-rows/row-connection.ts';
import type { PredictionRow } from '../profiles/columns.ts';
import { predictionColumns, readColumn } from '../profiles/columns.ts';

/** Rows of each side that are compared, at most. */
const mostRows = 2_000;
/** Rows that are drawn from, evenly over the days; the rest of a large window is not read. */
const candidates = 20_000;
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
  connection: RowConnection,
  monitor: Monitor,
  version: string,
  hours: readonly HourCounts[],
): Promise<SelectiveActuals> {
  const newest = Math.max(...hours.filter(({ outcomes }) => outcomes > 0).map(({ hour }) => hour));
  const drawn = drawSpans(comparableHours(hours.filter(({ hour }) => hour <= newest)));
  const rows = await readRows(connection, monitor, version, drawn);
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

/** Where hours with rows of both kinds have so many of each, no others are needed. */
const enoughOfBoth = 300;

/** Hours with rows of both kinds, or all where these have too few: a row is then matched with one of an hour nearby. */
function comparableHours(hours: readonly HourCounts[]): readonly HourCounts[] {
  const mixed = hours.filter(({ predictions, outcomes }) => outcomes > 0 && outcomes < predictions);
  const ofBoth = mixed.reduce(
    (sum, { predictions, outcomes }) => sum + Math.min(outcomes, predictions - outcomes),
    0,
  );
  return ofBoth >= enoughOfBoth ? mixed : hours.filter(({ predictions }) => predictions > 0);
}

/**
 * Of each UTC day as many hours as it takes to have its share of the candidates, in an order that is the same in every run;
 * of an hour with more rows than that, its beginning.
 */
function drawSpans(hours: readonly HourCounts[]): Window[] {
  const shareOfDay = candidates / new Set(hours.map(({ hour }) => floorToDay(hour))).size;
  const drawn = new Map<number, number>();
  return hours
    .toSorted((a, b) => scatter(a.hour) - scatter(b.hour))
    .flatMap(({ hour, predictions }) => {
      const day = floorToDay(hour);
      const missing = shareOfDay - (drawn.get(day) ?? 0);
      if (missing <= 0) return [];
      drawn.set(day, (drawn.get(day) ?? 0) + predictions);
      return [{ start: hour, end: hour + Math.ceil(hourMs * Math.min(1, missing / predictions)) }];
    });
}

/** Far from its neighbours: multiples of the golden ratio modulo 1 fill a window evenly from any start. */
function scatter(hour: number): number {
  return ((hour / hourMs) * 0.618_033_988_749_895) % 1;
}

interface Row extends PredictionRow {
  readonly eventTime: number;
  readonly known: boolean;
}

/** Of each span and side as many rows as fit, those with the smallest hashes of their key. */
async function readRows(
  connection: RowConnection,
  monitor: Monitor,
  version: string,
  spans: readonly Window[],
): Promise<Row[]> {
  const rows = await connection.query<Row & Drawn & { event_time: number }>(
    `with candidate as materialized (
       select prediction.event_time, prediction.prediction_id, outcome.prediction_id is not null as known,
         row_number() over (
           partition by span.start_time, outcome.prediction_id is null
           order by hashtextextended(prediction.entity || prediction.issued_at::text, extract(epoch from prediction.event_time)::bigint)
         ) as place
       from unnest($3::timestamptz[], $4::timestamptz[]) as span (start_time, end_time)
       join predictions prediction on prediction.model = $1 and prediction.version = $2 and prediction.role = 'serving'
         and prediction.event_time >= span.start_time and prediction.event_time < span.end_time
       left join outcomes outcome on outcome.model = $1 and outcome.event_time = prediction.event_time
         and outcome.prediction_id = prediction.prediction_id
     )
     select date_trunc('hour', event_time) as hour, event_time, event_time as "eventTime", known, entity, source_key, features,
       prediction, predicted_class, probabilities
     from candidate
     join predictions using (event_time, prediction_id)
     where model = $1 and place <= $5
     order by event_time, entity, issued_at`,
    [
      monitor.model,
      version,
      spans.map(({ start }) => toTimestamp(start)),
      spans.map(({ end }) => toTimestamp(end)),
      Math.ceil(mostRows / Math.max(spans.length, 1)),
    ],
  );
  return fillFeatures<Row>(connection, monitor, rows);
}
