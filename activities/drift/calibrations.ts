/** Calibrations: learned from past windows, and kept until an hour that they were learned from changes. */

import type { ColumnCalibration } from '../../core/calibration/calibration.ts';
import type { Queryable } from '../../sql/database.ts';
import { toTimestamp } from '../../sql/database.ts';
import { endOf, type CalibrationRequest } from './calibration-request.ts';
import type { KeptPast } from './kept-windows.ts';
import { learnColumns, type LearnedColumn } from './learn-columns.ts';

/** Column -> what past windows of it tell. */
export type Calibrations = ReadonlyMap<string, ColumnCalibration>;

/** Learns and stores the calibrations that are not there yet. Call it under the profile lock. */
export async function ensureCalibrations(connection: Queryable, request: CalibrationRequest): Promise<void> {
  if (request.reference.window === null) return;
  const known = await readCalibrations(connection, request);
  const missing = [...request.methods.keys()].filter((column) => !known.has(column));
  if (missing.length === 0) return;
  await storeCalibrations(connection, request, [...(await learnColumns(connection, request, missing))]);
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
  learned: readonly (readonly [string, LearnedColumn])[],
): Promise<void> {
  const { monitor, reference, current, segment } = request;
  await connection.execute(
    `insert into calibrations (model, reference_id, segment, column_name, window_length, before, content, past_windows)
     select $1, $2, $3, column_name, make_interval(secs => $4), $5, content, past_windows
     from unnest($6::text[], $7::jsonb[], $8::jsonb[]) as learned (column_name, content, past_windows)
     on conflict (model, reference_id, segment, column_name, window_length, before)
       do update set content = excluded.content, past_windows = excluded.past_windows`,
    [
      monitor.model,
      reference.id,
      segment,
      (current.end - current.start) / 1000,
      toTimestamp(endOf(request)),
      learned.map(([column]) => column),
      learned.map(([, { calibration }]) => JSON.stringify(calibration)),
      learned.map(([, { calibration, past }]) =>
        past === undefined
          ? null
          : JSON.stringify({ method: calibration.method, windows: past } satisfies KeptPast),
      ),
    ],
  );
}
