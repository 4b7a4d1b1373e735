/** Where does an alert go, when and why, by these routes? Pure. */

import { settingOf } from '../../activities/alerts/channel.ts';
import { planGroup, timingText } from '../../core/alert/grouping.ts';
import type { DeliveryTerms } from '../../core/alert/grouping.ts';
import type { Hold } from '../../core/alert/inhibition.ts';
import { fittingRoutes, mismatchOf, recipientsOf } from '../../core/alert/routes.ts';
import type { AlertToRoute, Recipient, RouteInPlace } from '../../core/alert/routes.ts';
import { durationText } from '../../core/degradation/duration-text.ts';
import { durationMs, formatInstant } from '../../core/window.ts';

export interface WayOfAlert {
  readonly routes: readonly Fit[];
  readonly recipients: readonly (Told & { readonly due: string | null })[];
  /** Who is told when nobody acknowledges it, and after how long. */
  readonly unacknowledged: readonly (Told & { readonly after: string })[];
  /** Why nobody is told at first; null where it is not held back. */
  readonly held: string | null;
}

/** @param hold what holds it back at first */
export function wayOf(alert: AlertToRoute, routes: readonly RouteInPlace[], hold: Hold | null): WayOfAlert {
  return {
    routes: routes.map((route) => fitOf(route, routes, alert)),
    recipients: recipientsOf(routes, alert).map((recipient) => ({
      ...toldBy(recipient),
      due: dueText(recipient.terms, alert.at, hold),
    })),
    unacknowledged: waitsOf(routes).flatMap((wait) =>
      recipientsOf(routes, afterWait(alert, wait)).map((recipient) => ({
        ...toldBy(recipient),
        after: wait,
      })),
    ),
    held: hold?.reason ?? null,
  };
}

/** The same for people, a line each. */
export function wayLines({ routes, recipients, unacknowledged, held }: WayOfAlert): readonly string[] {
  return [
    ...routes.map(({ route, fits, why }) => `${fits ? '+' : ' '} ${route}${why ? `  ${why}` : ''}`),
    ...recipients.map(({ due, ...told }) => recipientLine(told, due ?? 'when it is no longer held back')),
    ...(recipients.length === 0 ? [`-> nobody${unacknowledged.length > 0 ? ' yet' : ''}`] : []),
    ...unacknowledged.map(({ after, ...told }) => recipientLine(told, waitText(after))),
    ...(held === null ? [] : [`held: ${held}; told only if it is still open then`]),
  ];
}

type Fit = { readonly route: string; readonly fits: boolean; readonly why?: string };

/** Does a route take the alert at once, and if not, why, or when? */
function fitOf({ id, route }: RouteInPlace, routes: readonly RouteInPlace[], alert: AlertToRoute): Fit {
  const { unacknowledgedFor: wait } = route;
  const asked = wait === undefined ? alert : afterWait(alert, wait);
  const mismatch = mismatchOf(route, asked);
  if (mismatch !== null) return { route: id, fits: false, why: `not its ${mismatch}` };
  if (!fittingRoutes(routes, asked).some((taking) => taking.id === id)) {
    return { route: id, fits: false, why: 'an earlier route has taken it' };
  }
  return wait === undefined ? { route: id, fits: true } : { route: id, fits: false, why: waitText(wait) };
}

/** The same alert when nobody has acknowledged it for so long. */
function afterWait(alert: AlertToRoute, wait: string): AlertToRoute {
  const unacknowledgedMs = durationMs(wait);
  return { ...alert, at: alert.at + unacknowledgedMs, unacknowledgedMs };
}

/** Those of the routes, shortest first; 60m and 1h are one. */
function waitsOf(routes: readonly RouteInPlace[]): readonly string[] {
  const waits = routes.flatMap(({ route }) => route.unacknowledgedFor ?? []);
  return [...new Map(waits.map((wait) => [durationMs(wait), wait]))]
    .sort(([a], [b]) => a - b)
    .map(([, wait]) => wait);
}

function waitText(wait: string): string {
  return `after ${durationText(wait)} without acknowledgement`;
}

interface Told extends Pick<Recipient, 'channel' | 'recipient' | 'route' | 'group'> {
  /** The setting of the worker. */
  readonly needs: string;
  readonly why: string;
  /** Who takes the message when it is refused for good, one after the other. */
  readonly fallback: readonly string[];
}

function toldBy({ channel, recipient, route, group, terms }: Recipient): Told {
  const fallback = terms.fallback.map((next) => `${next.channel} ${next.recipient}`);
  const needs = settingOf(channel, recipient);
  return { channel, recipient, route, group, needs, why: timingText(terms), fallback };
}

function recipientLine({ channel, recipient, route, why, needs, fallback }: Told, when: string): string {
  const next = fallback.length === 0 ? '' : `; if refused, then ${fallback.join(', then ')}`;
  return `-> ${channel} ${recipient}  by ${route}, ${when}: ${why}; needs ${needs}${next}`;
}

/** When it goes out; null: when the alert that holds it back is over. */
function dueText(terms: DeliveryTerms, at: number, hold: Hold | null): string | null {
  const { until = Infinity } = hold ?? { until: at };
  if (until === Infinity) return null;
  const plan = planGroup(terms, { since: at, lastSentAt: null }, 0, until);
  return formatInstant(plan.action === 'wait' ? plan.until : until);
}
