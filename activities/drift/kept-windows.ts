/** What past windows of a column tell is kept with the calibration that was first to look at them: each is compared once. */

import type { PastWindow } from '../../core/calibration/past-windows.ts';
import type { MethodName } from '../../core/statistics/registry.ts';
import type { Queryable } from '../../sql/database.ts';
import { toTimestamp } from '../../sql/database.ts';
import type { CalibrationRequest } from './calibration-request.ts';

export interface KeptWindow extends PastWindow {
  /** So many of the windows before it could be looked at. */
  readonly earlierWindows: number;
}

/** As it is stored: by whom a calibration is replaced that does not know of it is told by the method. */
export interface KeptPast {
  readonly method: MethodName;
  readonly windows: readonly KeptWindow[];
}

/**
 * Column -> its windows that end at these instants and that are kept, in order. They are kept with a calibration that ends after them, and so
 * are gone with it when an hour that they were learned from changes.
 */
export async function readPastWindows(
  connection: Queryable,
  { monitor, reference, current, segment, methods }: CalibrationRequest,
  columns: readonly string[],
  ends: readonly number[],
): Promise<ReadonlyMap<string, readonly KeptWindow[]>> {
  const rows = await connection.query<{ column: string; past: KeptPast }>(
    `select column_name as "column", past_windows as past from calibrations
     where model = $1 and reference_id = $2 and segment = $3 and column_name = any($4) and window_length = make_interval(secs => $5)
       and before = any($6) and past_windows is not null
     order by before`,
    [
      monitor.model,
      reference.id,
      segment,
      columns,
      (current.end - current.start) / 1000,
      ends.map(toTimestamp),
    ],
  );
  const wanted = new Set(ends);
  return new Map(
    columns.map((column) => {
      const told = rows.filter((row) => row.column === column && row.past.method === methods.get(column));
      const kept = new Map<number, KeptWindow>();
      for (const window of told.flatMap(({ past }) => past.windows)) {
        const known = kept.get(window.end)?.earlierWindows ?? -1;
        if (wanted.has(window.end) && window.earlierWindows > known) kept.set(window.end, window);
      }
      return [column, [...kept.values()].sort((a, b) => a.end - b.end)];
    }),
  );
}
