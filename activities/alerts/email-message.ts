/** How an alert reads as an e-mail. */

import { oneLine } from '../../core/alert/message.ts';
import type { AlertMessage } from '../../core/alert/message.ts';
import { formatInstant } from '../../core/window.ts';
import { emailPage } from './email-page.ts';
import { messageIdentity, shortHash } from './message-identity.ts';
import { statusColors } from './status-colors.ts';

export interface EmailMessage {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  /** The same for every send of the same events, so that mail programs show a repeated one once. */
  readonly messageId: string;
  /** Of the conversation: every message of it names the same root, which is no message itself. */
  readonly references: string;
}

/** Longer subjects are cut by most mail programs anyway. */
const subjectLimit = 200;
/** A line of a header is at most 998 characters long. */
const nameLimit = 200;
const halfPair = /[\uD800-\uDBFF]$/;

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
  const name = thread.replaceAll(/[^A-Za-z0-9.-]+/g, '-').slice(0, nameLimit);
  return {
    subject:
      subject.length > subjectLimit
        ? `${subject.slice(0, subjectLimit - 1).replace(halfPair, '')}…`
        : subject,
    text: textOf(alert),
    html: htmlOf(alert),
    messageId: `<${name}.${messageIdentity(alert)}@${domain}>`,
    references: `<${name}.${shortHash([thread])}@${domain}>`,
  };
}

function textOf(alert: AlertMessage): string {
  const facts = alert.facts.map(({ name, value }) => `${oneLine(name)}: ${oneLine(value)}`);
  const links = alert.links.map(({ label, url }) => `${oneLine(label)}: ${url}`);
  const status = alert.status.toUpperCase();
  const paragraphs = [
    `${status} ${oneLine(alert.title)}`,
    alert.summary,
    facts.join('\n'),
    links.join('\n'),
    footerOf(alert),
  ];
  return `${paragraphs.filter((paragraph) => paragraph !== '').join('\n\n')}\n`;
}

function htmlOf(alert: AlertMessage): string {
  return emailPage({
    color: statusColors[alert.status],
    status: alert.status.toUpperCase(),
    title: oneLine(alert.title),
    summary: alert.summary,
    facts: alert.facts,
    links: alert.links,
    footer: footerOf(alert),
  });
}

function footerOf({ asOf, events }: AlertMessage): string {
  const [first] = events;
  const which =
    first === undefined || events.length > 1
      ? ''
      : ` Alert ${oneLine(first.alertKey)}, episode ${first.episode}.`;
  return `As of ${formatInstant(asOf)}.${which}`;
}
