import type { Queryable } from '../sql/database.ts';

/** What whoever has started their first worker does next. */
export async function nextStep(connection: Queryable): Promise<string> {
  const [row] = await connection.query<{ readonly watched: boolean }>(
    'select exists (select from monitors) as watched',
  );
  return row?.watched === true
    ? 'in another terminal `tidewatch run drift-detection --model <name>`, or wait for the schedules; `tidewatch status` says how each model stands'
    : '`tidewatch apply`: no model is watched yet';
}
