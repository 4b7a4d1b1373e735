/** Learns how much windows of columns usually differ, from what is profiled and what is kept of past windows. */

import {
  calibrateColumn,
  learnFromWindows,
  type ColumnCalibration,
} from '../../core/calibration/calibration.ts';
import { designEffect, fewestDays } from '../../core/calibration/effective-size.ts';
import { comparePastWindows } from '../../core/calibration/past-windows.ts';
import type { ProfiledHour } from '../../core/calibration/window-sums.ts';
import { decodeProfile } from '../../core/profile/encode.ts';
import { valueCountOf } from '../../core/profile/profile.ts';
import { calibrationSpan, earlierWindowCount, earlierWindows } from '../../core/reference/windows.ts';
import type { MethodName } from '../../core/statistics/registry.ts';
import type { Window } from '../../core/window.ts';
import { dayMs, floorToDay, hoursOf, isOfDays, overlaps } from '../../core/window.ts';
import type { Queryable } from '../../sql/database.ts';
import { readHours, readProfiles, type StoredProfile } from '../../sql/read-profiles.ts';
import { findFirstProfiled, findUnprofiledHours } from '../profiles/store.ts';
import { hoursWithRows } from '../storage/removed-rows.ts';
import { endOf, type CalibrationRequest } from './calibration-request.ts';
import { readPastWindows, type KeptWindow } from './kept-windows.ts';

/** What was learned of a column. */
export interface LearnedColumn {
  readonly calibration: ColumnCalibration;
  /** Past windows that no calibration before told of; undefined where these are not kept. */
  readonly past?: readonly KeptWindow[] | undefined;
}

/**
 * Of windows that are longer than a day, or whole UTC days, it reads all that may be looked at, by the day: that is asked once a day. Of
 * shorter ones, which end every hour, only the past windows that are not kept yet, and those before them. What is the same for all columns
 * is asked once, the profiles are read a column at a time. Call it under the profile lock.
 */
export async function learnColumns(
  connection: Queryable,
  request: CalibrationRequest,
  columns: readonly string[],
): Promise<ReadonlyMap<string, LearnedColumn>> {
  const { current } = request;
  if (lengthOf(request) <= dayMs && !isOfDays(current)) return learnFromNew(connection, request, columns);
  const learned = new Map<string, LearnedColumn>();
  for (const column of columns)
    learned.set(column, { calibration: await learnFromAll(connection, request, column) });
  return learned;
}

async function learnFromAll(
  connection: Queryable,
  request: CalibrationRequest,
  column: string,
): Promise<ColumnCalibration> {
  const { monitor, reference, current } = request;
  const { spans } = calibrationSpan(monitor.reference, current);
  const { reference: configured } = monitor;
  return calibrateColumn({
    ...settingsOf(request, column),
    reference: configured.kind === 'seasonal' ? { weeks: configured.weeks } : [reference.window!],
    // The sums of days serve where no window cuts a day in two.
    hours: await readSpans(connection, request, column, spans, isOfDays(current) ? 'days' : 'hours'),
  });
}

async function learnFromNew(
  connection: Queryable,
  request: CalibrationRequest,
  columns: readonly string[],
): Promise<ReadonlyMap<string, LearnedColumn>> {
  const looked = await findPastWindows(connection, request);
  const isKept = looksAgain(request);
  const kept = isKept ? await readPastWindows(connection, request, columns, looked.ends) : undefined;
  const compared = new Map<string, ComparedColumn>();
  for (const column of columns)
    compared.set(column, await compareNew(connection, request, column, looked, kept?.get(column) ?? []));
  const unprofiled = isKept
    ? await findUnprofiled(connection, request, new Set([...compared.values()].flatMap((one) => one.hours)))
    : undefined;
  const pastOf = ({ windows, hours }: ComparedColumn): LearnedColumn['past'] =>
    unprofiled === undefined || hours.some((hour) => unprofiled.has(hour))
      ? undefined
      : windows.filter((window) => isSettled(request, window));
  return new Map(
    [...compared].map(([column, one]) => [column, { calibration: one.calibration, past: pastOf(one) }]),
  );
}

