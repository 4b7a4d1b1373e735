import type { Monitor } from '../../core/monitor/schema.ts';
import { encodeProfile } from '../../core/profile/encode.ts';
import { createAccumulator, type ColumnAccumulator } from '../../core/profile/profile.ts';
import { windowsToProfile } from '../../core/reference/windows.ts';
import type { Window, WindowText } from '../../core/window.ts';
import {
  dayMs,
  floorToDay,
  floorToHour,
  hourMs,
  hoursOf,
  parseInstant,
  parseWindow,
  trailingWindow,
  windowsOfHours,
} from '../../core/window.ts';
import type { Queryable } from '../../sql/database.ts';
import { lockUntilCommit, shareLockUntilCommit } from '../../sql/database.ts';
import { heartbeating } from '../activity-context.ts';
import type { ActivityDependencies } from '../dependencies.ts';
import { findMonitor } from '../monitors/store.ts';
import type { RowConnection } from '../feature-rows/row-connection.ts';
import { withActiveReference } from './active-reference.ts';
import { divideHours, type ColumnGroup, type Division, type Part } from '../processes/parts.ts';
import { hoursWithRows } from '../storage/removed-rows.ts';
import { columnGroupsOf, storeColumnGroup, takeColumnGroups } from './column-groups.ts';
import { actualColumn, segmentsOf, wholeModel } from './columns.ts';
import { sumDays } from './days.ts';
import { profileRows } from './hour-profiles.ts';
import { daysToRestore, dropRolledUpHours, forgetRolledUp } from './rolled-up.ts';
import { ensureReference, specifyReference } from './reference.ts';
import { findReference, type StoredReference } from './reference-store.ts';
import {
  dropDirtyProfiles,
  findFirstPrediction,
  findUnprofiledHours,
  readActuals,
  storeProfiledHours,
  storeProfiles,
  type ProfiledHour,
} from './store.ts';

export interface ProfileHoursInput {
  readonly model: string;
  readonly asOf: string;
  /** Length of the current window, instead of the monitor's. */
  readonly current?: string;
  /** The current window itself. */
  readonly window?: WindowText;
}

export interface ProfileHoursRequest extends ProfileHoursInput {
  /** Where it is worth it, only the parts are given: whoever asks has them profiled, and then asks for the rest. */
  readonly parts?: 'wanted';
}

/** With parts, nothing is profiled yet; without, all is. */
export interface ProfileHoursResult extends Partial<Division> {
  readonly hoursProfiled: number;
}

/** The current window that a drift run is about. */
export function currentWindow(monitor: Monitor, input: ProfileHoursInput): Window {
  if (input.window !== undefined) return parseWindow(input.window);
  return trailingWindow(parseInstant(input.asOf), input.current ?? monitor.current);
}

/** Two runs never profile one model at the same time: what one drops, the other would store again. */
export function profileLock(model: string): string {
  return `profiles:${model}`;
}

type Dependencies = Pick<ActivityDependencies, 'database' | 'context' | 'fanOut'>;

/** Profiles the hours that are new or changed: of the reference, the current window, and those that teach what is usual. */
export function createProfileHours(
  deps: Dependencies,
): (input: ProfileHoursRequest) => Promise<ProfileHoursResult> {
  return async function profileHours(input) {
    const { monitor: configured } = await findMonitor(deps.database, input.model);
    const current = currentWindow(configured, input);
    const monitor = await withActiveReference(deps.database, configured, current);
    const asOf = parseInstant(input.asOf);
    const profiled = await profileWindow(deps, { monitor, current, asOf, parts: input.parts });
    return 'missing' in profiled ? { hoursProfiled: 0 } : profiled;
  };
}

/** Profiles what a current window and its reference need, a batch a transaction; or says in words why there is no reference. */
export async function profileWindow(
  deps: Dependencies,
  {
    monitor,
    current,
    asOf,
    parts: asked,
  }: {
    readonly monitor: Monitor;
    readonly current: Window;
    readonly asOf: number;
    readonly parts?: ProfileHoursRequest['parts'];
  },
): Promise<ProfileHoursResult | { readonly missing: string }> {
  const { model } = monitor;
  // One batch may read a source for minutes.
  return heartbeating(deps.context(), async () => {
    const reference = await deps.database.transaction(async (connection) => {
      await lockUntilCommit(connection, profileLock(model));
      await dropDirtyProfiles(connection, model);
      return ensureReference(connection, monitor, specifyReference(monitor, current), asOf);
    });
    if ('missing' in reference) return reference;
    const work = await findWork(deps.database, monitor, reference, current);
    if (asked === 'wanted') {
      const division = await divideWork(deps, monitor, work);
      if (division !== undefined) return { hoursProfiled: 0, ...division };
    }
    return { hoursProfiled: await carryOut(deps, { monitor, reference, work }, lockUntilCommit) };
  });
}

/** Columns are divided of predictions only: actuals are one column. */
async function divideWork(
  deps: Dependencies,
  monitor: Monitor,
  work: readonly Work[],
): Promise<Division | undefined> {
  const hours = work.flatMap(({ batch }) => hoursOf(batch));
  const columns = deps.fanOut?.columns ?? Infinity;
  const groups = work.some(({ profile }) => profile === profilePredictions)
    ? columnGroupsOf(monitor, columns)
    : 1;
  return divideHours(deps, monitor.model, hours, groups);
}

export interface ProfilePartInput extends ProfileHoursInput {
  /** Of `profileHours`. */
  readonly part: Part;
}

/**
 * Profiles the hours of one part of a big window that have no profile yet, or counts a group of columns of them. Parts are of different days
 * or columns, and may be profiled at the same time: they share the lock that drops what has changed. A reference that is gone
 * meanwhile leaves the work to `profileHours`.
 */
