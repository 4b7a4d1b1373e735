/** Owns `@slack/webhook`: how an alert looks in Slack, and how it gets there. */

import { IncomingWebhook, IncomingWebhookHTTPError, IncomingWebhookRequestError } from '@slack/webhook';
import type { IncomingWebhookSendArguments } from '@slack/webhook';

import { commandToTake, linksOfFacts, spokenFor } from '../../core/alert/compose.ts';
import { oneLine } from '../../core/alert/message.ts';
import type { AlertMessage, AlertStatus } from '../../core/alert/message.ts';
import { sparkline, seriesText } from '../../core/alert/series.ts';
import { formatInstant } from '../../core/window.ts';
import type { Channel } from './channel.ts';
import { deliveryFailed, httpError } from './delivery-error.ts';
import { connectionReason } from './post.ts';
import { secretsOf } from './secrets.ts';
import { statusColors } from './status-colors.ts';

export interface SlackOptions {
  /** A secret: it is in no message and no error. */
  readonly webhookUrl: string;
  /** By default 10 s. */
  readonly timeoutMs?: number;
}

export function openSlack({ webhookUrl, timeoutMs = 10_000 }: SlackOptions): Channel {
  return {
    sends: 'message',
    async send(message, recipient) {
      const attempt = { channel: 'slack', recipient, message, secrets: secretsOf(webhookUrl) } as const;
      let retryAfter: string | null = null;
      const webhook = new IncomingWebhook(webhookUrl, {
        timeout: timeoutMs,
        // The client's errors do not carry the headers of the answer.
        fetch: async (url, init) => {
          const response = await fetch(url, { ...init, redirect: 'error' });
          retryAfter = response.headers.get('retry-after');
          return response;
        },
      });
      try {
        await webhook.send(slackMessage(message));
        return {};
      } catch (error) {
        if (error instanceof IncomingWebhookHTTPError) {
          const { statusCode: status, body } = error;
          throw httpError(attempt, { status, body, retryAfter }, Date.now());
        }
        const original = error instanceof IncomingWebhookRequestError ? error.original : error;
        throw deliveryFailed(attempt, connectionReason(original, timeoutMs));
      }
    },
  };
}

/** Slack's limits, in characters of the escaped text; a payload beyond one is refused whole. */
const limits = {
  text: 3000,
  field: 2000,
  fieldsInSection: 10,
} as const;

const words: Readonly<Record<AlertStatus, string>> = {
  info: 'INFO',
  warning: 'WARNING',
  critical: 'CRITICAL',
  resolved: 'RESOLVED',
};

/**
 * How does an alert look in Slack? A line with what happened and why, which is also the notification; below it, beside a bar
 * in the colour of the severity, the facts in two columns, the time and the links. Nothing in a name can mention people, format text or make a link.
 *
 * @example slackMessage(alert).text // 'CRITICAL bike-demand is degraded: RMSE over 7 days 101.2 is above 75'
 */
export function slackMessage(alert: AlertMessage): IncomingWebhookSendArguments {
  const headline = oneLine(`${words[alert.status]} ${alert.title}`);
  const facts = alert.facts.map(({ name, value }) => ({
    type: 'mrkdwn' as const,
    verbatim: true,
    text: `*${fit(name, 200)}*\n${fit(value, limits.field - 203)}`,
  }));
  const links = alert.links.map(linkTo);
  const asOf = spokenFor(alert);
  const below = [...(asOf === undefined ? [] : [`as of ${formatInstant(asOf)}`]), ...links].join('  ·  ');
  return {
    text: fit(`${headline}: ${alert.summary}`, limits.text),
    attachments: [
      {
        color: statusColors[alert.status],
        blocks: [
          ...(alert.events.length > 1
            ? listOf(alert)
            : chunks(facts, limits.fieldsInSection).map((fields) => ({ type: 'section' as const, fields }))),
          ...seriesLine(alert),
          ...(below === '' ? [] : [context(below)]),
          ...commandLine(alert),
        ],
      },
    ],
  };
}

function linkTo({ label, url }: AlertMessage['links'][number]): string {
  return `<${encodeUrl(url)}|${fit(oneLine(label), 100)}>`;
}

/** An event below the other, each with the links of its own. */
function listOf(alert: AlertMessage) {
  const links = linksOfFacts(alert);
  return alert.facts.map(({ name, value }, i) => {
    const own = links[i]?.map(linkTo) ?? [];
    return section(
      [`*${fit(name, 300)}*`, fit(value, 1_000), ...(own.length === 0 ? [] : [own.join('  ·  ')])].join('\n'),
    );
  });
}

/** An incoming webhook cannot carry a picture, and Slack cannot fetch one from behind a firewall: bars of text. */
function seriesLine({ series }: AlertMessage) {
  if (series === undefined) return [];
  const bars = sparkline(series.points.map(([, value]) => value));
  return [section(`${bars}\n${fit(oneLine(seriesText(series)), 500)}`)];
}

/** To be copied: where Slack would need it altered, it is left out. */
function commandLine(alert: AlertMessage) {
  const command = commandToTake(alert) ?? '';
  if (command === '' || fit(command, limits.text) !== command) return [];
  return [context(`To take it: ${command}`)];
}

function context(text: string) {
  return { type: 'context' as const, elements: [{ type: 'mrkdwn' as const, verbatim: true, text }] };
}

function section(text: string) {
  return { type: 'section' as const, text: { type: 'mrkdwn' as const, verbatim: true, text } };
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };
const wordJoiner = '\u2060';

/**
 * A text that Slack shows as it is, at most `limit` characters long once escaped; what is cut ends with an ellipsis, and
 * an empty text, which Slack refuses, becomes a dash. No entity and no surrogate pair is cut in two.
 */
function fit(text: string, limit: number): string {
  const pieces: string[] = [];
  let length = 0;
  for (const character of disarm(text.trim())) {
    const piece = entities[character] ?? character;
    if (length + piece.length > limit) {
      while (length > limit - 1) length -= pieces.pop()?.length ?? length;
      return `${pieces.join('')}…`;
    }
    pieces.push(piece);
    length += piece.length;
  }
  return length === 0 ? '–' : pieces.join('');
}

/** An invisible character keeps "@here" from being a mention and "*this*" from being bold, whatever a client parses. */
function disarm(text: string): string {
  return text
    .replaceAll(/@(?=here|channel|everyone)/gi, `@${wordJoiner}`)
    .replaceAll(/(?<![\p{L}\p{N}])[*_~`](?=\S)/gu, `$&${wordJoiner}`);
}

/** A URL inside `<url|label>`. */
function encodeUrl(url: string): string {
  return url.replaceAll(/[<>|\s]/g, encodeURIComponent).replaceAll('&', '&amp;');
}

function chunks<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  );
}
