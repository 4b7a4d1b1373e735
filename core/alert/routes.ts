/** Who is told of an alert: the routes that fit it, in the order in which they are written. */

import { durationMs } from '../window.ts';
import type { AlertKind, Severity } from './alert.ts';
import { groupOf } from './grouping.ts';
import type { DeliveryTerms } from './grouping.ts';
import { isWithin } from './hours.ts';
import { channelNames, routeSchema } from './route-settings.ts';
import type { ChannelName, Labels, Route, RouteChannels, Routes } from './route-settings.ts';

/** What routes tell alerts by. */
export interface AlertToRoute {
  readonly model: string;
  readonly kind: AlertKind;
  readonly subject: string;
  readonly severity: Severity;
  /** Those of the monitor. */
  readonly labels: Labels;
  /** When it happened by the clock on the wall, epoch milliseconds. */
  readonly at: number;
  /** Asks who is told in addition because nobody has acknowledged it for so long. */
  readonly unacknowledgedMs?: number;
}

/** A route with what its messages are counted under. */
export interface RouteInPlace {
  /** `<model>/<name>` of a monitor's own, `alerts/<name>` of the installation's; without a name its place from 1. */
  readonly id: string;
  readonly route: Route;
}

/** Where messages arrive: e-mail addresses joined by ", ", or the name of one of several of a channel. */
export interface Mailbox {
  readonly channel: ChannelName;
  readonly recipient: string;
}

/** Who is told by which route, with what, and when. */
export interface Recipient extends Mailbox {
  readonly route: string;
  /** What alerts of one message have in common. */
  readonly group: string;
  readonly terms: DeliveryTerms;
}

/** What `slack: true` means. The URL is a secret and stays in the configuration of the worker. */
const unnamed = 'default';

/**
 * The routes of a model in their order: the monitor's own come before the installation's. One that a monitor has named
 * stands where it is named; a name that is not known (any more) stands for none.
 *
 * @example routesInOrder('bike-demand', ['oncall'], [routeSchema.parse({ name: 'oncall' }), routeSchema.parse({})]).map(({ id }) => id)
 * // ['alerts/oncall', 'alerts/2']
 */
export function routesInOrder(
  model: string,
  own: Routes,
  installed: readonly Route[],
): readonly RouteInPlace[] {
  const inPlace = (owner: string) => (route: Route, index: number) => ({
    id: `${owner}/${route.name ?? index + 1}`,
    route,
  });
  const shared = installed.map(inPlace('alerts'));
  const first = own.flatMap((route, index) =>
    typeof route === 'string'
      ? shared.filter(({ route: { name } }) => name === route)
      : [inPlace(model)(route, index)],
  );
  return [...first, ...shared.filter((route) => !first.includes(route))];
}

/**
 * The route that leads to one mailbox, at once and whatever the alert.
 *
 * @example routeTo({ channel: 'email', recipient: 'a@example.org, b@example.org' }).email // ['a@example.org', 'b@example.org']
 */
export function routeTo({ channel, recipient }: Mailbox): Route {
  const told = channel === 'email' ? recipient.split(', ') : recipient === unnamed || recipient;
  return routeSchema.parse({ name: 'fallback', [channel]: told, groupWait: '0s' });
}

/** Everything that a route may ask of an alert, in the order in which it is asked. */
const conditions: readonly {
  readonly key: keyof Route;
  readonly holds: (route: Route, alert: AlertToRoute) => boolean;
}[] = [
  { key: 'severity', holds: ({ severity }, alert) => severity.includes(alert.severity) },
  { key: 'kind', holds: ({ kind }, alert) => isAny(kind, (wanted) => wanted === alert.kind) },
  { key: 'model', holds: ({ model }, alert) => isAny(model, (pattern) => fitsPattern(pattern, alert.model)) },
  {
    key: 'labels',
    holds: ({ labels = {} }, alert) =>
      Object.entries(labels).every(([name, values]) =>
        isAny(values, (value) => value === alert.labels[name]),
      ),
  },
  {
    key: 'hours',
    holds: ({ hours }, { at }) => hours?.otherwise !== 'skip' || isWithin(hours, at),
  },
  {
    key: 'unacknowledgedFor',
    holds: ({ unacknowledgedFor }, { unacknowledgedMs }) =>
      unacknowledgedFor === undefined
        ? unacknowledgedMs === undefined
        : // Those that wait for less have been told already: the first one that fits would be told again, and this one never.
          unacknowledgedMs === durationMs(unacknowledgedFor),
  },
];

/**
 * Why is a route not for an alert? The first key that does not fit; null where all do.
 *
 * @example
 * const alert = { model: 'boats', kind: 'drift', subject: 'hum', severity: 'critical', labels: {}, at: 0 };
 * mismatchOf(routeSchema.parse({ severity: ['critical'], model: 'bike-*' }), alert) // 'model'
 */
export function mismatchOf(route: Route, alert: AlertToRoute): keyof Route | null {
  return conditions.find(({ holds }) => !holds(route, alert))?.key ?? null;
}

