/** Calibrations: learned from past windows, and kept until an hour that they were learned from changes. */

import { calibrateColumn, type ColumnCalibration } from '../../core/calibration/calibration.ts';
import type { Monitor } from '../../core/monitor/schema.ts';
import { decodeProfile } from '../../core/profile/encode.ts';
import { calibrationSpan } from '../../core/reference/windows.ts';
import type { MethodName } from '../../core/statistics/registry.ts';
import type { Window } from '../../core/window.ts';
import { dayMs, floorToDay } from '../../core/window.ts';
import type { Queryable } from '../../sql/database.ts';
import { toTimestamp } from '../../sql/database.ts';
import { readProfiles, type StoredProfile } from '../../sql/read-profiles.ts';
import { groupByColumn } from '../profiles/days.ts';
import type { StoredReference } from '../profiles/reference-store.ts';

/** Which calibrations a current window needs: those of one segment. */
export interface CalibrationRequest {
  readonly monitor: Monitor;
  readonly reference: StoredReference;
  readonly current: Window;
  readonly segment: string;
  /** Column -> its deciding method. */
  readonly methods: ReadonlyMap<string, MethodName>;
}

/** Column -> what past windows of it tell. */
export type Calibrations = ReadonlyMap<string, ColumnCalibration>;

/** Learns and stores the calibrations that are not there yet. Call it under the profile lock. */
export async function ensureCalibrations(connection: Queryable, request: CalibrationRequest): Promise<void> {
  if (request.reference.window === null) return;
  const known = await readCalibrations(connection, request);
  const missing = [...request.methods.keys()].filter((column) => !known.has(column));
  if (missing.length === 0) return;
  await storeCalibrations(connection, request, await learn(connection, request, missing));
}

/** The stored calibrations; undefined where one that can be learned is not there. */
export async function findCalibrations(
  connection: Queryable,
  request: CalibrationRequest,
): Promise<Calibrations | undefined> {
  if (request.reference.window === null) return new Map();
  const known = await readCalibrations(connection, request);
  return known.size < request.methods.size ? undefined : known;
}

/** Past windows end whole days before the current one: an instant of its phase, the last that may be looked at. */
function endOf({ monitor, current }: CalibrationRequest): number {
  const { before } = calibrationSpan(monitor.reference, current);
  return current.end - Math.ceil((current.end - before) / dayMs) * dayMs;
}

async function learn(
  connection: Queryable,
  request: CalibrationRequest,
  columns: readonly string[],
): Promise<[string, ColumnCalibration][]> {
  const { monitor, reference, current, segment, methods } = request;
  const windowLength = current.end - current.start;
  // The sums of days serve where no window cuts a day in two.
  const isOfDays = windowLength % dayMs === 0 && floorToDay(current.end) === current.end;
  const { spans } = calibrationSpan(monitor.reference, current);
  const profiles: StoredProfile[] = [];
  for (const span of spans) {
    profiles.push(
      ...(await readProfiles(
        connection,
        monitor.model,
        reference.id,
        segment,
        span,
        isOfDays ? 'days' : 'hours',
        columns,
      )),
    );
  }
  const byColumn = groupByColumn(profiles);
  const end = endOf(request);
  return columns.map((column) => {
    const grid = reference.grids.get(column)!;
    const { reference: configured } = monitor;
    const calibration = calibrateColumn({
      grid,
      method: methods.get(column)!,
      windowLength,
      end,
      reference: configured.kind === 'seasonal' ? { weeks: configured.weeks } : [reference.window!],
      hours: (byColumn.get(column) ?? []).map(({ window, content }) => ({
        start: window.start,
        profile: decodeProfile(content, grid),
      })),
    });
    return [column, calibration];
  });
}

/** Those of the wanted columns, by the methods that decide today. */
async function readCalibrations(
  connection: Queryable,
  request: CalibrationRequest,
): Promise<Map<string, ColumnCalibration>> {
  const { monitor, reference, current, segment, methods } = request;
  const rows = await connection.query<{ column: string; content: ColumnCalibration }>(
    `select column_name as "column", content
     from calibrations
     where model = $1 and reference_id = $2 and segment = $3 and window_length = make_interval(secs => $4) and before = $5`,
    [monitor.model, reference.id, segment, (current.end - current.start) / 1000, toTimestamp(endOf(request))],
  );
  return new Map(
    rows
      .filter(({ column, content }) => methods.get(column) === content.method)
      .map(({ column, content }) => [column, content]),
  );
}

async function storeCalibrations(
  connection: Queryable,
  request: CalibrationRequest,
  learned: readonly (readonly [string, ColumnCalibration])[],
): Promise<void> {
  const { monitor, reference, current, segment } = request;
  await connection.execute(
    `insert into calibrations (model, reference_id, segment, column_name, window_length, before, content)
     select $1, $2, $3, column_name, make_interval(secs => $4), $5, content
     from unnest($6::text[], $7::jsonb[]) as learned (column_name, content)
     on conflict (model, reference_id, segment, column_name, window_length, before) do update set content = excluded.content`,
    [
      monitor.model,
      reference.id,
      segment,
      (current.end - current.start) / 1000,
      toTimestamp(endOf(request)),
      learned.map(([column]) => column),
      learned.map(([, calibration]) => JSON.stringify(calibration)),
    ],
  );
}
