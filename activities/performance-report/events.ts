/** What people were told in a window, and which retrainings there were. */

import type { PerformanceReport } from '../../console/performance-report/performance-report.ts';
import type { AlertKind, Fact, Severity } from '../../core/alert/alert.ts';
import { alertStatus } from '../../core/alert/message.ts';
import { alertTitle } from '../../core/alert/title.ts';
import { dayMs, formatInstant, type Window } from '../../core/window.ts';
import type { Queryable } from '../../sql/database.ts';
import { toTimestamp } from '../../sql/database.ts';

/** A run speaks for the day before it: the events of the days of a window come a day later. */
function eventsOf({ start, end }: Window): readonly [string, string] {
  return [toTimestamp(start + dayMs), toTimestamp(end + dayMs)];
}

export async function loadAlerts(
  connection: Queryable,
  model: string,
  window: Window,
): Promise<PerformanceReport['alerts']> {
  const rows = await connection.query<{
    at: number;
    kind: AlertKind;
    alertKey: string;
    event: string;
    severity: Severity;
    summary: string;
    facts: readonly Fact[];
  }>(
    `select event.as_of as at, alert.kind, alert_key as "alertKey", event.event, event.severity, event.summary,
       event.facts
     from alert_events event
     join alerts alert using (model, alert_key, episode)
     where model = $1 and event.as_of >= $2 and event.as_of < $3
       -- How an alert is taken, and that it lasts, is no news of the model.
       and event.event !~ '^(repeated|unacknowledged|snooze-ended|acknowledged|snoozed|commented)'
     order by event.as_of desc, alert_key, event.event`,
    [model, ...eventsOf(window)],
  );
  if (rows.length === 0) return { absent: 'Nobody was alerted of anything in this window.' };
  return {
    alerts: rows.map(({ at, kind, alertKey, event, severity, summary, facts }) => ({
      at: formatInstant(at),
      // News, such as that a retraining has begun, is no trouble.
      level: alertStatus({ event, severity }) === 'resolved' || severity === 'info' ? 'ok' : severity,
      title: alertTitle({ kind, model, alertKey, facts }, event),
      summary,
    })),
  };
}

/** Also those of the time that the charts show. */
export async function loadRetrainings(
  connection: Queryable,
  model: string,
  span: Window,
): Promise<PerformanceReport['retrainings']> {
  const rows = await connection.query<{
    at: number;
    state: string;
    reason: string;
    champion: string | null;
    challenger: string | null;
  }>(
    `select as_of as at, state, reason, champion_version as champion, challenger_version as challenger
     from retraining_runs where model = $1 and as_of >= $2 and as_of < $3
     order by as_of desc, retraining_id`,
    [model, ...eventsOf(span)],
  );
  if (rows.length === 0) return { absent: 'The model was not retrained in the time that the charts show.' };
  return {
    retrainings: rows.map(({ at, state, reason, champion, challenger }) => ({
      at: formatInstant(at),
      state,
      reason,
      ...(champion !== null && { champion }),
      ...(challenger !== null && { challenger }),
    })),
  };
}
