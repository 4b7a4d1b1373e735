/** That somebody has paused a model's schedules by command. */

import { switchActions, type CommandPause } from '../core/process/pauses.ts';
import type { Queryable } from './database.ts';

/** The pause by `tidewatch pause` that no `tidewatch resume` has ended. What was done in the Temporal UI, only Temporal knows. */
export async function findPause(connection: Queryable, model: string): Promise<CommandPause | undefined> {
  const [row] = await connection.query<{ since: number; by: string; note: string | null; action: string }>(
    `select recorded_at as since, actor as by, details ->> 'note' as note, action
     from audit_events
     where model = $1 and subject = $1 and action = any ($2) and outcome = 'done'
     order by audit_id desc
     limit 1`,
    [model, Object.values(switchActions)],
  );
  if (row === undefined || row.action !== switchActions.paused) return undefined;
  const { since, by, note } = row;
  return { since, by, ...(note !== null && { note }) };
}
