/** How an alert reads as an e-mail. */

import { createHash } from 'node:crypto';

import { alertStatus, oneLine } from '../../core/alert/message.ts';
import type { AlertMessage } from '../../core/alert/message.ts';
import { formatInstant } from '../../core/window.ts';
import { emailPage } from './email-page.ts';
import { statusColors } from './status-colors.ts';

export interface EmailMessage {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  /** The same for every send of one event, so that mail programs show a repeated one once. */
  readonly messageId: string;
  /** The thread of the episode: every event of it names the same root, which is no message itself. */
  readonly references: string;
}

/** Longer subjects are cut by most mail programs anyway. */
const subjectLimit = 200;
const halfPair = /[\uD800-\uDBFF]$/;

/**
 * How does an alert read as an e-mail? Text and HTML say the same. The message id is made of the event and of its run,
 * so that two installations that watch a model of the same name do not hide each other's messages.
 *
 * @param domain right side of the message id: the domain that the message is sent from
 * @example emailMessage(alert, 'example.org').subject
 * // '[critical] bike-demand is degraded: RMSE over 7 days 101.2 is above 75'
 */
export function emailMessage(alert: AlertMessage, domain: string): EmailMessage {
  const { alertKey, episode, event, links } = alert;
  const subject = oneLine(`[${alertStatus(alert)}] ${alert.title}: ${alert.summary}`);
  const name = `${alertKey}.${episode}`.replaceAll(/[^A-Za-z0-9.-]+/g, '-');
  const thread = hash([alertKey, String(episode)]);
  const message = hash([alertKey, String(episode), event, ...links.map(({ url }) => url)]);
  return {
    subject:
      subject.length > subjectLimit
        ? `${subject.slice(0, subjectLimit - 1).replace(halfPair, '')}…`
        : subject,
    text: textOf(alert),
    html: htmlOf(alert),
    messageId: `<${name}.${message}@${domain}>`,
    references: `<${name}.${thread}@${domain}>`,
  };
}

function hash(parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 16);
}

function textOf(alert: AlertMessage): string {
  const facts = alert.facts.map(({ name, value }) => `${oneLine(name)}: ${oneLine(value)}`);
  const links = alert.links.map(({ label, url }) => `${oneLine(label)}: ${url}`);
  const status = alertStatus(alert).toUpperCase();
  const paragraphs = [
    `${status} ${oneLine(alert.title)}`,
    alert.summary,
    facts.join('\n'),
    links.join('\n'),
    `As of ${formatInstant(alert.asOf)}. Alert ${oneLine(alert.alertKey)}, episode ${alert.episode}.`,
  ];
  return `${paragraphs.filter((paragraph) => paragraph !== '').join('\n\n')}\n`;
}

function htmlOf(alert: AlertMessage): string {
  const status = alertStatus(alert);
  return emailPage({
    color: statusColors[status],
    status: status.toUpperCase(),
    title: oneLine(alert.title),
    summary: alert.summary,
    facts: alert.facts,
    links: alert.links,
    footer: `As of ${formatInstant(alert.asOf)}. Alert ${oneLine(alert.alertKey)}, episode ${alert.episode}.`,
  });
}
