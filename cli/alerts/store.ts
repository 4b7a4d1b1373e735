/** What the commands read of alerts. */

import { alertColumns, findAlert, storedAlert, viewOf } from '../../activities/alerts/alert-rows.ts';
import type { AlertRow, AlertView, StoredAlert } from '../../activities/alerts/alert-rows.ts';
import type { Severity } from '../../core/alert/alert.ts';
import type { AlertState } from '../../core/alert/life.ts';
import { TidewatchError } from '../../core/errors.ts';
import { formatInstant } from '../../core/window.ts';
import type { Queryable } from '../../sql/database.ts';
import { readLimit } from '../limit-option.ts';
import { nearest } from '../nearest.ts';

export interface ListOptions {
  readonly model?: string;
  readonly state?: AlertState;
  readonly severity?: Severity;
  readonly all?: true;
  readonly limit: string;
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

/** The newest episode of each alert that fits; the newest change first. */
export async function listAlerts(
  connection: Queryable,
  { model, state, severity, all, limit }: ListOptions,
): Promise<AlertList> {
  const most = readLimit(limit, 'alerts', 100);
  // An episode that is not resolved is the newest: only where resolved ones are asked for are all of them looked through.
  const rows = await connection.query<AlertRow & { total: number; held: string | null }>(
    `select ${alertColumns}, count(*) over () as total,
       (select min(held_by) from alert_deliveries delivery
        where delivery.model = alerts.model and delivery.alert_key = alerts.alert_key
          and delivery.episode = alerts.episode and delivery.state = 'held') as held
     from alerts
     where (state <> 'resolved'
         or (model, alert_key, episode) in (select model, alert_key, max(episode) from alerts group by model, alert_key))
       and ($1::text is null or model = $1)
       and ($2::text is null or state = $2)
       and ($3::text is null or severity = $3)
       and ($2::text is not null or $4 or state <> 'resolved')
     order by state_since desc, alert_key
     limit $5`,
    [model ?? null, state ?? null, severity ?? null, all ?? false, most],
  );
  const alerts = rows.map(({ held, ...row }) => ({
    ...viewOf(storedAlert(row)),
    ...(held !== null && { held }),
  }));
  return { alerts, total: rows[0]?.total ?? 0 };
}

/** Among more of them the one that was meant is not looked for. */
const mostKeys = 10_000;

/**
 * The newest episode of an alert.
 *
 * @throws TidewatchError `UNKNOWN_ALERT` that names the nearest one there is
 */
export async function requireAlert(connection: Queryable, alertKey: string): Promise<StoredAlert> {
  // <kind>:<model>:<subject>; a model's name has no colon.
  const model = alertKey.split(':')[1] ?? '';
  const alert = await findAlert(connection, { model, alertKey });
  if (alert !== undefined) return alert;
  const known = await connection.query<{ key: string }>(
    'select alert_key as key from alerts group by alert_key order by max(state_since) desc limit $1',
    [mostKeys],
  );
  const near = nearest(
    alertKey,
    known.map(({ key }) => key),
  );
  const hint = near === undefined ? '' : `Did you mean "${near}"? `;
  throw new TidewatchError('UNKNOWN_ALERT', { alertKey, hint });
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

/** Everything that has happened to an alert, the oldest first. */
export async function readEvents(
  connection: Queryable,
  { model, alertKey }: Pick<StoredAlert, 'model' | 'alertKey'>,
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
     from alert_events event
     where model = $1 and alert_key = $2
     order by episode, recorded_at, as_of, event`,
    [model, alertKey],
  );
  return rows.map(({ at, asOf, actor, note, ...rest }) => ({
    ...rest,
    at: formatInstant(at),
    asOf: formatInstant(asOf),
    ...(actor !== null && { by: actor }),
    ...(note !== null && { note }),
  }));
}