/** The past windows that are looked at, whatever the column. */
interface LookedAt {
  readonly spans: readonly Window[];
  /** When they end, in order. */
  readonly ends: readonly number[];
  /** The windows before one that it may be compared with: up to the first that is not looked at. */
  readonly earlierOf: (end: number) => readonly Window[];
}

async function findPastWindows(connection: Queryable, request: CalibrationRequest): Promise<LookedAt> {
  const { monitor, reference, segment, current } = request;
  const { spans } = calibrationSpan(monitor.reference, current);
  const first = await findFirstProfiled(connection, monitor.model, reference.id, segment);
  const ends = first === undefined ? [] : endsWithin(spans, request).filter((end) => end > first);
  return { spans, ends, earlierOf: earlierAmong(ends, request) };
}

interface ComparedColumn {
  readonly calibration: ColumnCalibration;
  /** The windows that were not kept, now compared. */
  readonly windows: readonly KeptWindow[];
  /** What these were compared by. */
  readonly hours: readonly number[];
}

async function compareNew(
  connection: Queryable,
  request: CalibrationRequest,
  column: string,
  { spans, ends, earlierOf }: LookedAt,
  all: readonly KeptWindow[],
): Promise<ComparedColumn> {
  const { monitor, reference, segment } = request;
  const { reference: configured } = monitor;
  const settings = settingsOf(request, column);
  const { grid, method, windowLength } = settings;
  const kept = all.filter(({ end, earlierWindows }) => earlierWindows >= earlierOf(end).length);
  const known = new Set(kept.map(({ end }) => end));
  const missing = ends.filter((end) => !known.has(end));
  const hours = hoursBehind(missing, earlierOf, windowLength);
  const profiles = await readHours(connection, monitor.model, reference.id, segment, hours, [column]);
  const ofReference = await readReference(connection, request, column, spans);
  const isSeasonal = configured.kind === 'seasonal';
  const { windows } = comparePastWindows(
    {
      ...settings,
      reference: isSeasonal
        ? { weeks: configured.weeks }
        : { windows: [reference.window!], hours: ofReference },
      hours: decode(profiles, grid),
    },
    missing,
  );
  const compared = windows.map((window) => ({ ...window, earlierWindows: earlierOf(window.end).length }));
  return {
    calibration: learnFromWindows({
      method,
      windowLength,
      past: {
        since: Number.NEGATIVE_INFINITY,
        windows: [...kept, ...compared].sort((a, b) => a.end - b.end),
      },
      ...(isSeasonal && { weeks: configured.weeks }),
      designEffect: designEffect(grid, ofReference),
    }),
    windows: compared,
    hours,
  };
}

/** Are past windows looked at again tomorrow? Not those of a rolling reference, which lasts a day, nor of one that tells by itself what is usual. */
function looksAgain({ monitor: { reference }, current }: CalibrationRequest): boolean {
  return reference.kind !== 'rolling' && calibrationSpan(reference, current).before === current.start;
}

/** What is kept counts as long as no hour before the calibration changes: nothing that hours of a reference after it are a part of. */
function isSettled(request: CalibrationRequest, { end }: KeptWindow): boolean {
  const { monitor, reference } = request;
  const isOver = reference.window !== null && reference.window.end <= endOf(request);
  const window = { start: end - lengthOf(request), end };
  return monitor.reference.kind === 'seasonal' || isOver || !overlaps(window, reference.window!);
}

interface Settings {
  readonly grid: ReturnType<CalibrationRequest['reference']['grids']['get']> & object;
  readonly method: MethodName;
  readonly windowLength: number;
  readonly end: number;
}

