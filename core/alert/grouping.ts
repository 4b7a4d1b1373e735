/** When messages go out, and which deliveries one message tells of. */

import { floorToHour, hourMs, nextLocalTime } from '../window.ts';
import { firstWithin } from './hours.ts';
import type { ChannelName, Hours } from './route-settings.ts';

/** How a route wanted a delivery to be made when the delivery was recorded. */
export interface DeliveryTerms {
  /** The first message of a group waits so long for more. */
  readonly waitMs: number;
  /** From one message of a group to the next. */
  readonly intervalMs: number;
  /** One message a day, in the place of both. */
  readonly digest?: { readonly at: string; readonly timeZone: string };
  /** Outside of them messages wait. */
  readonly hours?: Hours;
  /** Messages an hour of the route to one recipient. */
  readonly budget?: number;
  /** The end of the hour that they are the summary of: what went beyond its budget. */
  readonly summaryAt?: number;
  /** Who takes the message when it is refused for good: the first, and the others after that. */
  readonly fallback: readonly { readonly channel: ChannelName; readonly recipient: string }[];
}

/** The deliveries of a route to one recipient that go out together, in epoch milliseconds. */
export interface PendingGroup {
  /** When the oldest delivery that has not been sent was recorded. */
  readonly since: number;
  /** When the newest message of the group went out. */
  readonly lastSentAt: number | null;
}

export type GroupPlan =
  | { readonly action: 'send' }
  | { readonly action: 'wait'; readonly until: number }
  /** The budget of the hour is spent: they belong to its summary. */
  | { readonly action: 'summarise'; readonly at: number };

/**
 * What do the alerts of one message have in common?
 *
 * @example groupOf(['model', 'labels.team'], { model: 'bike-demand', kind: 'drift', subject: 'hum', labels: { team: 'bikes' } })
 * // 'model=bike-demand labels.team=bikes'
 */
export function groupOf(
  groupBy: readonly string[],
  alert: {
    readonly model: string;
    readonly kind: string;
    readonly subject: string;
    readonly labels: Readonly<Record<string, string>>;
  },
): string {
  const words: Readonly<Record<string, string>> = {
    model: alert.model,
    kind: alert.kind,
    subject: alert.subject,
    ...Object.fromEntries(Object.entries(alert.labels).map(([name, value]) => [`labels.${name}`, value])),
  };
  return groupBy.map((key) => `${key}=${words[key] ?? ''}`).join(' ');
}

/**
 * When may the pending deliveries of a group go out? The first ones after the wait, later ones also an interval after the
 * message before; a digest at its time of day; a summary when its hour is over. Outside of the hours of the route, at
 * their next beginning.
 *
 * @example dueAt({ waitMs: 30_000, intervalMs: 300_000, fallback: [] }, { since: 0, lastSentAt: -60_000 }) // 240_000
 */
export function dueAt(terms: DeliveryTerms, { since, lastSentAt }: PendingGroup): number {
  const { waitMs, intervalMs, digest, hours, summaryAt } = terms;
  const earliest =
    summaryAt ??
    (digest === undefined
      ? Math.max(since + waitMs, (lastSentAt ?? -Infinity) + intervalMs)
      : // A digest that has just gone out was today's.
        nextLocalTime(Math.max(since, (lastSentAt ?? -Infinity) + 1), digest.at, digest.timeZone));
  return hours === undefined ? earliest : firstWithin(hours, earliest);
}

/**
 * What is to be done with the pending deliveries of a group now? Where the clock was set back since they were recorded, nobody knows how
 * long they have waited: long enough.
 *
 * @param sentThisHour messages that the route has sent to the recipient since the full hour, without summaries
 * @example planGroup({ waitMs: 0, intervalMs: 0, budget: 2, fallback: [] }, { since: 0, lastSentAt: null }, 2, 60_000)
 * // { action: 'summarise', at: 3_600_000 }
 */
export function planGroup(
  terms: DeliveryTerms,
  group: PendingGroup,
  sentThisHour: number,
  now: number,
): GroupPlan {
  const { hours, budget = Infinity, waitMs } = terms;
  const since = group.since > now ? now - waitMs : group.since;
  const lastSentAt = group.lastSentAt !== null && group.lastSentAt > now ? null : group.lastSentAt;
  const due = Math.max(now, dueAt(terms, { since, lastSentAt }));
  const until = hours === undefined ? due : firstWithin(hours, due);
  if (until > now) return { action: 'wait', until };
  if (terms.summaryAt === undefined && sentThisHour >= budget) {
    return { action: 'summarise', at: floorToHour(now) + hourMs };
  }
  return { action: 'send' };
}

/**
 * Why do the messages of a group go out when they do, in words?
 *
 * @example timingText({ waitMs: 30_000, intervalMs: 300_000, fallback: [] }) // 'waits 30 s for more; then every 300 s at most'
 */
export function timingText({ waitMs, intervalMs, digest, hours, budget }: DeliveryTerms): string {
  const texts = [
    digest === undefined
      ? waitMs === 0
        ? 'at once'
        : `waits ${waitMs / 1000} s for more`
      : `in the digest at ${digest.at} ${digest.timeZone}`,
    ...(digest === undefined && intervalMs > 0 ? [`then every ${intervalMs / 1000} s at most`] : []),
    ...(hours === undefined
      ? []
      : [`only ${hours.days.join(', ')} ${hours.from} to ${hours.to} ${hours.timeZone}`]),
    ...(budget === undefined ? [] : [`at most ${budget} messages an hour, then a summary`]),
  ];
  return texts.join('; ');
}
