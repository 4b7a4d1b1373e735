/** Rolls up hourly profiles that nobody reads by the hour any more: the sums of their days stay. */

import type { Monitor } from '../../core/monitor/schema.ts';
import { enabledProcesses } from '../../core/process/scheduled.ts';
import type { RetentionDefaults } from '../../core/storage/retention.ts';
import { rollUpOf, type RollUp } from '../../core/storage/roll-up.ts';
import { floorToDay } from '../../core/window.ts';
import type { Database } from '../../sql/database.ts';
import { lockUntilCommit } from '../../sql/database.ts';
import type { ActivityContext } from '../activity-context.ts';
import { profileLock } from '../profiles/profile-hours.ts';
import { unlessBusy } from './patiently.ts';
import { isWithin } from './removed-rows.ts';
import { accountFor, listWatermarks, type RemovalRun } from './retention-store.ts';
import {
  listCompleteDays,
  listHourlyDays,
  listRolledReferences,
  listSummedSegments,
  rollUpDays,
  type HourlyDays,
} from './roll-up-store.ts';

/** So many rows are deleted in a transaction; a day of a reference goes as one, whatever it has. */
const profilesAtOnce = 5_000;

export interface RolledUp {
  readonly models: number;
  /** Hourly profiles. */
  readonly rows: number;
  /** Of their contents. */
  readonly bytes: number;
}

/** As of which instant a model's hours can go: what the slower of its drift processes has come to; undefined where one has not run yet. */
export async function planRollUp(
  database: Database,
  monitor: Monitor,
  { defaults, asOf }: { readonly defaults: RetentionDefaults; readonly asOf: number },
): Promise<RollUp | undefined> {
  const spoken = await listWatermarks(database, monitor.model);
  const instants = enabledProcesses(monitor).flatMap(({ id }) =>
    id === 'drift-detection' || id === 'hourly-drift-detection' ? [spoken.get(id)] : [],
  );
  if (instants.includes(undefined)) return undefined;
  const now = Math.min(asOf, ...instants.map((instant) => instant ?? asOf));
  return rollUpOf(monitor, defaults, now);
}

/**
 * Deletes the hourly profiles of days that are old enough, of which all sums are there and nothing waits to be profiled again.
 * It may stop anywhere and be repeated: a day is either marked in `rolled_up_days` and without hours, or as it was. Where
 * somebody profiles the model, it waits for the next night.
 */
export async function rollUpProfiles(
  database: Database,
  model: string,
  rollUp: RollUp,
  run: RemovalRun,
  { heartbeat, cancelled }: Pick<ActivityContext, 'heartbeat' | 'cancelled'>,
): Promise<void> {
  for await (const part of partsOf(database, model, rollUp)) {
    cancelled.throwIfAborted();
    await unlessBusy(database, async (connection) => {
      await lockUntilCommit(connection, profileLock(model));
      const complete = await listCompleteDays(connection, part);
      if (complete.length === 0) return;
      const rows = await rollUpDays(connection, { ...part, days: complete.map(({ day }) => day) });
      const bytes = complete.reduce((sum, day) => sum + day.bytes, 0);
      await accountFor(connection, run, [
        { model, table: 'profiles', end: floorToDay(run.asOf), rows, bytes, reason: 'rolled up' },
      ]);
    });
    heartbeat(model);
  }
}

/** What would go. */
export async function countRollUp(
  database: Database,
  model: string,
  rollUp: RollUp,
): Promise<Omit<RolledUp, 'models'>> {
  let [rows, bytes] = [0, 0];
  for await (const part of partsOf(database, model, rollUp))
    for (const day of await listCompleteDays(database, part)) {
      rows += day.rows;
      bytes += day.bytes;
    }
  return { rows, bytes };
}

/** The days with hours, as many at once as a transaction takes. */
async function* partsOf(database: Database, model: string, rollUp: RollUp): AsyncGenerator<HourlyDays> {
  for (const reference of await listRolledReferences(database, model, rollUp)) {
    const found = await listHourlyDays(database, model, reference);
    const days = found.filter((day) => !isWithin(rollUp.kept, day));
    if (days.length === 0) continue;
    const segments = await listSummedSegments(database, model, reference.id);
    const rowsADay = 24 * Math.max(1, reference.columns) * segments.length;
    const atOnce = Math.max(1, Math.floor(profilesAtOnce / rowsADay));
    for (let first = 0; first < days.length; first += atOnce)
      yield { model, referenceId: reference.id, segments, days: days.slice(first, first + atOnce) };
  }
}
