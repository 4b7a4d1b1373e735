/** Makes one message of the events that go out together. */

import { endsAlert, episodeKey, severities } from './alert.ts';
import type { Fact } from './alert.ts';
import { commandTo } from './alert-words.ts';
import { alertStatus, firstFacts, mostFacts, shortSummary, shortTitle } from './message.ts';
import type { AlertEventText, AlertMessage, AlertSeries, AlertStatus } from './message.ts';
import { troubleNames } from './trouble-names.ts';

export interface Composition {
  /** By default the alert and its episode. */
  readonly thread?: string;
  readonly series?: AlertSeries;
}

const fromBest: readonly AlertStatus[] = ['resolved', ...severities];

/**
 * How do some events read as one message? One event reads as it is. Several of one alert read as the newest of them, and those
 * of several alerts are counted: the title says of how many alerts and what they are about, the summary how bad they are by now.
 * Each event is one of the facts then. How bad an alert is says its newest event: one that has opened and is over again is resolved.
 * Long texts are cut to what a person reads; the links lead to the rest.
 *
 * @param events at least one, oldest first
 * @example
 * const event = {
 *   model: 'bike-demand', alertKey: 'drift:bike-demand:hum', episode: 1, event: 'opened', kind: 'drift',
 *   severity: 'warning', title: 'bike-demand has data drift', summary: 'hum drifted', facts: [], asOf: 0, links: [], runId: 'run-1',
 * };
 * const other = { ...event, alertKey: 'drift:bike-demand:temp', severity: 'critical' };
 * composeMessage([event, other]) // { status: 'critical', title: 'bike-demand: 2 alerts (drift of temp, hum)', summary: '1 critical, 1 warning' }
 */
export function composeMessage(
  events: readonly AlertEventText[],
  { thread, series }: Composition = {},
): AlertMessage {
  const texts = events.map(shortened);
  const [first] = texts;
  const newest = [...new Map(texts.map((event) => [episodeKey(event), event])).values()];
  const [only] = newest.length === 1 ? newest : [];
  if (first === undefined) throw new RangeError('a message tells of at least one event');
  const statuses = newest.map(alertStatus);
  return {
    thread: thread ?? episodeKey(first),
    status: fromBest.findLast((status) => statuses.includes(status))!,
    title: only?.title ?? titleOf(newest),
    summary: only?.summary ?? countsOf(statuses),
    facts: texts.length === 1 ? first.facts : firstFacts(texts.map(asFact)),
    asOf: Math.max(...texts.map(({ asOf }) => asOf)),
    links: sharedLinks(texts),
    events: texts,
    ...(series !== undefined && { series }),
  };
}

/**
 * The links of each fact of a message of several events: those of its event that are not shared by all. A fact that counts
 * the events beyond the first 20 has none, and neither have the facts of a single event.
 *
 * @example
 * const link = { label: 'Open the run', url: 'https://temporal.example.org/run-1' };
 * const facts = [{ name: 'CRITICAL bike-demand has data drift', value: 'hum drifted' }];
 * const events = [{ links: [link] }, { links: [] }];
 * linksOfFacts({ facts, events, links: [] })[0][0].label // 'Open the run'
 */
export function linksOfFacts({
  facts,
  events,
  links: shared,
}: Pick<AlertMessage, 'facts' | 'links'> & {
  readonly events: readonly Pick<AlertEventText, 'links'>[];
}): readonly AlertMessage['links'][] {
  return facts.map((_, i) => {
    const links = events.length === 1 || i >= mostFacts ? [] : (events[i]?.links ?? []);
    return links.filter(({ url }) => shared.every((link) => link.url !== url));
  });
}

function shortened(event: AlertEventText): AlertEventText {
  return {
    ...event,
    title: shortTitle(event.title),
    summary: shortSummary(event.summary),
    facts: firstFacts(event.facts),
  };
}

/** Where all events lead; to the page where they lead to several places of one. */
function sharedLinks([first, ...others]: readonly AlertEventText[]): AlertMessage['links'] {
  const pageOf = (url: string): string => url.replace(/#.*$/, '');
  const isIn = (url: string, part: (url: string) => string) =>
    others.every(({ links }) => links.some((other) => part(other.url) === part(url)));
  return (first?.links ?? []).flatMap(({ label, url }) => {
    if (isIn(url, (whole) => whole)) return [{ label, url }];
    return isIn(url, pageOf) ? [{ label, url: pageOf(url) }] : [];
  });
}

/** Of a title, for what the alerts are about: with how bad they are, the subject of an e-mail has the rest. */
const roomForNames = 80;

/** The worst alerts are named first. */
function titleOf(alerts: readonly AlertEventText[]): string {
  const models = [...new Set(alerts.map(({ model }) => model))];
  if (models.length > 1) return `${alerts.length} alerts of ${models.length} models`;
  const rank = (event: AlertEventText): number => fromBest.indexOf(alertStatus(event));
  const worstFirst = alerts.toSorted((one, other) => rank(other) - rank(one));
  const names = troubleNames(worstFirst, roomForNames);
  return shortTitle(`${models[0]}: ${alerts.length} alerts${names === '' ? '' : ` (${names})`}`);
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
 * The instant that a message speaks for, by the newest of its events that was observed. Undefined where people have done all that it
 * tells of: that is of the moment at which it comes.
 *
 * @example
 * const event = { asOf: 1 };
 * [spokenFor({ events: [event, { asOf: 2, by: 'ana' }] }), spokenFor({ events: [{ asOf: 2, by: 'ana' }] })] // [1, undefined]
 */
export function spokenFor({
  events,
}: {
  readonly events: readonly Pick<AlertEventText, 'asOf' | 'by'>[];
}): number | undefined {
  const observed = events.filter(({ by }) => by === undefined).map(({ asOf }) => asOf);
  return observed.length === 0 ? undefined : Math.max(...observed);
}

/**
 * What does somebody type who takes the alert that a message is about? Undefined where nobody has to: of news, of what is over or taken
 * already; of several alerts; and of a key that no shell would read as it stands.
 *
 * @example
 * const event = { alertKey: 'drift:bike-demand:hum', episode: 1, event: 'opened' };
 * commandToTake({ status: 'critical', events: [event] }) // 'tidewatch alerts acknowledge drift:bike-demand:hum'
 */
export function commandToTake({
  status,
  events,
}: Pick<AlertMessage, 'status'> & {
  readonly events: readonly Pick<AlertEventText, 'alertKey' | 'episode' | 'event'>[];
}): string | undefined {
  const newest = events.at(-1);
  if (newest === undefined || new Set(events.map(episodeKey)).size > 1) return undefined;
  if ((status !== 'warning' && status !== 'critical') || endsAlert(newest.event)) return undefined;
  return commandTo('acknowledge', newest.alertKey);
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
