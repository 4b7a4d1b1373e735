/** The rows of `alerts`: the newest episode of an alert key, as it is read and written. Callers hold the lock of the key. */

import { nextDue } from '../../core/alert/life.ts';
import type { LifeRules } from '../../core/alert/rules.ts';
import type { AlertName, FoundAlert, StoredAlert } from '../../core/alert/stored-alert.ts';
import { alertColumns, storedAlert } from '../../sql/read-alerts.ts';
import type { AlertRow } from '../../sql/read-alerts.ts';
import { lockUntilCommit, toTimestamp } from '../../sql/database.ts';
import type { Queryable } from '../../sql/database.ts';

/** Until the transaction ends, nobody else opens this alert. */
export async function lockAlert(connection: Queryable, alertKey: string): Promise<void> {
  await lockUntilCommit(connection, `alert:${alertKey}`);
}

/** The one wall clock of alerts: that of the database, whichever worker asks. Epoch milliseconds. */
export async function wallClock(connection: Queryable): Promise<number> {
  const [row] = await connection.query<{ now: number }>('select clock_timestamp() as now');
  return row!.now;
}

/** The newest episode; until the transaction ends, nobody else changes or opens this alert. */
export async function takeAlert(
  connection: Queryable,
  { model, alertKey }: AlertName,
): Promise<FoundAlert | undefined> {
  await lockAlert(connection, alertKey);
  const alerts = await takeAlerts(connection, model, [alertKey]);
  return alerts.get(alertKey);
}

/** The newest episodes of alerts by their key; until the transaction ends, nobody else changes them. */
export async function takeAlerts(
  connection: Queryable,
  model: string,
  alertKeys: readonly string[],
): Promise<ReadonlyMap<string, FoundAlert>> {
  // A row and not a named lock each: the server has room for some thousands of those, and a model may have as many alerts.
  const rows = await connection.query<AlertRow>(
    `select ${alertColumns}
     from alerts
     where model = $1 and (alert_key, episode) in (
       select alert_key, max(episode) from alerts where model = $1 and alert_key = any($2) group by alert_key)
     order by alert_key collate "C"
     for no key update`,
    [model, alertKeys],
  );
  return new Map(rows.map((row) => [row.alertKey, storedAlert(row)]));
}

/** Stores how an alert stands, as a new episode or in the place of what was stored of it. */
export async function putAlert(connection: Queryable, alert: StoredAlert, rules: LifeRules): Promise<void> {
  await putAlerts(connection, alert.model, [{ ...alert, dueAt: nextDue(alert.life, rules) }]);
}

/** The same of many of a model, with when each is to be looked at again. */
export async function putAlerts(
  connection: Queryable,
  model: string,
  alerts: readonly FoundAlert[],
): Promise<void> {
  await connection.execute(
    `insert into alerts (model, ${storedColumns.join(', ')})
     select $1, ${storedColumns.join(', ')} from jsonb_populate_recordset(null::alerts, $2)
     on conflict (model, alert_key, episode) do update
     set (${changingColumns.join(', ')}) = row(${changingColumns.map((column) => `excluded.${column}`).join(', ')})`,
    [model, JSON.stringify(alerts.map(rowOf))],
  );
}

const changingColumns = [
  'severity',
  'state',
  'summary',
  'resolved_as_of',
  'state_by',
  'state_since',
  'snoozed_until',
  'observed_as_of',
  'clean_count',
  'clean_as_of',
  'told_at',
  'repeats',
  'unacknowledged_ms',
  'due_at',
  'latest',
] as const;
const storedColumns = [
  'alert_key',
  'episode',
  'kind',
  'subject',
  'opened_as_of',
  ...changingColumns,
] as const;

function rowOf({ life, dueAt, ...alert }: FoundAlert): Record<(typeof storedColumns)[number], unknown> {
  const instant = (at: number | null): string | null => (at === null ? null : toTimestamp(at));
  return {
    alert_key: alert.alertKey,
    episode: life.episode,
    kind: alert.kind,
    subject: alert.subject,
    opened_as_of: toTimestamp(alert.openedAsOf),
    severity: life.severity,
    state: life.state,
    summary: alert.summary,
    resolved_as_of: instant(life.resolvedAsOf),
    state_by: life.by,
    state_since: toTimestamp(life.stateSince),
    snoozed_until: instant(life.snoozedUntil),
    observed_as_of: toTimestamp(life.observedAsOf),
    clean_count: life.cleanCount,
    clean_as_of: instant(life.cleanAsOf),
    told_at: toTimestamp(life.toldAt),
    repeats: life.repeats,
    unacknowledged_ms: life.unacknowledgedMs,
    due_at: instant(dueAt),
    latest: alert.latest,
  };
}
