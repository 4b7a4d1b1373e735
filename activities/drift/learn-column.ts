/** Learns how much windows of a column usually differ, from what is profiled and what is kept of past windows. */

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
  readonly past?: readonly KeptWindow[];
}

/**
 * Of windows that are longer than a day, or whole UTC days, it reads all that may be looked at, by the day: that is asked once a day. Of
 * shorter ones, which end every hour, only the past windows that are not kept yet, and those before them. Call it under the profile lock.
 */
export async function learnColumn(
  connection: Queryable,
  request: CalibrationRequest,
  column: string,
): Promise<LearnedColumn> {
  const { current } = request;
  return current.end - current.start > dayMs || isOfDays(current)
    ? { calibration: await learnFromAll(connection, request, column) }
    : learnFromNew(connection, request, column);
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
  column: string,
): Promise<LearnedColumn> {
  const { monitor, reference, current, segment } = request;
  const { reference: configured } = monitor;
  const settings = settingsOf(request, column);
  const { grid, method, windowLength } = settings;
  const { spans } = calibrationSpan(configured, current);
  const first = await findFirstProfiled(connection, monitor.model, reference.id, segment);
  const ends = first === undefined ? [] : endsWithin(spans, settings).filter((end) => end > first);
  const earlierOf = earlierAmong(ends, settings, configured);
  const isKept = looksAgain(request);
  const kept = (isKept ? await readPastWindows(connection, request, column, ends) : []).filter(
    ({ end, earlierWindows }) => earlierWindows >= earlierOf(end).length,
  );
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
    ...(isKept &&
      (await areProfiled(connection, request, hours)) && {
        past: compared.filter((window) => isSettled(request, window)),
      }),
  };
}

/** Are past windows looked at again tomorrow? Not those of a rolling reference, which lasts a day, nor of one that tells by itself what is usual. */
function looksAgain({ monitor: { reference }, current }: CalibrationRequest): boolean {
  return reference.kind !== 'rolling' && calibrationSpan(reference, current).before === current.start;
}

/** What is kept counts as long as no hour before the calibration changes: nothing that hours of a reference after it are a part of. */
function isSettled(request: CalibrationRequest, { end }: KeptWindow): boolean {
  const { monitor, reference, current } = request;
  const isOver = reference.window !== null && reference.window.end <= endOf(request);
  const window = { start: end - (current.end - current.start), end };
  return monitor.reference.kind === 'seasonal' || isOver || !overlaps(window, reference.window!);
}

interface Settings {
  readonly grid: ReturnType<CalibrationRequest['reference']['grids']['get']> & object;
  readonly method: MethodName;
  readonly windowLength: number;
  readonly end: number;
}

function settingsOf(request: CalibrationRequest, column: string): Settings {
  const { reference, current, methods } = request;
  return {
    grid: reference.grids.get(column)!,
    method: methods.get(column)!,
    windowLength: current.end - current.start,
    end: endOf(request),
  };
}

/** When the past windows end that lie in one of these spans, in order. */
function endsWithin(spans: readonly Window[], { end, windowLength }: Settings): number[] {
  return spans.flatMap((span) => {
    const ends: number[] = [];
    let past = end - Math.floor((end - span.start - windowLength) / dayMs) * dayMs;
    for (; past <= Math.min(span.end, end); past += dayMs) ends.push(past);
    return ends;
  });
}

/** Gives the windows before one that it may be compared with: up to the first that is not among those looked at. */
function earlierAmong(
  ends: readonly number[],
  { windowLength }: Settings,
  configured: CalibrationRequest['monitor']['reference'],
): (end: number) => readonly Window[] {
  const looked = new Set(ends);
  const count =
    configured.kind === 'seasonal' ? Math.max(earlierWindowCount, configured.weeks) : earlierWindowCount;
  return (end) => {
    const earlier = earlierWindows({ start: end - windowLength, end }, count);
    const gap = earlier.findIndex((window) => !looked.has(window.end));
    return gap < 0 ? earlier : earlier.slice(0, gap);
  };
}

function hoursBehind(
  ends: readonly number[],
  earlierOf: (end: number) => readonly Window[],
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
async function areProfiled(
  connection: Queryable,
  { monitor: { model }, reference }: CalibrationRequest,
  hours: readonly number[],
): Promise<boolean> {
  const first = (await findFirstProfiled(connection, model, reference.id, '')) ?? Infinity;
  const wanted = (await hoursWithRows(connection, model, hours)).filter((hour) => hour >= first);
  const { predictions, actuals } = await findUnprofiledHours(connection, model, reference.id, wanted);
  return predictions.length === 0 && (actuals.length === 0 || !reference.grids.has('actual'));
}
