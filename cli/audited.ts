/** What a command changes, with a row of who did it and how it ended. */

import { noteOutcome, noteRequest, type AuditedAction } from '../console/server/audit.ts';
import { reasonOf } from '../core/errors.ts';
import type { Queryable } from '../sql/database.ts';

export interface AuditedCommand<Done> extends Omit<AuditedAction, 'viewer' | 'address'> {
  readonly by: string;
  readonly work: () => Promise<Done>;
  /** What has been done, in words. */
  readonly said: (done: Done) => string;
}

/** Does it. The row is there before it is tried; where the database is away at its end, the row stays: nobody knows the end. */
export async function audited<Done>(
  connection: Queryable,
  { by, work, said, ...action }: AuditedCommand<Done>,
): Promise<Done> {
  const auditId = await noteRequest(connection, { viewer: { name: by, role: 'operator' }, ...action });
  try {
    const done = await work();
    await noteOutcome(connection, auditId, 'done', said(done));
    return done;
  } catch (error) {
    await noteOutcome(connection, auditId, 'failed', reasonOf(error)).catch(() => {});
    throw error;
  }
}

/** The note that a person gave, as a row has it. */
export function noteDetails(note: string | undefined): Readonly<Record<string, string>> {
  return note === undefined ? {} : { note };
}
