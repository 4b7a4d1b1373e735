import type { Monitor } from '../../core/monitor/schema.ts';
import { encodeProfile } from '../../core/profile/encode.ts';
import { createAccumulator, type ColumnAccumulator } from '../../core/profile/profile.ts';
import { windowsToProfile } from '../../core/reference/windows.ts';
import type { Window, WindowText } from '../../core/window.ts';
import {
  floorToHour,
  hourMs,
  hoursOf,
  parseInstant,
  parseWindow,
  trailingWindow,
  windowsOfHours,
} from '../../core/window.ts';
import type { Queryable } from '../../sql/database.ts';
import { lockUntilCommit } from '../../sql/database.ts';
import { heartbeating } from '../activity-context.ts';
import type { ActivityDependencies } from '../dependencies.ts';
import { findMonitor } from '../monitors/store.ts';
import type { RowConnection } from '../feature-rows/row-connection.ts';
import { withActiveReference } from './active-reference.ts';
import { hoursWithRows } from '../storage/removed-rows.ts';
import { actualColumn, segmentsOf, wholeModel } from './columns.ts';
import { sumDays } from './days.ts';
import { profileRows } from './hour-profiles.ts';
import { ensureReference, specifyReference } from './reference.ts';
import type { StoredReference } from './reference-store.ts';
import {
  dropDirtyProfiles,
  findFirstPrediction,
  findUnprofiledHours,
  readActuals,
  storeProfiledHours,
  storeProfiles,
} from './store.ts';

export interface ProfileHoursInput {
  readonly model: string;
  readonly asOf: string;
  /** Length of the current window, instead of the monitor's. */
  readonly current?: string;
  /** The current window itself. */
  readonly window?: WindowText;
}

export interface ProfileHoursResult {
  readonly hoursProfiled: number;
}

/** One transaction reads and profiles at most this many hours. */
const hoursPerBatch = 24;

/** The current window that a drift run is about. */
export function currentWindow(monitor: Monitor, input: ProfileHoursInput): Window {
  if (input.window !== undefined) return parseWindow(input.window);
  return trailingWindow(parseInstant(input.asOf), input.current ?? monitor.current);
}

/** Two runs never profile one model at the same time: what one drops, the other would store again. */
export function profileLock(model: string): string {
  return `profiles:${model}`;
}

/** Profiles the hours that are new or changed: of the reference, the current window, and those that teach what is usual. */
export function createProfileHours(
  deps: Pick<ActivityDependencies, 'database' | 'context'>,
): (input: ProfileHoursInput) => Promise<ProfileHoursResult> {
  return async function profileHours(input) {
    const { monitor: configured } = await findMonitor(deps.database, input.model);
    const current = currentWindow(configured, input);
    const monitor = await withActiveReference(deps.database, configured, current);
    const profiled = await profileWindow(deps, { monitor, current, asOf: parseInstant(input.asOf) });
    return 'missing' in profiled ? { hoursProfiled: 0 } : profiled;
  };
}

/** Profiles what a current window and its reference need, a batch a transaction; or says in words why there is no reference. */
export async function profileWindow(
  deps: Pick<ActivityDependencies, 'database' | 'context'>,
  { monitor, current, asOf }: { readonly monitor: Monitor; readonly current: Window; readonly asOf: number },
): Promise<ProfileHoursResult | { readonly missing: string }> {
  const { model } = monitor;
  const context = deps.context();
  // One batch may read a source for minutes.
  return heartbeating(context, async () => {
    const reference = await deps.database.transaction(async (connection) => {
      await lockUntilCommit(connection, profileLock(model));
      await dropDirtyProfiles(connection, model);
      return ensureReference(connection, monitor, specifyReference(monitor, current), asOf);
    });
    if ('missing' in reference) return reference;
    let hoursProfiled = 0;
    for (const { profile, batch } of await findWork(deps.database, monitor, reference, current)) {
      context.cancelled.throwIfAborted();
      await deps.database.transaction(async (connection) => {
        await lockUntilCommit(connection, profileLock(model));
        await profile(connection, monitor, reference, batch);
      });
      if (profile === profilePredictions) hoursProfiled += (batch.end - batch.start) / hourMs;
      context.heartbeat(batch.end);
    }
    return { hoursProfiled };
  });
}

