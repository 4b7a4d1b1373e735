/** The stored life of alerts. `alerts` is the truth: whatever tells people of it can be built again from here. */

import { alertKey } from '../../core/alert/alert.ts';
import type { AlertKind, Fact, PageLink, Severity } from '../../core/alert/alert.ts';
import type { Routes } from '../../core/alert/route-settings.ts';
import { alertTransition, escalationEvent } from '../../core/alert/transition.ts';
import type { Episode } from '../../core/alert/transition.ts';
import { lockUntilCommit, toTimestamp } from '../../sql/database.ts';
import type { Queryable } from '../../sql/database.ts';
import type { Provenance } from '../processes/provenance.ts';
import { recordDeliveries } from './record-deliveries.ts';
import type { Audience } from './record-deliveries.ts';

interface Observed {
  readonly model: string;
  readonly kind: AlertKind;
  /** Tells the alerts of one kind and model apart. */
  readonly subject: string;
  /** A ready sentence. */
  readonly summary: string;
  readonly facts: readonly Fact[];
  readonly links?: readonly PageLink[];
  /** Epoch milliseconds. */
  readonly asOf: number;
  readonly routes: Routes;
  readonly provenance: Pick<Provenance, 'workflowId' | 'runId'>;
}

export interface Trouble extends Observed {
  readonly severity: Severity;
  /** Name of the event that opens the alert. */
  readonly event?: string;
}

export interface Relief extends Observed {
  /** By default that of the open alert. */
  readonly severity?: Severity;
  /** Name of the event that ends the alert. */
  readonly event?: string;
}

/**
 * Opens an alert, or escalates the open one, in the transaction of the caller. Gives the alert key when it recorded an
 * event, null when nothing has changed. Whom to wake after the commit is answered by `listPendingAlerts`, which still
 * gives the key to a caller that died in between and repeats.
 */
export async function openAlert(connection: Queryable, trouble: Trouble): Promise<string | null> {
  const { kind, model, subject, severity, summary, asOf } = trouble;
  const key = alertKey(kind, model, subject);
  await lockUntilCommit(connection, `alert:${key}`);
  const current = await readNewestEpisode(connection, model, key);
  const transition = alertTransition(current, { level: severity, asOf });
  if (transition === 'open') {
    const episode = (current?.episode ?? 0) + 1;
    await insertEpisode(connection, { model, key, episode, kind, subject, severity, summary, asOf });
    const event = trouble.event ?? 'opened';
    await recordEvent(connection, trouble, { key, episode, event, severity }, 'routed');
  } else if (transition === 'escalate' && current !== null) {
    await raiseEpisode(connection, { model, key, episode: current.episode, severity, summary });
    const event = { key, episode: current.episode, event: escalationEvent(severity), severity };
    await recordEvent(connection, trouble, event, 'routed');
  }
  return transition === 'none' ? null : key;
}

/**
 * Ends an open alert, in the transaction of the caller; where none is open it records nothing. Who heard
 * of the trouble hears of its end, and so do those whom the routes name for how it ended. Gives what `openAlert` gives.
 */
export async function resolveAlert(connection: Queryable, relief: Relief): Promise<string | null> {
  const { kind, model, subject, asOf } = relief;
  const key = alertKey(kind, model, subject);
  await lockUntilCommit(connection, `alert:${key}`);
  const current = await readNewestEpisode(connection, model, key);
  const transition = alertTransition(current, { level: 'ok', asOf });
  if (transition === 'resolve' && current !== null) {
    const { episode } = current;
    const severity = relief.severity ?? current.severity;
    await endEpisode(connection, { model, key, episode, severity, asOf });
    const event = { key, episode, event: relief.event ?? 'resolved', severity };
    await recordEvent(connection, relief, event, 'routed and told');
  }
  return transition === 'none' ? null : key;
}

/** The alert keys of a model with messages that have not been delivered. */
export async function listPendingAlerts(connection: Queryable, model: string): Promise<string[]> {
  const rows = await connection.query<{ alertKey: string }>(
    `select distinct alert_key as "alertKey"
     from alert_deliveries
     where model = $1 and state <> 'delivered'
     order by alert_key`,
    [model],
  );
  return rows.map(({ alertKey }) => alertKey);
}

interface EventName {
  readonly key: string;
  readonly episode: number;
  readonly event: string;
  readonly severity: Severity;
}

async function recordEvent(
  connection: Queryable,
  observed: Observed,
  { key, episode, event, severity }: EventName,
  audience: Audience,
): Promise<void> {
  const { model, kind, subject, asOf, summary, facts, links = [], provenance, routes } = observed;
  await connection.execute(
    `insert into alert_events
       (model, alert_key, episode, event, severity, as_of, summary, facts, links, workflow_id, run_id)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
    [
      model,
      key,
      episode,
      event,
      severity,
      toTimestamp(asOf),
      summary,
      JSON.stringify(facts),
      JSON.stringify(links),
      provenance.workflowId,
      provenance.runId,
    ],
  );
  const happened = { model, kind, subject, alertKey: key, episode, event, severity };
  await recordDeliveries(connection, happened, routes, audience);
}

async function readNewestEpisode(
  connection: Queryable,
  model: string,
  key: string,
): Promise<(Episode & { readonly episode: number }) | null> {
  const [row] = await connection.query<{
    episode: number;
    state: Episode['state'];
    severity: Severity;
    newestAsOf: number;
  }>(
    `select episode, state, severity,
       (select max(as_of) from alert_events where model = $1 and alert_key = $2) as "newestAsOf"
     from alerts
     where model = $1 and alert_key = $2
     order by episode desc
     limit 1`,
    [model, key],
  );
  return row ?? null;
}

interface NewEpisode extends Pick<Observed, 'model' | 'kind' | 'subject' | 'summary' | 'asOf'> {
  readonly key: string;
  readonly episode: number;
  readonly severity: Severity;
}

async function insertEpisode(connection: Queryable, alert: NewEpisode): Promise<void> {
  await connection.execute(
    `insert into alerts (model, alert_key, episode, kind, subject, severity, state, summary, opened_as_of)
     values ($1, $2, $3, $4, $5, $6, 'open', $7, $8)`,
    [
      alert.model,
      alert.key,
      alert.episode,
      alert.kind,
      alert.subject,
      alert.severity,
      alert.summary,
      toTimestamp(alert.asOf),
    ],
  );
}

async function raiseEpisode(
  connection: Queryable,
  alert: Pick<NewEpisode, 'model' | 'key' | 'episode' | 'severity' | 'summary'>,
): Promise<void> {
  await connection.execute(
    'update alerts set severity = $4, summary = $5 where model = $1 and alert_key = $2 and episode = $3',
    [alert.model, alert.key, alert.episode, alert.severity, alert.summary],
  );
}

/** The summary stays: it says what the alert was about. How it ended is in its last event. */
async function endEpisode(
  connection: Queryable,
  alert: Pick<NewEpisode, 'model' | 'key' | 'episode' | 'severity' | 'asOf'>,
): Promise<void> {
  await connection.execute(
    `update alerts set state = 'resolved', resolved_as_of = $5, severity = $4
     where model = $1 and alert_key = $2 and episode = $3`,
    [alert.model, alert.key, alert.episode, alert.severity, toTimestamp(alert.asOf)],
  );
}
