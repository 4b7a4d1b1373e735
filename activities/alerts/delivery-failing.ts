/** A channel that refuses messages, or is not configured, is a trouble of its own: told by a channel that takes them. */

import { alertKey as keyOf } from '../../core/alert/alert.ts';
import { routeTo } from '../../core/alert/routes.ts';
import type { Mailbox } from '../../core/alert/routes.ts';
import type { Queryable } from '../../sql/database.ts';
import { findAlert } from '../../sql/read-alerts.ts';
import { wallClock } from './alert-rows.ts';
import type { AlertName } from '../../core/alert/stored-alert.ts';
import { alertSettingsOf, modelSettings } from './alert-settings.ts';
import { channelTable } from './channel.ts';
import type { Channels } from './channels.ts';
import type { Claim } from './deliveries.ts';
import { openAlert, resolveAlert } from './store.ts';
import { otherMailbox } from './takeover.ts';

interface Run {
  readonly workflowId: string;
  readonly runId: string;
}

const kind = 'delivery-failing';

/**
 * The alerts of failing channels that this run has opened or ended and of which something is to be told: a try that dies right after its commit
 * has woken none of them.
 */
export function listNotedBy(
  connection: Queryable,
  { model, alertKey }: AlertName,
  { workflowId, runId }: Run,
): Promise<AlertName[]> {
  return connection.query<AlertName & Record<string, unknown>>(
    `select distinct delivery.model, delivery.alert_key as "alertKey"
     from alert_deliveries delivery
     join alert_events event using (model, alert_key, episode, event)
     where delivery.model = $1 and delivery.alert_key like $2 and delivery.alert_key <> $3
       and delivery.state in ('pending', 'held') and event.workflow_id = $4 and event.run_id = $5`,
    [model, `${kind}:%`, alertKey, workflowId, runId],
  );
}

/**
 * Opens the alert for those who take over; where nobody does, for whoever else can be told. Gives whom to wake, if anything is new.
 */
export async function noteFailing(
  connection: Queryable,
  claim: Claim,
  reason: string,
  { next, channels }: { readonly next: Mailbox | undefined; readonly channels: Channels },
  provenance: Run,
): Promise<AlertName | null> {
  const [event] = claim.events;
  // That this cannot be told either is no news.
  if (event === undefined || event.alertKey === keyOf(kind, event.model, subjectOf(claim))) return null;
  const { model, labels } = event;
  const { life, routes } = await modelSettings(connection, model);
  const trouble = await observed(connection, model, claim, provenance);
  const to =
    next ?? (await otherMailbox(connection, claim, { model, labels, routes, at: trouble.asOf }, channels));
  const alertKey = await openAlert(connection, {
    ...trouble,
    alerts: { life, routes: [...(to === undefined ? [] : [routeTo(to)]), ...routes] },
    severity: 'critical',
    summary: reason,
  });
  return alertKey === null ? null : { model, alertKey };
}

/** Ends the alerts of a mailbox that takes messages again. Gives whom to wake. */
export async function noteWorking(
  connection: Queryable,
  claim: Claim,
  provenance: Run,
): Promise<readonly AlertName[]> {
  const ended: AlertName[] = [];
  for (const model of new Set(claim.events.map((event) => event.model))) {
    const failing = await findAlert(connection, { model, alertKey: keyOf(kind, model, subjectOf(claim)) });
    if (failing === undefined || failing.life.state === 'resolved') continue;
    const alertKey = await resolveAlert(connection, {
      ...(await observed(connection, model, claim, provenance)),
      alerts: await alertSettingsOf(connection, failing),
      summary: `${channelTable[claim.channel].label} takes messages again`,
    });
    if (alertKey !== null) ended.push({ model, alertKey });
  }
  return ended;
}

async function observed(
  connection: Queryable,
  model: string,
  { channel, recipient }: Claim,
  provenance: Run,
) {
  return {
    model,
    kind,
    subject: subjectOf({ channel, recipient }),
    facts: [{ name: 'Channel', value: `${channelTable[channel].label}, ${recipient}` }],
    asOf: await wallClock(connection),
    provenance,
  } as const;
}

/** E-mail addresses are for no key. */
function subjectOf({ channel, recipient }: Pick<Claim, 'channel' | 'recipient'>): string {
  return channel === 'email' || recipient === 'default' ? channel : `${channel}-${recipient}`;
}