/**
 * Which routes take an alert? The first that fits, and as long as those say `continue`, the next ones too. None gives
 * nobody.
 *
 * @example
 * const alert = { model: 'bike-demand', kind: 'drift', subject: 'hum', severity: 'warning', labels: {}, at: 0 };
 * const own = [{ severity: ['critical'] }, { continue: true }, {}, {}].map((route) => routeSchema.parse(route));
 * fittingRoutes(routesInOrder('bike-demand', own, []), alert).map(({ id }) => id) // ['bike-demand/2', 'bike-demand/3']
 */
export function fittingRoutes(routes: readonly RouteInPlace[], alert: AlertToRoute): readonly RouteInPlace[] {
  const fitting = routes.filter(({ route }) => mismatchOf(route, alert) === null);
  const last = fitting.findIndex(({ route }) => !route.continue);
  return last === -1 ? fitting : fitting.slice(0, last + 1);
}

/**
 * Who is told of an alert? Each mailbox once, by the first route that names it; so is each e-mail address. The e-mail
 * addresses of a route get one message. No fitting route gives nobody.
 *
 * @example
 * const alert = { model: 'bike-demand', kind: 'drift', subject: 'hum', severity: 'critical', labels: {}, at: 0 };
 * const routes = routesInOrder('bike-demand', [], [routeSchema.parse({ slack: 'oncall' }), routeSchema.parse({ webhook: true })]);
 * recipientsOf(routes, alert).map(({ channel, recipient, group }) => [channel, recipient, group])
 * // [['slack', 'oncall', 'model=bike-demand kind=drift']]
 */
export function recipientsOf(routes: readonly RouteInPlace[], alert: AlertToRoute): readonly Recipient[] {
  const told = new Set<string>();
  return fittingRoutes(routes, alert).flatMap(({ id, route }) => {
    const mailboxes = mailboxesOf(route);
    return mailboxes.flatMap((mailbox, index): Recipient[] => {
      // The part before the @ is case-sensitive on paper; no mail system in use tells it apart.
      const addresses = mailbox.recipient.split(', ').filter((address) => {
        const key = `${mailbox.channel} ${address.toLowerCase()}`;
        return !told.has(key) && told.add(key);
      });
      if (addresses.length === 0) return [];
      const others = [...mailboxes.slice(index + 1), ...mailboxes.slice(0, index)];
      const fallback = route.fallback.length > 0 ? route.fallback.flatMap(mailboxesOf) : others;
      return [
        {
          channel: mailbox.channel,
          recipient: addresses.join(', '),
          route: id,
          ...(isPerAlert(mailbox.channel)
            ? { group: `alert=${alert.kind}:${alert.model}:${alert.subject}`, terms: atOnce(route, fallback) }
            : { group: groupOf(groupByOf(route), alert), terms: termsOf(route, fallback) }),
        },
      ];
    });
  });
}

/** Channels whose provider groups and deduplicates by alert: each alert on its own, as soon as it happens. */
function isPerAlert(channel: ChannelName): boolean {
  return channel === 'pagerduty' || channel === 'alertmanager';
}

/**
 * Where does a route lead, in the order in which one takes the place of another? The e-mail addresses are one mailbox; a route without
 * a channel leads nowhere.
 *
 * @example mailboxesOf(routeSchema.parse({ slack: 'oncall', pagerduty: true }))
 * // [{ channel: 'pagerduty', recipient: 'default' }, { channel: 'slack', recipient: 'oncall' }]
 */
export function mailboxesOf(channels: RouteChannels): readonly Mailbox[] {
  return channelNames.flatMap((channel): Mailbox[] => {
    const told = channels[channel];
    if (typeof told === 'object') return told.length === 0 ? [] : [{ channel, recipient: told.join(', ') }];
    return told === false ? [] : [{ channel, recipient: told === true ? unnamed : told }];
  });
}

function groupByOf({ groupBy, digest }: Route): readonly string[] {
  return groupBy ?? (digest === undefined ? ['model', 'kind'] : []);
}

function termsOf(route: Route, fallback: readonly Mailbox[]): DeliveryTerms {
  const { groupWait = '30s', groupInterval = '5m', digest, budget } = route;
  return {
    ...atOnce(route, fallback),
    waitMs: durationMs(groupWait),
    intervalMs: durationMs(groupInterval),
    ...(digest && { digest }),
    ...(budget !== undefined && { budget }),
  };
}

function atOnce({ hours }: Route, fallback: readonly Mailbox[]): DeliveryTerms {
  return { waitMs: 0, intervalMs: 0, ...(hours?.otherwise === 'hold' && { hours }), fallback };
}

function isAny<T>(wanted: T | readonly T[] | undefined, holds: (one: T) => boolean): boolean {
  if (wanted === undefined) return true;
  return Array.isArray(wanted) ? wanted.some(holds) : holds(wanted as T);
}

/**
 * Does a name fit a pattern, in which `*` is anything and `?` any one character?
 *
 * @example [fitsPattern('bike-*', 'bike-demand'), fitsPattern('bike', 'bike-demand')] // [true, false]
 */
export function fitsPattern(pattern: string, name: string): boolean {
  const expression = pattern
    .replaceAll(/[.+^${}()|[\]\\]/g, String.raw`\$&`)
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${expression}$`).test(name);
}
