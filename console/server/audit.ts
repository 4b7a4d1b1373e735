/** Who did what in the console: a row for each action, written before it is tried, so that none is done without one. */

import type { Queryable } from '../../sql/database.ts';
import type { Viewer } from './access/roles.ts';

export interface AuditedAction {
  readonly viewer: Viewer;
  /** Such as `alert.acknowledge`. */
  readonly action: string;
  /** Absent where it is about no model. */
  readonly model?: string;
  /** What it is done to. */
  readonly subject: string;
  /** What was sent with it: never a secret. */
  readonly details?: Readonly<Record<string, string>>;
}

/** Notes that somebody wants something done; returns the id of the row. */
export async function noteRequest(
  connection: Queryable,
  { viewer, action, model, subject, details = {} }: AuditedAction,
): Promise<number> {
  const [row] = await connection.query<{ audit_id: number }>(
    `insert into audit_events (actor, role, action, model, subject, details)
     values ($1, $2, $3, $4, $5, $6)
     returning audit_id`,
    [viewer.name, viewer.role, action, model ?? null, subject, JSON.stringify(details)],
  );
  return row!.audit_id;
}

/** Notes how it ended. A row that stays `requested` is of an action that nobody knows the end of. */
export async function noteOutcome(
  connection: Queryable,
  auditId: number,
  outcome: 'done' | 'refused' | 'failed',
  said: string,
): Promise<void> {
  await connection.execute('update audit_events set outcome = $2, said = $3 where audit_id = $1', [
    auditId,
    outcome,
    said,
  ]);
}