function settingsOf(request: CalibrationRequest, column: string): Settings {
  const { reference, methods } = request;
  return {
    grid: reference.grids.get(column)!,
    method: methods.get(column)!,
    windowLength: lengthOf(request),
    end: endOf(request),
  };
}

function lengthOf({ current }: CalibrationRequest): number {
  return current.end - current.start;
}

/** When the past windows end that lie in one of these spans, in order. */
function endsWithin(spans: readonly Window[], request: CalibrationRequest): number[] {
  const end = endOf(request);
  const windowLength = lengthOf(request);
  return spans.flatMap((span) => {
    const ends: number[] = [];
    let past = end - Math.floor((end - span.start - windowLength) / dayMs) * dayMs;
    for (; past <= Math.min(span.end, end); past += dayMs) ends.push(past);
    return ends;
  });
}

function earlierAmong(ends: readonly number[], request: CalibrationRequest): LookedAt['earlierOf'] {
  const { reference: configured } = request.monitor;
  const looked = new Set(ends);
  const count =
    configured.kind === 'seasonal' ? Math.max(earlierWindowCount, configured.weeks) : earlierWindowCount;
  return (end) => {
    const earlier = earlierWindows({ start: end - lengthOf(request), end }, count);
    const gap = earlier.findIndex((window) => !looked.has(window.end));
    return gap < 0 ? earlier : earlier.slice(0, gap);
  };
}

function hoursBehind(
  ends: readonly number[],
  earlierOf: LookedAt['earlierOf'],
  windowLength: number,
): readonly number[] {
  const windows = ends.flatMap((end) => [{ start: end - windowLength, end }, ...earlierOf(end)]);
  return [...new Set(windows.flatMap(hoursOf))].sort((a, b) => a - b);
}

/** All that is profiled of the reference, by the day where it has enough days; of a seasonal one, of all that is looked at. */
async function readReference(
  connection: Queryable,
  request: CalibrationRequest,
  column: string,
  spans: readonly Window[],
): Promise<readonly ProfiledHour[]> {
  const { monitor, reference } = request;
  const read = monitor.reference.kind === 'seasonal' ? spans : [reference.window!];
  const byDay = await readSpans(connection, request, column, read, 'days');
  const days = new Set(
    byDay.filter(({ profile }) => valueCountOf(profile) > 0).map(({ start }) => floorToDay(start)),
  );
  return days.size >= fewestDays ? byDay : readSpans(connection, request, column, read, 'hours');
}

async function readSpans(
  connection: Queryable,
  { monitor, reference, segment }: CalibrationRequest,
  column: string,
  spans: readonly Window[],
  by: 'days' | 'hours',
): Promise<readonly ProfiledHour[]> {
  const profiles: StoredProfile[] = [];
  for (const span of spans)
    profiles.push(
      ...(await readProfiles(connection, monitor.model, reference.id, segment, span, by, [column])),
    );
  return decode(profiles, reference.grids.get(column)!);
}

function decode(profiles: readonly StoredProfile[], grid: Settings['grid']): readonly ProfiledHour[] {
  return profiles.map(({ window, content }) => ({
    start: window.start,
    profile: decodeProfile(content, grid),
  }));
}

/** Another run may have dropped profiles of hours that changed, and not have profiled them again yet: then nothing is kept of them. */
async function findUnprofiled(
  connection: Queryable,
  { monitor: { model }, reference }: CalibrationRequest,
  hours: ReadonlySet<number>,
): Promise<ReadonlySet<number>> {
  const first = (await findFirstProfiled(connection, model, reference.id, '')) ?? Infinity;
  const since = [...hours].filter((hour) => hour >= first).sort((a, b) => a - b);
  const wanted = await hoursWithRows(connection, model, since);
  const { predictions, actuals } = await findUnprofiledHours(connection, model, reference.id, wanted);
  return new Set(reference.grids.has('actual') ? actuals : predictions);
}
