/** A small regression model with one prediction an hour, whose drift and errors are known exactly. */

import { configurationHash } from '../../activities/monitors/configuration.ts';
import { upsertMonitor } from '../../activities/monitors/store.ts';
import type { ActualRow, PredictionRow } from '../../client/tidewatch-client.ts';
import { openClient } from '../../client/tidewatch-client.ts';
import type { Monitor, MonitorInput } from '../../core/monitor/schema.ts';
import { monitorSchema } from '../../core/monitor/schema.ts';
import { dayMs, formatInstant, hourMs, hoursOf } from '../../core/window.ts';
import type { Database } from '../../sql/database.ts';

const firstDay = Date.parse('2024-01-01T00:00:00Z');

/** Midnight at which the n-th day begins; day 1 is 2024-01-01. */
export const day = (n: number): number => firstDay + (n - 1) * dayMs;

/** An instant of the n-th day as it crosses a Temporal boundary. */
export const at = (n: number, hour = 0, minute = 0): string =>
  formatInstant(day(n) + hour * hourMs + minute * 60_000);

/** Full days of hourly rows: from day `from` up to, not including, day `to`. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
  /** Added to the feature x, which is spread evenly over -2 to 2. */
  readonly shift?: number;
  /** |prediction - actual|, and so the RMSE and MAE of the stretch. */
  readonly error?: number;
  readonly version?: string;
  readonly role?: 'serving' | 'shadow';
}

/** Multiples of 1/4: sums of them are exact, in whatever order. */
export function predictionsOf({
  from,
  to,
  shift = 0,
  version = '1',
  role = 'serving',
}: Stretch): PredictionRow[] {
  return hoursOf({ start: day(from), end: day(to) }).map((hour) => {
    const i = (hour - firstDay) / hourMs;
    return {
      version,
      entity: 'station',
      eventTime: hour,
      role,
      features: { x: (((i * 7) % 17) - 8) / 4 + shift, c: i % 3 === 0 ? 'a' : 'b' },
      prediction: 10 + (i % 10),
    };
  });
}

/** Known an hour after the event. */
export function actualsOf({ from, to, error = 1 }: Stretch): ActualRow[] {
  return hoursOf({ start: day(from), end: day(to) }).map((hour) => {
    const i = (hour - firstDay) / hourMs;
    return {
      entity: 'station',
      eventTime: hour,
      value: 10 + (i % 10) + (i % 2 === 0 ? error : -error),
      recordedAt: hour + hourMs,
    };
  });
}

/** Logs the predictions of a stretch and records their actuals. */
export async function load(database: Database, model: string, stretch: Stretch): Promise<void> {
  const client = openClient({ database });
  await client.logPredictions(model, predictionsOf(stretch));
  await client.recordActuals(model, actualsOf(stretch));
}

/** The first two weeks are the reference; an RMSE above 2 over a week is critical. */
export const syntheticMonitor = {
  task: 'regression',
  features: { x: { kind: 'continuous' }, c: { kind: 'categorical' } },
  reference: { kind: 'fixed', start: '2024-01-01', end: '2024-01-15' },
  performance: { limits: { rmse: 2 } },
} as const satisfies Omit<MonitorInput, 'model'>;

/** Stores a monitor as `tidewatch apply` does. Its alerts end by the first good news, unless it says otherwise. */
export async function watch(
  database: Database,
  input: Partial<MonitorInput> & { readonly model: string },
): Promise<Monitor> {
  const alerts = { life: { resolveAfter: 1 }, ...input.alerts };
  const monitor = monitorSchema.parse({ ...syntheticMonitor, ...input, alerts });
  await upsertMonitor(database, monitor, configurationHash(monitor));
  return monitor;
}
