/** What processes observe becomes the life of alerts. `alerts` is the truth: whatever tells people of it can be built again from here. */

import { alertKey as keyOf } from '../../core/alert/alert.ts';
import type { AlertKind, Fact, PageLink, Severity } from '../../core/alert/alert.ts';
import { announce, asSevereAs, nextDue, observe } from '../../core/alert/life.ts';
import type { AlertLife, Observation, Step } from '../../core/alert/life.ts';
import type { LifeRules } from '../../core/alert/rules.ts';
import type { FoundAlert, StoredAlert } from '../../core/alert/stored-alert.ts';
import type { AlertSettings } from '../../core/monitor/schema.ts';
import type { Queryable } from '../../sql/database.ts';
import type { Provenance } from '../processes/provenance.ts';
import { lockAlert, putAlert, putAlerts, takeAlert, takeAlerts, wallClock } from './alert-rows.ts';
import { lifeRulesOf, lifeRulesOfKinds } from './alert-settings.ts';
import { recordEvents } from './record-event.ts';
import type { NewEvent } from './record-event.ts';

/** Whose alerts are observed, and by which run. */
interface Observer {
  readonly model: string;
  /** Of the model's monitor. */
  readonly alerts: AlertSettings;
  readonly provenance: Pick<Provenance, 'workflowId' | 'runId'>;
}

interface Observed {
  readonly kind: AlertKind;
  /** Tells the alerts of one kind and model apart. */
  readonly subject: string;
  /** A ready sentence. */
  readonly summary: string;
  readonly facts: readonly Fact[];
  readonly links?: readonly PageLink[];
  /** Epoch milliseconds. */
  readonly asOf: number;
  /** Name of the event that opens or ends the alert. */
  readonly event?: string;
}

export interface Trouble extends Observer, Observed {
  readonly severity: Severity;
}

export interface Relief extends Observer, Observed {
  /** By default that of the open alert. */
  readonly severity?: Severity;
}

/** What a run has found of one alert. */
export interface AlertObservation extends Observed {
  readonly level: Observation['level'];
  /** `gone`: there is nothing that it could be about any more, which ends it at once. `news`: over as soon as it is told. */
  readonly as?: 'gone' | 'news';
  readonly severity?: Severity;
}

/** What is over as soon as it is told. */
export interface News extends Observer, Observed {
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
  return observeAlert(connection, trouble, trouble.severity);
}

/**
 * Notes that all is well with an open alert, in the transaction of the caller, and ends it when that was seen often enough; where
 * none is open it records nothing. Who heard of the trouble hears of its end, and so do those whom the routes name for how it
 * ended. Gives what `openAlert` gives.
 */
export async function resolveAlert(connection: Queryable, relief: Relief): Promise<string | null> {
  return observeAlert(connection, relief, 'ok');
}

/**
 * Records a step of what an open alert is about, and makes the alert as severe as that: a step that waits for a person is told again
 * until somebody has it. In the transaction of the caller, who does not take the same step twice; where the alert is over it records
 * nothing.
 */
export async function tellOfAlert(
  connection: Queryable,
  news: Trouble & { readonly event: string },
): Promise<void> {
  const {
    kind,
    model,
    subject,
    event,
    severity,
    asOf,
    summary,
    facts,
    links = [],
    alerts,
    provenance,
  } = news;
  const alertKey = keyOf(kind, model, subject);
  const stored = await takeAlert(connection, { model, alertKey });
  if (stored === undefined || stored.life.state === 'resolved') return;
  const { workflowId, runId } = provenance;
  const latest = { summary, facts, links, workflowId, runId };
  const life = asSevereAs(stored.life, severity, await wallClock(connection));
  const rules = await lifeRulesOf(connection, { model, kind }, alerts);
  await putAlert(connection, { ...stored, latest, life }, rules);
  const name = { model, alertKey, alertKind: kind, subject, episode: stored.life.episode };
  await recordEvents(connection, model, [{ ...name, kind: event, severity, asOf, ...latest }], alerts.routes);
}

/**
 * Tells news that is over as soon as it is told, in the transaction of the caller, which makes sure that it is news: to those whom the routes
 * name, and to all who heard the news before of this subject. Gives the alert key.
 */
export async function announceAlert(connection: Queryable, news: News): Promise<string | null> {
  return observeAlert(connection, { ...news, as: 'news' }, news.severity);
}

