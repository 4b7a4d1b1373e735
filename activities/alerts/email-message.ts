/** How an alert reads as an e-mail. */

import { createHash } from 'node:crypto';

import { escapeHtml } from '../../console/html.ts';
import { alertStatus, oneLine } from '../../core/alert/message.ts';
import type { AlertMessage } from '../../core/alert/message.ts';
import { formatInstant } from '../../core/window.ts';
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

// Mail programs drop style sheets and know few properties: tables for layout, styles inline, no images.
const font = "font-family:-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif";
const cell =
  'padding:6px 0;border-top:1px solid #d8dee4;vertical-align:top;font-size:14px;line-height:20px;word-break:break-word';

function htmlOf(alert: AlertMessage): string {
  const status = alertStatus(alert);
  const color = statusColors[status];
  const facts = alert.facts.map(
    ({ name, value }) =>
      `<tr><td width="28%" style="${cell};color:#57606a;padding-right:16px">${escapeHtml(oneLine(name))}</td>` +
      `<td style="${cell};color:#1f2328">${escapeHtml(oneLine(value))}</td></tr>`,
  );
  const links = alert.links.map(
    ({ label, url }) =>
      `<a href="${escapeHtml(url)}" style="display:inline-block;padding:8px 16px;margin:0 8px 8px 0;border-radius:6px;` +
      `background:${color};color:#ffffff;text-decoration:none;font-size:14px;font-weight:600">${escapeHtml(oneLine(label))}</a>`,
  );
  const table = `<table width="100%" cellpadding="0" cellspacing="0" border="0" style="border-collapse:collapse;margin:0 0 20px">`;
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escapeHtml(oneLine(alert.title))}</title></head>
<body style="margin:0;padding:24px 12px;background:#f6f8fa;${font}">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0"><tr><td align="center">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" style="max-width:600px;background:#ffffff;border:1px solid #d8dee4">
<tr><td style="height:6px;line-height:6px;font-size:0;background:${color}">&nbsp;</td></tr>
<tr><td style="padding:24px;text-align:left">
<p style="margin:0 0 4px;font-size:12px;font-weight:700;letter-spacing:0.5px;color:${color}">${status.toUpperCase()}</p>
<h1 style="margin:0 0 12px;font-size:20px;line-height:26px;color:#1f2328">${escapeHtml(oneLine(alert.title))}</h1>
<p style="margin:0 0 20px;font-size:15px;line-height:22px;color:#1f2328;white-space:pre-line;word-break:break-word">${escapeHtml(alert.summary)}</p>
${facts.length > 0 ? `${table}${facts.join('\n')}</table>` : ''}
${links.length > 0 ? `<p style="margin:0 0 12px">${links.join('')}</p>` : ''}
<p style="margin:0;font-size:12px;line-height:18px;color:#57606a">As of ${formatInstant(alert.asOf)}. Alert ${escapeHtml(oneLine(alert.alertKey))}, episode ${alert.episode}.</p>
</td></tr></table>
</td></tr></table>
</body>
</html>
`;
}
