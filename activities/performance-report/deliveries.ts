/** Who is sent a report: each address once, claimed before it is sent to. */

import type { Queryable } from '../../sql/database.ts';
import { toTimestamp } from '../../sql/database.ts';
import type { ReportKey } from '../reports/store.ts';

/** A claim older than this belongs to a process that died; as for alerts, a slow but living sender is done before. */
const leaseMinutes = 2;

/** What one claim of an address owns: a later claim has a later number. */
export interface ReportClaim {
  readonly key: ReportKey;
  readonly address: string;
  readonly attempt: number;
}

/** Notes who is to be sent a report. Whoever was noted before is not noted again. */
export async function addRecipients(
  connection: Queryable,
  key: ReportKey,
  addresses: readonly string[],
): Promise<void> {
  await connection.execute(
    `insert into report_deliveries (model, kind, window_start, window_end, recipient)
     select $1, $2, $3, $4, address from unnest($5::text[]) as address
     on conflict do nothing`,
    [...columnsOf(key), addresses],
  );
}

/** The addresses that do not have the report yet, claimed ones included. */
export async function pendingRecipients(connection: Queryable, key: ReportKey): Promise<readonly string[]> {
  const rows = await connection.query<{ recipient: string }>(
    `select recipient from report_deliveries
     where model = $1 and kind = $2 and window_start = $3 and window_end = $4 and state <> 'delivered'
     order by recipient`,
    columnsOf(key),
  );
  return rows.map(({ recipient }) => recipient);
}

/** Claims an address; null when it has the report, or another claim on it is still good. */
export async function claimRecipient(
  connection: Queryable,
  key: ReportKey,
  address: string,
): Promise<ReportClaim | null> {
  const [row] = await connection.query<{ attempts: number }>(
    `update report_deliveries set state = 'claimed', claimed_at = statement_timestamp(), attempts = attempts + 1
     where model = $1 and kind = $2 and window_start = $3 and window_end = $4 and recipient = $5
       and (state = 'pending' or state = 'claimed' and claimed_at < statement_timestamp() - make_interval(mins => $6))
     returning attempts`,
    [...columnsOf(key), address, leaseMinutes],
  );
  if (row !== undefined) return { key, address, attempt: row.attempts };
  // Whoever holds it may live: where the clock was set back since, its time begins anew.
  await connection.execute(
    `update report_deliveries set claimed_at = statement_timestamp()
     where model = $1 and kind = $2 and window_start = $3 and window_end = $4 and recipient = $5
       and state = 'claimed' and claimed_at > statement_timestamp()`,
    [...columnsOf(key), address],
  );
  return null;
}

/** Notes that the report was sent. It counts even when the claim has run out meanwhile: the person has it. */
export async function recordSent(connection: Queryable, { key, address }: ReportClaim): Promise<void> {
  await connection.execute(
    `update report_deliveries set state = 'delivered', delivered_at = statement_timestamp(), last_error = null
     where model = $1 and kind = $2 and window_start = $3 and window_end = $4 and recipient = $5 and state <> 'delivered'`,
    [...columnsOf(key), address],
  );
}

/** Gives a claim back with the reason why nothing was sent. A claim that has passed to another changes nothing. */
export async function releaseRecipient(
  connection: Queryable,
  { key, address, attempt }: ReportClaim,
  error: string,
): Promise<void> {
  await connection.execute(
    `update report_deliveries set state = 'pending', claimed_at = null, last_error = $7
     where model = $1 and kind = $2 and window_start = $3 and window_end = $4 and recipient = $5
       and state = 'claimed' and attempts = $6`,
    [...columnsOf(key), address, attempt, error],
  );
}

/** Notes why nobody can be sent it at all. */
export async function recordNotConfigured(
  connection: Queryable,
  key: ReportKey,
  reason: string,
): Promise<void> {
  await connection.execute(
    `update report_deliveries set last_error = $5
     where model = $1 and kind = $2 and window_start = $3 and window_end = $4 and state = 'pending'`,
    [...columnsOf(key), reason],
  );
}

function columnsOf({ model, kind, window }: ReportKey): unknown[] {
  return [model, kind, toTimestamp(window.start), toTimestamp(window.end)];
}
