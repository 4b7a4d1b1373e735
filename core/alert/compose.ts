/** Makes one message of the events that go out together. */

import { episodeKey, severities } from './alert.ts';
import type { Fact } from './alert.ts';
import { alertStatus, firstFacts, shortSummary, shortTitle } from './message.ts';
import type { AlertEventText, AlertMessage, AlertSeries, AlertStatus } from './message.ts';

export interface Composition {
  /** By default the alert and its episode. */
  readonly thread?: string;
  readonly series?: AlertSeries;
}

const fromBest: readonly AlertStatus[] = ['resolved', ...severities];

/**
 * How do some events read as one message? One event reads as it is; of several the title counts the alerts, the
 * summary says how bad they are, and each is one of the facts. Long texts are cut to what a person reads; the links lead to the rest.
 *
 * @param events at least one, oldest first
 * @example
 * const event = {
 *   model: 'bike-demand', alertKey: 'drift:bike-demand:hum', episode: 1, event: 'opened', kind: 'drift',
 *   severity: 'warning', title: 'bike-demand has data drift', summary: 'hum drifted', facts: [], asOf: 0, links: [],
 * };
 * const other = { ...event, alertKey: 'drift:bike-demand:temp', severity: 'critical' };
 * composeMessage([event, other]) // { status: 'critical', title: 'bike-demand: 2 alerts', summary: '1 critical, 1 warning' }
 */
export function composeMessage(
  events: readonly AlertEventText[],
  { thread, series }: Composition = {},
): AlertMessage {
  const texts = events.map(shortened);
  const [first] = texts;
  if (first === undefined) throw new RangeError('a message tells of at least one event');
  const statuses = texts.map(alertStatus);
  const isOne = texts.length === 1;
  return {
    thread: thread ?? episodeKey(first),
    status: fromBest.findLast((status) => statuses.includes(status))!,
    title: isOne ? first.title : titleOf(texts),
    summary: isOne ? first.summary : countsOf(statuses),
    facts: isOne ? first.facts : firstFacts(texts.map(asFact)),
    asOf: Math.max(...texts.map(({ asOf }) => asOf)),
    links: first.links.filter(({ url }) =>
      texts.every(({ links }) => links.some((other) => other.url === url)),
    ),
    events: texts,
    ...(series !== undefined && { series }),
  };
}

function shortened(event: AlertEventText): AlertEventText {
  return {
    ...event,
    title: shortTitle(event.title),
    summary: shortSummary(event.summary),
    facts: firstFacts(event.facts),
  };
}

function titleOf(events: readonly AlertEventText[]): string {
  const models = [...new Set(events.map(({ model }) => model))];
  const alerts = new Set(events.map(episodeKey)).size;
  const count = alerts === 1 ? `${events.length} events of one alert` : `${alerts} alerts`;
  return models.length === 1 ? shortTitle(`${models[0]}: ${count}`) : `${count} of ${models.length} models`;
}

function asFact(event: AlertEventText): Fact {
  return { name: `${alertStatus(event).toUpperCase()} ${event.title}`, value: event.summary };
}

/** The worst first. */
function countsOf(statuses: readonly AlertStatus[]): string {
  return fromBest
    .map((status) => ({ status, count: statuses.filter((other) => other === status).length }))
    .filter(({ count }) => count > 0)
    .toReversed()
    .map(({ status, count }) => `${count} ${status}`)
    .join(', ');
}

/**
 * Which alerts is a message about? For errors and logs.
 *
 * @example
 * const event = { alertKey: 'drift:bike-demand:hum' };
 * alertsOf({ events: [event, { alertKey: 'drift:bike-demand:temp' }] }) // 'drift:bike-demand:hum and 1 more'
 */
export function alertsOf({
  events,
}: {
  readonly events: readonly Pick<AlertEventText, 'alertKey'>[];
}): string {
  const [first, ...others] = new Set(events.map(({ alertKey }) => alertKey));
  return others.length === 0 ? (first ?? '') : `${first} and ${others.length} more`;
}
