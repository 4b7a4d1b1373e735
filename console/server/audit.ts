/** Who did what in the console or by a command, who signed in, and who was refused. */

import { minuteMs } from '../../core/window.ts';
import { toTimestamp, type Queryable } from '../../sql/database.ts';
import { openLimit } from './access/limit.ts';
import type { Role, Viewer } from './access/roles.ts';

/** The same for all rows. */
interface Audited {
  /** From where; absent for a command. */
  readonly address?: string;
  /** Such as `alert.acknowledge`. */
  readonly action: string;
  /** Absent where it is about no model. */
  readonly model?: string;
  /** What it is done to. */
  readonly subject: string;
  /** What was sent with it: never a secret. */
  readonly details?: Readonly<Record<string, string>>;
}

export interface AuditedAction extends Audited {
  readonly viewer: Viewer;
}

/** Something of which it is known how it ended. */
export interface AuditedAccess extends Audited {
  /** Who somebody is, or says to be where they were refused: then without a role. */
  readonly who: { readonly name: string; readonly role?: Role; readonly identity?: string };
  readonly outcome: 'done' | 'refused' | 'failed';
  readonly said: string;
}

/** Notes that somebody wants something done, before it is tried, so that nothing is done without a row; returns its id. */
export async function noteRequest(
  connection: Queryable,
  { viewer, ...audited }: AuditedAction,
): Promise<number> {
  return insertEvent(connection, { who: viewer, outcome: 'requested', said: null, ...audited });
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

/** Notes that somebody has signed in or out. */
export async function noteAccess(connection: Queryable, audited: AuditedAccess): Promise<void> {
  await insertEvent(connection, audited);
}

export interface Refusals {
  /** Notes that somebody was refused; counts it only, where there have been too many. */
  note(audited: AuditedAccess, now: number): Promise<void>;
  /** Counts one that is not worth a row of its own. */
  count(): void;
}

/** Whoever tries and tries fills no table: 60 rows at once, and 288 a day. The next row says how many there were without one. */
export function openRefusals(connection: Queryable): Refusals {
  const limit = openLimit({ burst: 60, everyMs: 5 * minuteMs });
  let unrecorded = 0;
  return {
    note: async (audited, now) => {
      if (limit.wait('', now) > 0) {
        unrecorded += 1;
        return;
      }
      limit.take('', now);
      const details = { ...audited.details, ...(unrecorded > 0 && { unrecorded: String(unrecorded) }) };
      unrecorded = 0;
      await insertEvent(connection, { ...audited, details });
    },
    count: () => {
      unrecorded += 1;
    },
  };
}

async function insertEvent(
  connection: Queryable,
  audited: Omit<AuditedAccess, 'outcome' | 'said'> & {
    readonly outcome: AuditedAccess['outcome'] | 'requested';
    readonly said: string | null;
  },
): Promise<number> {
  const { who, address, action, model, subject, details = {}, outcome, said } = audited;
  const [row] = await connection.query<{ audit_id: number }>(
    `insert into audit_events (actor, role, identity, address, action, model, subject, details, outcome, said)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
     returning audit_id`,
    [
      who.name,
      who.role ?? null,
      who.identity ?? null,
      address ?? null,
      action,
      model ?? null,
      subject,
      JSON.stringify(details),
      outcome,
      said,
    ],
  );
  return row!.audit_id;
}

/** So many rows a statement: others wait for no lock of it for long. */
const batchSize = 10_000;

/**
 * Deletes what was recorded before an instant; returns how many rows. Done again, or by two at once, it deletes nothing more.
 *
 * @param before in epoch milliseconds
 */
export async function deleteAuditEvents(connection: Queryable, before: number): Promise<number> {
  let deleted = 0;
  for (;;) {
    const batch = await connection.execute(
      `delete from audit_events where audit_id in
         (select audit_id from audit_events where recorded_at < $1 order by recorded_at limit $2 for update skip locked)`,
      [toTimestamp(before), batchSize],
    );
    deleted += batch;
    if (batch < batchSize) return deleted;
  }
}
