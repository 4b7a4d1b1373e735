/**
 * The one door to the features of many rows: "these columns of the serving rows of these hours". A row was copied, with all of its
 * features, or it stays in the source of its monitor; whoever asks need not know.
 */

import type { Monitor } from '../../core/monitor/schema.ts';
import type { Window } from '../../core/window.ts';
import type { Vector } from '../../sql/binary-rows.ts';
import type { Queryable } from '../../sql/database.ts';
import { toTimestamp } from '../../sql/database.ts';
import { readColumn, type Column, type PredictionRow } from '../profiles/columns.ts';
import { readPlaced } from './placed-rows.ts';
import type { RowConnection } from './row-connection.ts';

/** Rows of one hour. */
export interface RowBatch {
  readonly hour: number;
  readonly rows: number;
  /**
   * The values of a column each, in the order in which the columns were asked for. A Float64Array has NaN where a value is missing;
   * other arrays have null. Valid until the next batch.
   */
  readonly values: readonly (Vector | readonly unknown[])[];
  /** What a row is known by, whatever columns are asked for. */
  readonly keys: Float64Array;
  /** Of rows that stay in their source. */
  readonly placed?: {
    /** A hash of entity and event time, with which rows that repeat one another are found. */
    readonly subjects: Float64Array;
    /** When the hours that were read together begin, those with few rows are: no hour before it comes again. */
    readonly range: number;
  };
}

/** Rows that are in memory at once. */
const rowsAtOnce = 5_000;

/**
 * Gives the serving rows of a window to `take`, some thousands of an hour at a time, those that were copied first: what is in memory does not
 * grow with the rows.
 *
 * @throws TidewatchError those of `readPlaced`
 */
export async function scanRows(
  connection: RowConnection,
  monitor: Monitor,
  window: Window,
  columns: readonly Column[],
  take: (batch: RowBatch) => void,
): Promise<void> {
  for await (const rows of readCopied(connection, monitor.model, window))
    for (const [hour, ofHour] of byHour(rows))
      take({
        hour,
        rows: ofHour.length,
        values: columns.map((column) => ofHour.map((row) => readColumn(column, row) ?? null)),
        keys: Float64Array.from(ofHour, (row) => row.prediction_id),
      });
  await readPlaced(connection, monitor, window, columns, ({ subjects, range, ...batch }) =>
    take({ ...batch, placed: { subjects, range } }),
  );
}

function byHour(rows: readonly CopiedRow[]): ReadonlyMap<number, readonly CopiedRow[]> {
  const hours = new Map<number, CopiedRow[]>();
  for (const row of rows) {
    const ofHour = hours.get(row.hour);
    if (ofHour === undefined) hours.set(row.hour, [row]);
    else ofHour.push(row);
  }
  return hours;
}

interface CopiedRow extends PredictionRow {
  readonly event_time: number;
  readonly prediction_id: number;
}

/** The rows that were copied, in the order of time. */
async function* readCopied(
  connection: Queryable,
  model: string,
  window: Window,
): AsyncGenerator<readonly CopiedRow[]> {
  let last = { event_time: window.start, prediction_id: -1 };
  for (;;) {
    const rows = await connection.query<CopiedRow>(
      `select event_time, prediction_id, date_trunc('hour', event_time) as hour, features, prediction, predicted_class, probabilities
       from predictions
       where model = $1 and event_time >= $2 and event_time < $3 and (event_time, prediction_id) > ($2, $4) and role = 'serving'
         and source_key is null
       order by event_time, prediction_id limit $5`,
      [model, toTimestamp(last.event_time), toTimestamp(window.end), last.prediction_id, rowsAtOnce],
    );
    if (rows.length > 0) yield rows;
    if (rows.length < rowsAtOnce) return;
    last = rows.at(-1)!;
  }
}
