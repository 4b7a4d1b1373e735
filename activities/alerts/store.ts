/** What processes observe becomes the life of alerts. `alerts` is the truth: whatever tells people of it can be built again from here. */

import { alertKey as keyOf } from '../../core/alert/alert.ts';
import type { AlertKind, Fact, PageLink, Severity } from '../../core/alert/alert.ts';
import { announce, observe } from '../../core/alert/life.ts';
import type { AlertLife, Observation, Step } from '../../core/alert/life.ts';
import type { LifeRules } from '../../core/alert/rules.ts';
import type { AlertSettings } from '../../core/monitor/schema.ts';
import type { Queryable } from '../../sql/database.ts';
import type { Provenance } from '../processes/provenance.ts';
import { findAlert, lockAlert, putAlert, wallClock } from './alert-rows.ts';
import type { StoredAlert } from './alert-rows.ts';
import { lifeRulesOf } from './alert-settings.ts';
import { recordEvent } from './record-event.ts';

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
  /** Of the model's monitor. */
  readonly alerts: AlertSettings;
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

/** What is over as soon as it is told. */
export interface News extends Observed {
  readonly severity: Severity;
  /** Name of the event that tells it. */
  readonly event: string;
}

/**
 * Opens an alert, reopens it, or escalates the open one, in the transaction of the caller. Gives the alert key when it recorded an
 * event, null when people know it already. Whom to wake after the commit is answered by `listPendingAlerts`, which still
 * gives the key to a caller that died in between and repeats.
 */
export async function openAlert(connection: Queryable, trouble: Trouble): Promise<string | null> {
  return record(connection, trouble, trouble.severity);
}

/**
 * Notes that all is well with an open alert, in the transaction of the caller, and ends it when that was seen often enough; where
 * none is open it records nothing. Who heard of the trouble hears of its end, and so do those whom the routes name for how it
 * ended. Gives what `openAlert` gives.
 */
export async function resolveAlert(connection: Queryable, relief: Relief): Promise<string | null> {
  return record(connection, relief, 'ok');
}

/**
 * Tells news that is over as soon as it is told, in the transaction of the caller, which makes sure that it is news: to those whom the routes
 * name, and to all who heard the news before of this subject. Gives the alert key.
 */
export async function announceAlert(connection: Queryable, news: News): Promise<string | null> {
  return record(connection, news, news.severity, (life, _rules, now) => announce(life, news, now));
}

const namedByProcesses: readonly string[] = ['opened', 'announced', 'resolved'];

/** By default it is observed. */
type Change = (life: AlertLife | null, rules: LifeRules, now: number) => Step;

async function record(
  connection: Queryable,
  observed: Trouble | Relief,
  level: Observation['level'],
  change: Change = (life, rules, now) => observe(life, { level, asOf: observed.asOf }, rules, now),
): Promise<string | null> {
  const { kind, model, subject, asOf, alerts } = observed;
  const alertKey = keyOf(kind, model, subject);
  await lockAlert(connection, alertKey);
  const stored = await findAlert(connection, { model, alertKey });
  const rules = await lifeRulesOf(connection, { model, kind, subject }, alerts);
  const now = await wallClock(connection);
  const { life, events } = change(stored?.life ?? null, rules, now);
  if (life === null || life === stored?.life) return null;
  const alert = alertOf(observed, level, stored, { life, isNews: events.length > 0 });
  await putAlert(connection, alert, rules);
  const { summary, facts, links = [], provenance } = observed;
  for (const { kind: happened } of events) {
    const event = {
      model,
      alertKey,
      alertKind: kind,
      subject,
      episode: life.episode,
      kind: namedByProcesses.includes(happened) ? (observed.event ?? happened) : happened,
      severity: alert.life.severity,
      asOf,
      summary,
      facts,
      links,
      ...provenance,
    };
    await recordEvent(connection, event, alerts.routes);
  }
  return events.length === 0 ? null : alertKey;
}

/** The words of the trouble stay when it is over: how it ended is in its last event. */
function alertOf(
  { model, kind, subject, asOf, summary, facts, links = [], provenance, severity }: Trouble | Relief,
  level: Observation['level'],
  stored: StoredAlert | undefined,
  { life, isNews }: { readonly life: AlertLife; readonly isNews: boolean },
): StoredAlert {
  const { workflowId, runId } = provenance;
  const latest = { summary, facts, links, workflowId, runId };
  if (stored === undefined || stored.life.episode !== life.episode) {
    const alertKey = keyOf(kind, model, subject);
    return { model, alertKey, kind, subject, summary, openedAsOf: asOf, latest, life };
  }
  if (level === 'ok')
    return { ...stored, life: isNews ? { ...life, severity: severity ?? life.severity } : life };
  // The same instant again, by a run that repeats another: the first one has said it.
  const isNewer = isNews || asOf > stored.life.observedAsOf;
  return { ...stored, life, ...(isNews && { summary }), ...(isNewer && { latest }) };
}

/** The alert keys of a model whose life cycle has something to do: messages that have not been delivered, or time that is up. */
export async function listPendingAlerts(connection: Queryable, model: string): Promise<string[]> {
  const rows = await connection.query<{ alertKey: string }>(
    `select alert_key as "alertKey" from alert_deliveries where model = $1 and state in ('pending', 'held')
     union
     select alert_key from alerts where model = $1 and due_at <= now()
     order by 1`,
    [model],
  );
  return rows.map(({ alertKey }) => alertKey);
}
