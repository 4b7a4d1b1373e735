/** What people are shown of alerts. */

import type { AlertKind, Severity } from '../core/alert/alert.ts';
import type { AlertLife, AlertState } from '../core/alert/life.ts';
import { viewOf, type AlertName, type AlertView, type FoundAlert } from '../core/alert/stored-alert.ts';
import { formatInstant } from '../core/window.ts';
import type { Queryable } from './database.ts';

/** What `storedAlert` reads. */
export const alertColumns = `
  model, alert_key as "alertKey", kind, subject, summary, opened_as_of as "openedAsOf", latest,
  episode, state, severity, state_by as by, observed_as_of as "observedAsOf", clean_count as "cleanCount",
  clean_as_of as "cleanAsOf", resolved_as_of as "resolvedAsOf", state_since as "stateSince",
  snoozed_until as "snoozedUntil", told_at as "toldAt", repeats, unacknowledged_ms as "unacknowledgedMs", due_at as "dueAt"`;

export interface AlertRow extends Record<string, unknown>, Omit<FoundAlert, 'life'>, AlertLife {}

export function storedAlert(row: AlertRow): FoundAlert {
  const { model, alertKey, kind, subject, summary, openedAsOf, latest, dueAt, ...life } = row;
  return { model, alertKey, kind, subject, summary, openedAsOf, latest, dueAt, life };
}

/**
 * The model of an alert, whose name has no colon; empty for what is no key.
 *
 * @example modelOfKey('drift:bike-demand:air temperature') // 'bike-demand'
 */
export function modelOfKey(alertKey: string): string {
  return alertKey.split(':')[1] ?? '';
}

/** The newest episode of an alert. */
export async function findAlert(
  connection: Queryable,
  { model, alertKey }: AlertName,
): Promise<FoundAlert | undefined> {
  const [row] = await connection.query<AlertRow>(
    `select ${alertColumns}
     from alerts
     where model = $1 and alert_key = $2
     order by episode desc
     limit 1`,
    [model, alertKey],
  );
  return row && storedAlert(row);
}

/** Which alerts: by default all that are not resolved. */
export interface AlertFilter {
  readonly model?: string | undefined;
  readonly kind?: AlertKind | undefined;
  readonly state?: AlertState | undefined;
  readonly severity?: Severity | undefined;
  /** The resolved ones, too. */
  readonly withResolved?: boolean;
}

/** Which of them are read. */
export interface Part {
  readonly most: number;
  readonly skip?: number;
  /** `worst-first`: what is not over, then by severity, and what has lasted longest; `open-first`: what nobody has, before the rest. */
  readonly order?: 'worst-first' | 'open-first';
}

export interface ListedAlert extends AlertView {
  /** Why people are not told of it for now. */
  readonly held?: string;
}

export interface AlertList {
  readonly alerts: readonly ListedAlert[];
  /** How many fit, also those beyond the limit. */
  readonly total: number;
}

const isAskedFor = `(state <> 'resolved'
    or (model, alert_key, episode) in (select model, alert_key, max(episode) from alerts group by model, alert_key))
  and ($1::text is null or model = $1)
  and ($2::text is null or kind = $2)
  and ($3::text is null or state = $3)
  and ($4::text is null or severity = $4)
  and ($3::text is not null or $5 or state <> 'resolved')`;

function filterOf({ model, kind, state, severity, withResolved = false }: AlertFilter): unknown[] {
  return [model ?? null, kind ?? null, state ?? null, severity ?? null, withResolved];
}

const orders = {
  'worst-first': `state = 'resolved', array_position(array['critical', 'warning', 'info'], severity), opened_as_of, alert_key`,
  'open-first': `array_position(array['open', 'acknowledged', 'snoozed', 'resolved'], state),
    array_position(array['critical', 'warning', 'info'], severity), state_since desc, alert_key`,
} as const;

/** The newest episode of each alert that fits. */
export async function listAlerts(
  connection: Queryable,
  filter: AlertFilter,
  { most, skip = 0, order = 'worst-first' }: Part,
): Promise<AlertList> {
  // An episode that is not resolved is the newest: only where resolved ones are asked for are all of them looked through.
  const rows = await connection.query<AlertRow & { total: number; held: string | null }>(
    `select ${alertColumns}, count(*) over () as total,
       (select min(held_by) from alert_deliveries delivery
        where delivery.model = alerts.model and delivery.alert_key = alerts.alert_key
          and delivery.episode = alerts.episode and delivery.state = 'held') as held
     from alerts
     where ${isAskedFor}
     order by ${orders[order]}
     limit $6 offset $7`,
    [...filterOf(filter), most, skip],
  );
  const alerts = rows.map(({ held, ...row }) => ({
    ...viewOf(storedAlert(row)),
    ...(held !== null && { held }),
  }));
  return { alerts, total: rows[0]?.total ?? 0 };
}

/** Those that are not resolved, by their state. */
export async function countOpenAlerts(
  connection: Queryable,
  { model, kind, severity }: Pick<AlertFilter, 'model' | 'kind' | 'severity'>,
): Promise<Record<Exclude<AlertState, 'resolved'>, number>> {
  const rows = await connection.query<{ state: Exclude<AlertState, 'resolved'>; count: number }>(
    `select state, count(*) as count from alerts
     where state <> 'resolved' and ($1::text is null or model = $1) and ($2::text is null or kind = $2)
       and ($3::text is null or severity = $3)
     group by state`,
    [model ?? null, kind ?? null, severity ?? null],
  );
  const counts = { open: 0, acknowledged: 0, snoozed: 0 };
  for (const { state, count } of rows) counts[state] = count;
  return counts;
}

export interface AlertEvent {
  readonly episode: number;
  readonly event: string;
  readonly severity: Severity;
  /** By the wall clock. */
  readonly at: string;
  readonly asOf: string;
  readonly by?: string;
  readonly note?: string;
  readonly summary: string;
  readonly deliveries: readonly Delivery[];
}

export interface Delivery {
  readonly channel: string;
  readonly recipient: string;
  readonly state: string;
  /** Why it is held, or was until the alert was over; a window of maintenance says its end. */
  readonly held?: string;
  readonly problem?: string;
}

/** Everything that has happened to an alert, the oldest first; of more than `most` the newest. */
export async function readEvents(
  connection: Queryable,
  { model, alertKey }: AlertName,
  most: number | null = null,
): Promise<AlertEvent[]> {
  const rows = await connection.query<{
    episode: number;
    event: string;
    severity: Severity;
    at: number;
    asOf: number;
    actor: string | null;
    note: string | null;
    summary: string;
    deliveries: Delivery[];
  }>(
    `select episode, event, severity, recorded_at as at, as_of as "asOf", actor, note, summary,
       coalesce(
         (select jsonb_agg(
            jsonb_strip_nulls(jsonb_build_object(
              'channel', channel, 'recipient', recipient, 'state', delivery.state, 'held', held_by,
              'problem', last_error))
            order by channel, recipient)
          from alert_deliveries delivery
          where delivery.model = $1 and delivery.alert_key = $2 and delivery.episode = event.episode
            and delivery.event = event.event),
         '[]') as deliveries
     from (
       select * from alert_events where model = $1 and alert_key = $2
       order by episode desc, recorded_at desc limit $3
     ) event
     order by episode, recorded_at, as_of, event`,
    [model, alertKey, most],
  );
  return rows.map(({ at, asOf, actor, note, ...rest }) => ({
    ...rest,
    at: formatInstant(at),
    asOf: formatInstant(asOf),
    ...(actor !== null && { by: actor }),
    ...(note !== null && { note }),
  }));
}