export function createProfilePart(
  deps: Pick<Dependencies, 'database' | 'context'>,
): (input: ProfilePartInput) => Promise<{ readonly hoursProfiled: number }> {
  return async function profilePart(input) {
    const { database } = deps;
    const { monitor: configured } = await findMonitor(database, input.model);
    const current = currentWindow(configured, input);
    const monitor = await withActiveReference(database, configured, current);
    return heartbeating(deps.context(), async () => {
      const reference = await findReference(database, monitor.model, specifyReference(monitor, current).id);
      if (reference === undefined) return { hoursProfiled: 0 };
      const first = (await findFirstPrediction(database, monitor.model)) ?? current.end;
      const hours = hoursOf(parseWindow(input.part));
      let work = await workOf(database, monitor, reference, { current, first, hours, of: 'a part' });
      if (input.part.columns !== undefined) work = workOfGroup(work, input.part.columns);
      return { hoursProfiled: await carryOut(deps, { monitor, reference, work }, shareLockUntilCommit) };
    });
  };
}

/** Gives the hours of predictions that were profiled. */
async function carryOut(
  deps: Pick<Dependencies, 'database' | 'context'>,
  {
    monitor,
    reference,
    work,
  }: { readonly monitor: Monitor; readonly reference: StoredReference; readonly work: readonly Work[] },
  lock: typeof lockUntilCommit,
): Promise<number> {
  const context = deps.context();
  let hoursProfiled = 0;
  for (const { profile, batch } of work) {
    context.cancelled.throwIfAborted();
    await deps.database.transaction(async (connection) => {
      await lock(connection, profileLock(monitor.model));
      await profile(connection, monitor, reference, batch);
    });
    if (profile === profilePredictions) hoursProfiled += (batch.end - batch.start) / hourMs;
    context.heartbeat(batch.end);
  }
  return hoursProfiled;
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
  const hours = windowsToProfile(monitor.reference, current, floorToHour(first)).flatMap(hoursOf);
  return workOf(connection, monitor, reference, { current, first, hours });
}

/** What of these hours has no profile. */
async function workOf(
  connection: Queryable,
  monitor: Monitor,
  reference: StoredReference,
  needed: {
    readonly current: Window;
    readonly first: number;
    readonly hours: readonly number[];
    readonly of?: 'a part';
  },
): Promise<Work[]> {
  const hours = await hoursWithRows(connection, monitor.model, needed.hours);
  const wanted = await findUnprofiledHours(connection, monitor.model, reference.id, hours);
  const days = await daysToRestore(connection, monitor, { ...needed, referenceId: reference.id, hours });
  const restored = days.flatMap((day) => hoursOf({ start: day, end: day + dayMs }));
  const batchesOf = (unprofiled: readonly number[]): Window[] =>
    batches(
      restored.length === 0 ? unprofiled : [...new Set([...unprofiled, ...restored])].sort((a, b) => a - b),
    );
  return [
    ...batchesOf(wanted.predictions).map((batch) => ({ profile: profilePredictions, batch })),
    ...(reference.grids.has('actual') ? batchesOf(wanted.actuals) : []).map((batch) => ({
      profile: profileActuals,
      batch,
    })),
  ];
}

/** The same hours, for a group of columns. */
function workOfGroup(work: readonly Work[], group: ColumnGroup): Work[] {
  return work
    .filter(({ profile }) => profile === profilePredictions)
    .map(({ batch }) => ({ profile: (...of) => storeColumnGroup(...of, group), batch }));
}

/** Of one UTC day each, so that its sum is stored with its last hour, and no two parts of a window touch the same day. */
function batches(hours: readonly number[]): Window[] {
  return windowsOfHours(hours).flatMap((window) => {
    const days: Window[] = [];
    for (let { start } = window; start < window.end; start = days.at(-1)!.end)
      days.push({ start, end: Math.min(window.end, floorToDay(start) + dayMs) });
    return days;
  });
}

async function profilePredictions(
  connection: RowConnection,
  monitor: Monitor,
  reference: StoredReference,
  window: Window,
): Promise<void> {
  if (window.end - window.start === dayMs)
    await forgetRolledUp(connection, monitor.model, reference.id, window.start);
  const counted = [await takeColumnGroups(connection, monitor, reference, window)];
  const taken = hoursIn(counted);
  for (const rest of windowsOfHours(hoursOf(window).filter((hour) => !taken.has(hour))))
    counted.push(await profileRows(connection, monitor, reference.grids, rest));
  const withRows = hoursIn(counted);
  const empty = hoursOf(window)
    .filter((hour) => !withRows.has(hour))
    .map((hour) => ({ segment: wholeModel, hour, rows: 0, outOfDistribution: 0, repeats: 0 }));
  const profiles = counted.flatMap((part) => part.profiles);
  const hours = counted.flatMap((part) => part.hours);
  await storeProfiles(connection, 'hour', monitor.model, reference.id, profiles);
  await storeProfiledHours(connection, monitor.model, reference.id, [...hours, ...empty]);
  await sumDays(connection, monitor.model, reference, window);
}

function hoursIn(counted: readonly { readonly hours: readonly ProfiledHour[] }[]): ReadonlySet<number> {
  return new Set(counted.flatMap(({ hours }) => hours.map(({ hour }) => hour)));
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
    since: hour,
    column: name,
    content: encodeProfile(accumulator.profile(), grid),
  }));
  await storeProfiles(connection, 'hour', monitor.model, reference.id, profiles);
  await sumDays(connection, monitor.model, reference, window);
  await dropRolledUpHours(connection, monitor.model, reference.id, window);
}