async function observeAlert(
  connection: Queryable,
  observed: Observer & Omit<AlertObservation, 'level'>,
  level: Observation['level'],
): Promise<string | null> {
  const { kind, model, subject } = observed;
  await lockAlert(connection, keyOf(kind, model, subject));
  const [alertKey] = await observeAlerts(connection, observed, [{ ...observed, level }]);
  return alertKey ?? null;
}

/**
 * What `openAlert` and `resolveAlert` do, for many alerts of a model in a few statements; the caller sees to it that nobody else
 * opens them meanwhile. Gives the keys of those of which it recorded an event.
 */
export async function observeAlerts(
  connection: Queryable,
  { model, alerts: settings, provenance }: Observer,
  observations: readonly AlertObservation[],
): Promise<string[]> {
  const keyed = observations.map((seen) => ({ ...seen, alertKey: keyOf(seen.kind, model, seen.subject) }));
  const alerts = await takeAlerts(
    connection,
    model,
    keyed.map(({ alertKey }) => alertKey),
  );
  const rulesOf = await lifeRulesOfKinds(connection, model, settings);
  const now = await wallClock(connection);
  const changed: FoundAlert[] = [];
  const news: NewEvent[] = [];
  for (const seen of keyed) {
    const { alertKey, kind, subject, asOf, summary, facts, links = [] } = seen;
    const stored = alerts.get(alertKey);
    const rules = rulesOf(kind);
    const { life, events } = stepOf(stored?.life ?? null, seen, rules, now);
    if (life === null || life === stored?.life) continue;
    const isNews = events.length > 0;
    const alert = alertOf({ ...seen, model, provenance }, stored, { life, isNews });
    changed.push({ ...alert, dueAt: nextDue(life, rules) });
    for (const { kind: happened } of events) {
      news.push({
        model,
        alertKey,
        alertKind: kind,
        subject,
        episode: life.episode,
        kind: namedByProcesses.includes(happened) ? (seen.event ?? happened) : happened,
        severity: alert.life.severity,
        asOf,
        summary,
        facts,
        links,
        workflowId: provenance.workflowId,
        runId: provenance.runId,
      });
    }
  }
  if (changed.length > 0) await putAlerts(connection, model, changed);
  await recordEvents(connection, model, news, settings.routes);
  return news.map(({ alertKey }) => alertKey);
}

const namedByProcesses: readonly string[] = ['opened', 'announced', 'resolved'];

function stepOf(
  life: AlertLife | null,
  { level, as, asOf }: AlertObservation,
  rules: LifeRules,
  now: number,
): Step {
  if (as === 'news' && level !== 'ok') return announce(life, { severity: level, asOf }, now);
  return observe(life, { level, asOf }, as === 'gone' ? { ...rules, resolveAfter: 1 } : rules, now);
}

/**
 * The words of the trouble stay when it is over: how it ended is in its last event. An end that is as severe as it says itself, such as
 * that of a retraining, is what the alert was about.
 */
function alertOf(
  seen: AlertObservation & Pick<Observer, 'model' | 'provenance'>,
  stored: StoredAlert | undefined,
  { life, isNews }: { readonly life: AlertLife; readonly isNews: boolean },
): StoredAlert {
  const { model, kind, subject, level, asOf, summary, facts, links = [], severity } = seen;
  const { workflowId, runId } = seen.provenance;
  const latest = { summary, facts, links, workflowId, runId };
  if (stored === undefined || stored.life.episode !== life.episode) {
    const alertKey = keyOf(kind, model, subject);
    return { model, alertKey, kind, subject, summary, openedAsOf: asOf, latest, life };
  }
  if (level === 'ok')
    return isNews && severity !== undefined
      ? { ...stored, summary, latest, life: { ...life, severity } }
      : { ...stored, life };
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

/** The alerts of some kinds that are not resolved. */
export async function listOpenAlerts(
  connection: Queryable,
  model: string,
  kinds: readonly AlertKind[],
): Promise<OpenAlert[]> {
  return connection.query<Record<string, unknown> & OpenAlert>(
    `select kind, subject, observed_as_of as "observedAsOf"
     from alerts
     where model = $1 and kind = any($2) and state <> 'resolved'
     order by alert_key collate "C"`,
    [model, kinds],
  );
}

export interface OpenAlert {
  readonly kind: AlertKind;
  readonly subject: string;
  /** Of the newest observation. */
  readonly observedAsOf: number;
}
