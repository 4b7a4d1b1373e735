/** Alerts as people read them. */

import Table from 'cli-table3';

import { reasonOfDelivery, stateText } from '../../core/alert/alert-words.ts';
import type { Severity } from '../../core/alert/alert.ts';
import { oneLine, type AlertMessage } from '../../core/alert/message.ts';
import type { AlertView } from '../../core/alert/stored-alert.ts';
import { formatMinute, parseInstant } from '../../core/window.ts';
import type { AlertEvent, AlertList } from '../../sql/read-alerts.ts';
import { plain } from '../compare/column-table.ts';
import type { Color, Screen } from '../paint.ts';

const colors: Readonly<Record<Severity, Color>> = { info: 'cyan', warning: 'yellow', critical: 'red' };

/** One row an alert, and what stands below it: how many there are beyond the limit. */
export function alertTable({ alerts, total }: AlertList, screen: Screen): string {
  const whole = wholeTable(alerts, screen);
  const table = widthOf(whole) <= screen.columns ? whole : narrowTable(alerts, screen);
  const more = total - alerts.length;
  return more === 0 ? table : `${table}\nand ${more} more; see --limit`;
}

function wholeTable(alerts: AlertList['alerts'], { paint }: Screen): string {
  const table = new Table({
    ...plain,
    head: ['alert', 'severity', 'state', 'opened (UTC)', 'what is known'],
  });
  for (const alert of alerts) {
    const { alertKey, severity, openedAsOf } = alert;
    const state = [datedState(alert), ...heldText(alert)].join('\n');
    const known = knownText(alert).join('\n');
    table.push([alertKey, paint(colors[severity], severity), state, minuteText(openedAsOf), known]);
  }
  return table.toString();
}

/** Borders and the space beside them. */
const besides = { oneCell: 2, twoCells: 7 };
const narrowest = 20;

/** In two columns, whose texts are broken: on the left, what it is and how it stands. */
function narrowTable(alerts: AlertList['alerts'], { columns, paint }: Screen): string {
  const room = Math.max(2 * narrowest, columns - besides.twoCells);
  const longest = Math.max(...alerts.map(({ alertKey }) => alertKey.length));
  const left = Math.max(narrowest, Math.min(longest, Math.floor(room / 2)));
  const widths = [left, room - left];
  const table = new Table({
    ...plain,
    head: ['alert', 'what is known (UTC)'],
    colWidths: widths.map((width) => width + besides.oneCell),
    wordWrap: true,
  });
  for (const alert of alerts) {
    const { alertKey, severity, openedAsOf } = alert;
    const cells = [
      [alertKey, `${severity}, ${datedState(alert)}`, ...heldText(alert)],
      [...knownText(alert), `opened ${minuteText(openedAsOf)}`],
    ];
    const [first = '', second = ''] = cells.map((lines, i) => broken(lines.join('\n'), widths[i]!));
    table.push([first.replace(`\n${severity},`, `\n${paint(colors[severity], severity)},`), second]);
  }
  return table.toString();
}

/** The table breaks lines between words: a longer word would be cut. */
function broken(text: string, width: number): string {
  return text.replaceAll(new RegExp(`\\S{${width}}(?=\\S)`, 'gu'), '$&\n');
}

/** The first line is a border. */
function widthOf(table: string): number {
  return table.indexOf('\n');
}

function heldText({ held }: AlertList['alerts'][number]): string[] {
  return held === undefined ? [] : [`people are not told: ${oneLine(held)}`];
}

/** What the newest observation says; of one that is over, what it was. */
function knownText({ now, summary, observedAsOf }: AlertView): readonly string[] {
  return now === undefined ? [oneLine(summary)] : [oneLine(now), `as of ${minuteText(observedAsOf)}`];
}

/** How long one has been open, its opening says, whatever has happened to it since. */
function datedState(alert: AlertView): string {
  const state = stateText(alert);
  return alert.state === 'open' ? state : `${state}, since ${minuteText(alert.since)}`;
}

interface AlertDetails {
  readonly links: AlertMessage['links'];
  /** What to type next. */
  readonly next: string | undefined;
  readonly events: readonly AlertEvent[];
}

/** One alert with where it leads, what to type next, and its history. */
export function alertText(
  alert: AlertView,
  { links, next, events }: AlertDetails,
  { paint }: Screen,
): string {
  const lines = events.flatMap((event, i) => [
    ...(i === 0 || events[i - 1]?.episode !== event.episode
      ? ['', `  episode ${event.episode} (times in UTC)`]
      : []),
    `  ${minuteText(event.at)}  ${happenedText(event, paint(colors[event.severity], event.severity))}: ${oneLine(event.summary)}`,
    ...event.deliveries.map(
      (delivery) =>
        `    ${delivery.channel} ${oneLine(delivery.recipient)}: ${delivery.state}${bracketed(reasonOfDelivery(delivery))}`,
    ),
  ]);
  const { severity, openedAsOf, now, observedAsOf } = alert;
  const opening = events.find(({ episode }) => episode === alert.episode)?.summary ?? alert.summary;
  return [
    paint('bold', alert.alertKey),
    `  ${paint(colors[severity], severity)}, ${datedState(alert)}${alert.state === 'open' ? '' : ' UTC'}`,
    `  opened as of ${minuteText(openedAsOf)} UTC: ${oneLine(opening)}`,
    ...(now === undefined ? [] : [`  now, as of ${minuteText(observedAsOf)} UTC: ${oneLine(now)}`]),
    ...(next === undefined ? [] : [`  next: ${next}`]),
    ...links.map(({ label, url }) => `  ${oneLine(label)}: ${url}`),
    ...lines,
  ].join('\n');
}

/** What a person does is of the moment that it is done. */
function happenedText({ event, by, asOf }: AlertEvent, severity: string): string {
  return by === undefined
    ? `${event}, ${severity}, as of ${minuteText(asOf)}`
    : `${event} by ${oneLine(by)}, ${severity}`;
}

function bracketed(reason: string | undefined): string {
  return reason === undefined ? '' : ` (${reason})`;
}

/** `2026-02-03 09:00`, UTC. */
function minuteText(instant: string): string {
  return formatMinute(parseInstant(instant));
}
