/** How an alert reads as an e-mail. */

import { commandToTake, linksOfFacts, spokenFor } from '../../core/alert/compose.ts';
import { oneLine, shortened } from '../../core/alert/message.ts';
import type { AlertMessage } from '../../core/alert/message.ts';
import { seriesText } from '../../core/alert/series.ts';
import { alertPicture } from '../../console/alert-chart.ts';
import { formatInstant } from '../../core/window.ts';
import { pngOf } from '../reports/png.ts';
import { emailPage } from './email-page.ts';
import { messageIdentity, shortHash } from './message-identity.ts';
import { statusColors } from './status-colors.ts';

export interface InlinePicture {
  readonly filename: string;
  readonly contentType: string;
  readonly content: Buffer;
  /** The HTML shows it as `cid:<it>`. */
  readonly cid: string;
}

export interface EmailMessage {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  readonly attachments: readonly InlinePicture[];
  /** The same for every send of the same events, so that mail programs show a repeated one once. */
  readonly messageId: string;
  /** Of the conversation: every message of it names the same root, which is no message itself. */
  readonly references: string;
}

/** Longer subjects are cut by most mail programs anyway. */
const subjectLimit = 200;
/** A line of a header is at most 998 characters long. */
const nameLimit = 200;

/**
 * How does an alert read as an e-mail? Text and HTML say the same.
 *
 * @param domain right side of the message id: the domain that the message is sent from
 * @example emailMessage(alert, 'example.org').subject
 * // '[critical] bike-demand is degraded: RMSE over 7 days 101.2 is above 75'
 */
export function emailMessage(alert: AlertMessage, domain: string): EmailMessage {
  const { thread } = alert;
  const subject = oneLine(`[${alert.status}] ${alert.title}: ${alert.summary}`);
  const picture = pictureOf(alert, domain);
  const name = thread.replaceAll(/[^A-Za-z0-9.-]+/g, '-').slice(0, nameLimit);
  return {
    subject: shortened(subject, subjectLimit),
    text: textOf(alert),
    html: htmlOf(alert, picture),
    attachments: picture === undefined ? [] : [picture],
    messageId: `<${name}.${messageIdentity(alert)}@${domain}>`,
    references: `<${name}.${shortHash([thread])}@${domain}>`,
  };
}

function textOf(alert: AlertMessage): string {
  const own = linksOfFacts(alert);
  const facts = alert.facts.flatMap(({ name, value }, i) => [
    `${oneLine(name)}: ${oneLine(value)}`,
    ...(own[i] ?? []).map((link) => `  ${linkLine(link)}`),
  ]);
  const status = alert.status.toUpperCase();
  const paragraphs = [
    `${status} ${oneLine(alert.title)}`,
    alert.summary,
    alert.series === undefined ? '' : oneLine(seriesText(alert.series)),
    facts.join('\n'),
    alert.links.map(linkLine).join('\n'),
    footerOf(alert),
  ];
  return `${paragraphs.filter((paragraph) => paragraph !== '').join('\n\n')}\n`;
}

function linkLine({ label, url }: AlertMessage['links'][number]): string {
  return `${oneLine(label)}: ${url}`;
}

/** The metric with its limit; it is in the message, since mail programs load nothing from elsewhere. */
function pictureOf(alert: AlertMessage, domain: string): InlinePicture | undefined {
  if (alert.series === undefined) return undefined;
  return {
    filename: 'metric.png',
    contentType: 'image/png',
    content: pngOf(alertPicture(alert.series)),
    cid: `metric.${messageIdentity(alert)}@${domain}`,
  };
}

function htmlOf(alert: AlertMessage, picture: InlinePicture | undefined): string {
  const own = linksOfFacts(alert);
  return emailPage({
    color: statusColors[alert.status],
    status: alert.status.toUpperCase(),
    title: oneLine(alert.title),
    summary: alert.summary,
    ...(picture !== undefined &&
      alert.series !== undefined && {
        picture: { contentId: picture.cid, alt: seriesText(alert.series) },
      }),
    facts: alert.facts.map((fact, i) => ({ ...fact, links: own[i] ?? [] })),
    links: alert.links,
    footer: footerOf(alert),
  });
}

function footerOf({ status, events }: AlertMessage): string {
  const [first] = events;
  const asOf = spokenFor({ events });
  const which =
    first === undefined || events.length > 1
      ? ''
      : `Alert ${oneLine(first.alertKey)}, episode ${first.episode}.`;
  const command = commandToTake({ status, events });
  return [
    asOf === undefined ? '' : `As of ${formatInstant(asOf)}.`,
    which,
    command === undefined ? '' : `To take it: ${command}`,
  ]
    .filter((sentence) => sentence !== '')
    .join(' ');
}
