/** Rolls up profiles that nobody reads by the hour, or by the day, any more: the sums of their days, or of their weeks, stay. */

import type { Monitor } from '../../core/monitor/schema.ts';
import { enabledProcesses } from '../../core/process/scheduled.ts';
import type { RetentionDefaults } from '../../core/storage/retention.ts';
import {
  rollUpLevels,
  rollUpOf,
  weeklyRollUpOf,
  type RollUp,
  type RollUpLevel,
} from '../../core/storage/roll-up.ts';
import { dayMs, floorToDay, overlaps } from '../../core/window.ts';
import type { Database, Queryable } from '../../sql/database.ts';
import { lockUntilCommit } from '../../sql/database.ts';
import type { ActivityContext } from '../activity-context.ts';
import { sumRows } from '../profiles/days.ts';
import { profileLock } from '../profiles/profile-hours.ts';
import { findReference } from '../profiles/reference-store.ts';
import { storeProfiles } from '../profiles/store.ts';
import { unlessBusy } from './patiently.ts';
import { accountFor, listKeptWindows, listWatermarks, type RemovalRun } from './retention-store.ts';
import {
  levelTables,
  listComplete,
  listRolledReferences,
  listSpans,
  listSummedSegments,
  readDaySums,
  rollUp,
  type Spans,
} from './roll-up-store.ts';

/** So many rows are deleted in a transaction; a day or a week of a reference goes as one, whatever it has. */
const profilesAtOnce = 5_000;

export interface RolledUp {
  readonly models: number;
  /** Profiles that went, or would. */
  readonly rows: number;
  /** Of their contents. */
  readonly bytes: number;
}

/** What of a model goes; undefined: nothing. */
export type RollUps = Readonly<Record<RollUpLevel, RollUp | undefined>>;

/** As of which instant a model's profiles can go: what the slower of its drift processes has come to; none where one has not run yet. */
export async function planRollUps(
  database: Database,
  monitor: Monitor,
  { defaults, asOf }: { readonly defaults: RetentionDefaults; readonly asOf: number },
): Promise<RollUps> {
  const spoken = await listWatermarks(database, monitor.model);
  const instants = enabledProcesses(monitor).flatMap(({ id }) =>
    id === 'drift-detection' || id === 'hourly-drift-detection' ? [spoken.get(id)] : [],
  );
  if (instants.includes(undefined)) return { day: undefined, week: undefined };
  const now = Math.min(asOf, ...instants.map((instant) => instant ?? asOf));
  const week = weeklyRollUpOf(monitor, defaults, now);
  return {
    day: rollUpOf(monitor, defaults, now),
    // A training window is a fixed reference while the version that was trained on it is the champion.
    week: week && { ...week, kept: [...week.kept, ...(await listKeptWindows(database, monitor.model))] },
  };
}

/**
 * Deletes the hourly profiles of days that are old enough, of which all sums are there and nothing waits to be profiled again; then makes
 * one sum of the sums of days of weeks that are. It may stop anywhere and be repeated: a day or a week is either marked in
 * `rolled_up_days` and without what it is the sum of, or as it was. Where somebody profiles the model, it waits for the next night.
 */
export async function rollUpProfiles(
  database: Database,
  model: string,
  rollUps: RollUps,
  run: RemovalRun,
  { heartbeat, cancelled }: Pick<ActivityContext, 'heartbeat' | 'cancelled'>,
): Promise<void> {
  for (const level of rollUpLevels)
    for await (const part of partsOf(database, model, level, rollUps[level])) {
      cancelled.throwIfAborted();
      await unlessBusy(database, async (connection) => {
        await lockUntilCommit(connection, profileLock(model));
        const complete = await listComplete(connection, part);
        if (complete.length === 0) return;
        const going = { ...part, spans: complete.map(({ since }) => since) };
        if (level === 'week') await sumWeeks(connection, going);
        const rows = await rollUp(connection, going);
        const bytes = complete.reduce((sum, span) => sum + span.bytes, 0);
        const table = levelTables[level].from;
        await accountFor(connection, run, [
          { model, table, end: floorToDay(run.asOf), rows, bytes, reason: 'rolled up' },
        ]);
      });
      heartbeat(model);
    }
}

async function sumWeeks(connection: Queryable, weeks: Spans): Promise<void> {
  const { model, referenceId } = weeks;
  const sums = await readDaySums(connection, weeks);
  const reference = await findReference(connection, model, referenceId);
  // It goes with its reference.
  if (reference !== undefined)
    await storeProfiles(connection, 'week', model, referenceId, sumRows(reference.grids, sums));
}

/** What would go at a level; weeks are of days that are rolled up by now. */
export async function countRollUp(
  database: Database,
  model: string,
  level: RollUpLevel,
  rollUps: RollUps,
): Promise<Omit<RolledUp, 'models'>> {
  let [rows, bytes] = [0, 0];
  for await (const part of partsOf(database, model, level, rollUps[level]))
    for (const span of await listComplete(database, part)) {
      rows += span.rows;
      bytes += span.bytes;
    }
  return { rows, bytes };
}

/** The days with hours, or the weeks with days, as many at once as a transaction takes. */
async function* partsOf(
  database: Database,
  model: string,
  level: RollUpLevel,
  of: RollUp | undefined,
): AsyncGenerator<Spans> {
  if (of === undefined) return;
  const { days, pieces } = levelTables[level];
  for (const reference of await listRolledReferences(database, model, of)) {
    const found = await listSpans(database, level, model, reference);
    const spans = found.filter(
      (start) => !of.kept.some((window) => overlaps(window, { start, end: start + days * dayMs })),
    );
    if (spans.length === 0) continue;
    const segments = await listSummedSegments(database, model, reference.id);
    const rowsOfSpan = pieces * Math.max(1, reference.columns) * segments.length;
    const atOnce = Math.max(1, Math.floor(profilesAtOnce / rowsOfSpan));
    for (let first = 0; first < spans.length; first += atOnce)
      yield { level, model, referenceId: reference.id, segments, spans: spans.slice(first, first + atOnce) };
  }
}
