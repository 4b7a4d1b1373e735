/** Alerts as people read them. */

import Table from 'cli-table3';

import { reasonOfDelivery, stateText } from '../../core/alert/alert-words.ts';
import type { Severity } from '../../core/alert/alert.ts';
import { oneLine } from '../../core/alert/message.ts';
import type { AlertView } from '../../core/alert/stored-alert.ts';
import { formatMinute, parseInstant } from '../../core/window.ts';
import type { AlertEvent, AlertList } from '../../sql/read-alerts.ts';
import { plain } from '../compare/column-table.ts';
import type { Color, Screen } from '../paint.ts';

const colors: Readonly<Record<Severity, Color>> = { info: 'cyan', warning: 'yellow', critical: 'red' };

/** One row an alert, and what stands below it: how many there are beyond the limit. */
export function alertTable({ alerts, total }: AlertList, { paint }: Screen): string {
  if (total === 0) return 'no alert is open';
  const table = new Table({
    ...plain,
    head: ['alert', 'severity', 'state', 'opened (UTC)', 'what is known'],
  });
  for (const alert of alerts) {
    table.push([
      alert.alertKey,
      paint(colors[alert.severity], alert.severity),
      [
        datedState(alert),
        ...(alert.held === undefined ? [] : [`people are not told: ${oneLine(alert.held)}`]),
      ].join('\n'),
      minuteText(alert.openedAsOf),
      knownText(alert),
    ]);
  }
  const more = total - alerts.length;
  return more === 0 ? table.toString() : `${table.toString()}\nand ${more} more; see --limit`;
}

/** What the newest observation says; of one that is over, what it was. */
function knownText({ now, summary, observedAsOf }: AlertView): string {
  return now === undefined ? oneLine(summary) : `${oneLine(now)}\nas of ${minuteText(observedAsOf)}`;
}

/** How long one has been open, its opening says, whatever has happened to it since. */
function datedState(alert: AlertView): string {
  const state = stateText(alert);
  return alert.state === 'open' ? state : `${state}, since ${minuteText(alert.since)}`;
}

/** One alert with its history. */
export function alertText(alert: AlertView, events: readonly AlertEvent[], { paint }: Screen): string {
  const lines = events.flatMap((event, i) => [
    ...(i === 0 || events[i - 1]?.episode !== event.episode ? ['', `  episode ${event.episode}`] : []),
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
    `  ${paint(colors[severity], severity)}, ${datedState(alert)}`,
    `  opened as of ${minuteText(openedAsOf)}: ${oneLine(opening)}`,
    ...(now === undefined ? [] : [`  now, as of ${minuteText(observedAsOf)}: ${oneLine(now)}`]),
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