/**
 * Profiles in the caller's transaction what is missing now: another run may have dropped profiles of hours that changed
 * since `profileHours`. Call it under the profile lock.
 */
export async function profileMissingHours(
  connection: RowConnection,
  monitor: Monitor,
  reference: StoredReference,
  current: Window,
): Promise<void> {
  for (const { profile, batch } of await findWork(connection, monitor, reference, current)) {
    await profile(connection, monitor, reference, batch);
  }
}

/** Is everything profiled that a window is compared by? */
export async function isProfiled(
  connection: Queryable,
  monitor: Monitor,
  reference: StoredReference,
  current: Window,
): Promise<boolean> {
  return (await findWork(connection, monitor, reference, current)).length === 0;
}

interface Work {
  readonly profile: typeof profilePredictions;
  readonly batch: Window;
}

/** What has to be profiled so that the reference and the current window are complete. */
async function findWork(
  connection: Queryable,
  monitor: Monitor,
  reference: StoredReference,
  current: Window,
): Promise<Work[]> {
  const first = (await findFirstPrediction(connection, monitor.model)) ?? current.end;
  const wholeHours = windowsToProfile(monitor.reference, current, floorToHour(first)).flatMap(hoursOf);
  const hours = await hoursWithRows(connection, monitor.model, wholeHours);
  const wanted = await findUnprofiledHours(connection, monitor.model, reference.id, hours);
  return [
    ...batches(wanted.predictions).map((batch) => ({ profile: profilePredictions, batch })),
    ...(reference.grids.has('actual') ? batches(wanted.actuals) : []).map((batch) => ({
      profile: profileActuals,
      batch,
    })),
  ];
}

function batches(hours: readonly number[]): Window[] {
  return windowsOfHours(hours).flatMap((window) => {
    const parts: Window[] = [];
    for (let start = window.start; start < window.end; start += hoursPerBatch * hourMs) {
      parts.push({ start, end: Math.min(window.end, start + hoursPerBatch * hourMs) });
    }
    return parts;
  });
}

async function profilePredictions(
  connection: RowConnection,
  monitor: Monitor,
  reference: StoredReference,
  window: Window,
): Promise<void> {
  const { profiles, hours } = await profileRows(connection, monitor, reference.grids, window);
  const withRows = new Set(hours.map(({ hour }) => hour));
  const empty = hoursOf(window)
    .filter((hour) => !withRows.has(hour))
    .map((hour) => ({ segment: wholeModel, hour, rows: 0, outOfDistribution: 0, repeats: 0 }));
  await storeProfiles(connection, monitor.model, reference.id, profiles);
  await storeProfiledHours(connection, monitor.model, reference.id, [...hours, ...empty]);
  await sumDays(connection, monitor.model, reference, window);
}

async function profileActuals(
  connection: RowConnection,
  monitor: Monitor,
  reference: StoredReference,
  window: Window,
): Promise<void> {
  const { name } = actualColumn(monitor);
  const grid = reference.grids.get(name)!;
  const groups = new Map<string, { segment: string; hour: number; accumulator: ColumnAccumulator }>();
  const accumulatorOf = (hour: number, segment: string): ColumnAccumulator => {
    const key = `${hour} ${segment}`;
    const group = groups.get(key) ?? { segment, hour, accumulator: createAccumulator(grid) };
    groups.set(key, group);
    return group.accumulator;
  };
  // An hour without actuals has a profile of none.
  for (const hour of hoursOf(window)) accumulatorOf(hour, wholeModel);
  await readActuals(connection, monitor.model, window, monitor.segments, (row) => {
    for (const segment of segmentsOf(monitor.segments, row)) accumulatorOf(row.hour, segment).add(row.actual);
  });
  const profiles = [...groups.values()].map(({ segment, hour, accumulator }) => ({
    segment,
    hour,
    column: name,
    content: encodeProfile(accumulator.profile(), grid),
  }));
  await storeProfiles(connection, monitor.model, reference.id, profiles);
  await sumDays(connection, monitor.model, reference, window);
}
