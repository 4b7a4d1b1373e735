/** A channel that refuses messages is a trouble of its own: told by the channel that takes over. */

import { routesSchema } from '../../core/alert/route-settings.ts';
import type { ChannelName } from '../../core/alert/route-settings.ts';
import type { Mailbox } from '../../core/alert/routes.ts';
import { alertLifeSchema } from '../../core/alert/settings.ts';
import type { Queryable } from '../../sql/database.ts';
import { wallClock } from './alert-rows.ts';
import type { AlertName } from './alert-rows.ts';
import { channelTable } from './channel.ts';
import type { Claim } from './deliveries.ts';
import { openAlert, resolveAlert } from './store.ts';

interface Run {
  readonly workflowId: string;
  readonly runId: string;
}

const kind = 'delivery-failing';
/** A message that was taken is proof enough. */
const life = alertLifeSchema.parse({ resolveAfter: 1 });

/** Opens the alert for those who take over; its deliveries go nowhere else. Gives whom to wake, if anything is new. */
export async function noteFailing(
  connection: Queryable,
  claim: Claim,
  reason: string,
  next: Mailbox,
  provenance: Run,
): Promise<AlertName | null> {
  const model = claim.events[0]?.model;
  if (model === undefined) return null;
  const alertKey = await openAlert(connection, {
    ...(await observed(connection, model, claim, next, provenance)),
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
  const failing = await connection.query<{ model: string }>(
    `select distinct model from alerts where kind = $1 and state <> 'resolved' and subject = $2 and model = any($3)`,
    [kind, subjectOf(claim), [...new Set(claim.events.map(({ model }) => model))]],
  );
  const ended: AlertName[] = [];
  for (const { model } of failing) {
    const alertKey = await resolveAlert(connection, {
      ...(await observed(connection, model, claim, null, provenance)),
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
  next: Mailbox | null,
  provenance: Run,
) {
  return {
    model,
    kind,
    subject: subjectOf({ channel, recipient }),
    facts: [{ name: 'Channel', value: `${channelTable[channel].label}, ${recipient}` }],
    asOf: await wallClock(connection),
    alerts: {
      routes: next === null ? [] : routesSchema.parse([{ ...channelsOf(next), groupWait: '0s' }]),
      life,
    },
    provenance,
  } as const;
}

/** E-mail addresses are for no key. */
function subjectOf({
  channel,
  recipient,
}: {
  readonly channel: ChannelName;
  readonly recipient: string;
}): string {
  return channel === 'email' || recipient === 'default' ? channel : `${channel}-${recipient}`;
}

function channelsOf({ channel, recipient }: Mailbox): object {
  if (channel === 'email') return { email: recipient.split(', ') };
  return { [channel]: recipient === 'default' ? true : recipient };
}
