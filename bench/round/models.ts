/** Many models alike, with rows that the database makes itself. */

import { configurationHash } from '../../activities/monitors/configuration.ts';
import { upsertMonitor } from '../../activities/monitors/store.ts';
import { monitorSchema, type Monitor } from '../../core/monitor/schema.ts';
import { dayMs, floorToDay, formatDay, formatInstant, type Window } from '../../core/window.ts';
import type { Database } from '../../sql/database.ts';

export interface Shape {
  readonly models: number;
  /** Predictions of a model in an hour, each with its actual. */
  readonly rows: number;
  readonly features: number;
}

/** Rows of so many days: two of reference, and two that are compared with it. */
export const historyDays = 4;

/** The midnight at which the history of rows ends: that before last, so that two nights are over. */
export function historyEnd(now: number): number {
  return floorToDay(now) - dayMs;
}

export function historyStart(now: number): number {
  return historyEnd(now) - historyDays * dayMs;
}

export function monitorsOf({ models, features }: Shape, now: number): readonly Monitor[] {
  const start = historyStart(now);
  return Array.from({ length: models }, (_, index) =>
    monitorSchema.parse({
      model: `model-${String(index).padStart(5, '0')}`,
      task: 'regression',
      features: Object.fromEntries(
        Array.from({ length: features }, (_, i) => [`f${i}`, { kind: 'continuous' }]),
      ),
      reference: { kind: 'fixed', start: formatDay(start), end: formatDay(start + 2 * dayMs) },
      current: '1d',
      performance: { windows: ['1d'], limits: { rmse: { warning: 2, critical: 4 } } },
    }),
  );
}

export async function watch(database: Database, monitors: readonly Monitor[]): Promise<void> {
  for (const monitor of monitors) await upsertMonitor(database, monitor, configurationHash(monitor));
}

/** Rows of whole hours for each model. The same `batch` and hour twice would be the same rows: it is a part of their entity. */
export async function score(
  database: Database,
  monitors: readonly Monitor[],
  { rows, features }: Shape,
  { start, end }: Window,
  batch: string,
): Promise<void> {
  const object = Array.from({ length: features }, (_, i) => `'f${i}', random() * ${i + 1}`).join(', ');
  await database.query('select ensure_partitions($1, $2)', [formatInstant(start), formatInstant(end)]);
  const at = `select model, $5 || row as entity,
      hour + (row - 1) * (interval '1 hour' / $4::int) as at
    from unnest($1::text[]) as model,
      generate_series($2::timestamptz, $3::timestamptz - interval '1 hour', interval '1 hour') as hour,
      generate_series(1, $4::int) as row`;
  // A transaction of some 100,000 rows.
  const atOnce = Math.max(1, Math.round(100_000 / (rows * ((end - start) / 3_600_000))));
  for (let first = 0; first < monitors.length; first += atOnce) {
    const models = monitors.slice(first, first + atOnce).map(({ model }) => model);
    const given = [models, formatInstant(start), formatInstant(end), rows, `${batch}-`];
    await database.transaction(async (connection) => {
      await connection.execute(
        `insert into predictions (model, version, entity, event_time, issued_at, features, prediction)
         select model, '1', entity, at, at, jsonb_build_object(${object}), 50 + extract(minute from at) from (${at}) as made`,
        given,
      );
      await connection.execute(
        `insert into actuals (model, entity, event_time, value, recorded_at)
         select model, entity, at, 49.5 + extract(minute from at) + random(), at + interval '10 minutes' from (${at}) as made`,
        given,
      );
    });
  }
}
