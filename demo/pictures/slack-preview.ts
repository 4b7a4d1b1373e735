/**
 * What a Slack message looks like, drawn from the payload that arrived: text above, attachments with their colour bar and
 * blocks below. A part that it cannot draw is an error, so that no picture hides anything.
 */

import { z } from 'zod';

import { escapeHtml } from '../../console/html.ts';
import { unescapeSlack } from '../stack/slack-text.ts';

const plainText = z.strictObject({
  type: z.literal('plain_text'),
  text: z.string(),
  emoji: z.literal(false).optional(),
});
const markdown = z.strictObject({
  type: z.literal('mrkdwn'),
  text: z.string(),
  verbatim: z.boolean().optional(),
});
const text = z.discriminatedUnion('type', [plainText, markdown]);
const button = z.strictObject({ type: z.literal('button'), text: plainText, url: z.string().optional() });

const block = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('header'), text: plainText }),
  z.strictObject({ type: z.literal('section'), text: text.optional(), fields: z.array(text).optional() }),
  z.strictObject({ type: z.literal('context'), elements: z.array(text) }),
  z.strictObject({ type: z.literal('actions'), elements: z.array(button) }),
  z.strictObject({ type: z.literal('divider') }),
]);

const attachment = z.strictObject({
  color: z.string().optional(),
  /** What a notification says; not shown in the channel. */
  fallback: z.string().optional(),
  blocks: z.array(block).optional(),
});

const payload = z.strictObject({
  text: z.string().optional(),
  blocks: z.array(block).optional(),
  attachments: z.array(attachment).optional(),
});

type Text = z.output<typeof text>;
type Block = z.output<typeof block>;

export interface ReceivedMessage {
  readonly receivedAt: Date;
  /** The JSON that was posted to the webhook. */
  readonly body: unknown;
}

/**
 * A page that shows messages as a Slack channel does. Nothing of a payload becomes markup, script or a link that is not
 * http: it is escaped here, whatever the sender has done.
 *
 * @throws Error for a payload with a part that it cannot draw
 */
export function slackPreview(messages: readonly ReceivedMessage[]): string {
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Slack messages</title><style>${styles}</style></head>
<body><main>
${messages.map(messageHtml).join('\n')}
<footer>Drawn from the payloads that the webhook received; this is not Slack itself.</footer>
</main></body>
</html>
`;
}

function messageHtml({ receivedAt, body }: ReceivedMessage): string {
  const parsed = payload.safeParse(body);
  if (!parsed.success) {
    throw new Error(
      `this Slack message cannot be drawn: ${z.prettifyError(parsed.error)}\n${JSON.stringify(body)}`,
    );
  }
  const { text: words, blocks, attachments = [] } = parsed.data;
  // Slack shows the text only where no blocks stand beside it; blocks inside attachments do not hide it.
  const above =
    blocks?.map(blockHtml).join('') ?? (words === undefined ? '' : `<p>${markdownHtml(words)}</p>`);
  const below = attachments.map(
    ({ color, blocks: inside = [] }) =>
      `<div class="attachment"><i style="background:${colorOf(color)}"></i><div>${inside.map(blockHtml).join('')}</div></div>`,
  );
  return `<article><b class="icon">T</b><div class="message">
<h2>Tidewatch <small>APP</small> <time>${receivedAt.toISOString().slice(11, 16)}</time></h2>
${above}${below.join('')}</div></article>`;
}

function blockHtml(block: Block): string {
  switch (block.type) {
    case 'header':
      return `<h3>${textHtml(block.text)}</h3>`;
    case 'section': {
      const fields = block.fields?.map((field) => `<div>${textHtml(field)}</div>`).join('');
      return (
        (block.text === undefined ? '' : `<p>${textHtml(block.text)}</p>`) +
        (fields === undefined ? '' : `<div class="fields">${fields}</div>`)
      );
    }
    case 'context':
      return `<p class="context">${block.elements.map(textHtml).join(' ')}</p>`;
    case 'actions':
      return `<p>${block.elements.map(({ text, url }) => `<a class="button" ${hrefOf(url)}>${textHtml(text)}</a>`).join(' ')}</p>`;
    case 'divider':
      return '<hr>';
  }
}

function textHtml({ type, text }: Text): string {
  return type === 'mrkdwn' ? markdownHtml(text) : escapeText(text);
}

/**
 * Slack's mark-up: `<url|label>`, `<!here>`, `*bold*`, `_italic_`, `~struck~` and `` `code` ``.
 *
 * @example markdownHtml('*RMSE* &lt; 80') // '<b>RMSE</b> &lt; 80'
 */
function markdownHtml(markdown: string): string {
  // Odd pieces are what stood between angle brackets.
  return markdown
    .split(/<([^<>]*)>/)
    .map((piece, index) => (index % 2 === 0 ? emphasisHtml(escapeText(piece)) : referenceHtml(piece)))
    .join('');
}

/** A word joiner after the mark keeps it a plain character, as in Slack. */
const marks = [
  { mark: /(?<![\p{L}\p{N}])\*(?![\s\u2060])([^*\n]*[^*\s])\*(?![\p{L}\p{N}])/gu, tag: 'b' },
  { mark: /(?<![\p{L}\p{N}])_(?![\s\u2060])([^_\n]*[^_\s])_(?![\p{L}\p{N}])/gu, tag: 'i' },
  { mark: /(?<![\p{L}\p{N}])~(?![\s\u2060])([^~\n]*[^~\s])~(?![\p{L}\p{N}])/gu, tag: 's' },
  { mark: /`(?![\s\u2060])([^`\n]+)`/gu, tag: 'code' },
] as const;

function emphasisHtml(escaped: string): string {
  return marks.reduce((html, { mark, tag }) => html.replaceAll(mark, `<${tag}>$1</${tag}>`), escaped);
}

function referenceHtml(reference: string): string {
  const bar = reference.indexOf('|');
  const target = bar === -1 ? reference : reference.slice(0, bar);
  const label = escapeText(bar === -1 ? target : reference.slice(bar + 1));
  if (/^[@#!]/.test(target)) return `<mark>${escapeText(target.replace('!', '@'))}</mark>`;
  return `<a ${hrefOf(unescapeSlack(target))}>${label}</a>`;
}

/** Only what a browser opens as a page or a mail becomes a link. */
function hrefOf(url: string | undefined): string {
  return url !== undefined && /^(https?:\/\/|mailto:)/i.test(url) ? `href="${escapeHtml(url)}"` : '';
}

const named: Readonly<Record<string, string>> = { good: '#2eb886', warning: '#daa038', danger: '#a30200' };

function colorOf(color: string | undefined): string {
  return named[color ?? ''] ?? (/^#[\da-f]{6}$/i.test(color ?? '') ? color! : '#dddddd');
}

function escapeText(text: string): string {
  return escapeHtml(unescapeSlack(text));
}

const styles = `
body { margin: 0; background: #fff; color: #1d1c1d; font: 15px/22px Lato, -apple-system, 'Segoe UI', Roboto, Helvetica, Arial, sans-serif }
main { width: 720px; padding: 16px }
article { display: flex; gap: 10px; padding: 8px 0 }
p, .fields > div { margin: 0 0 8px; white-space: pre-wrap; overflow-wrap: anywhere }
h2 { margin: 0; font-size: 15px; line-height: 22px }
h3 { margin: 0 0 8px; font-size: 18px; line-height: 24px }
small { padding: 0 4px; border-radius: 2px; background: #eee; color: #616061; font-size: 10px }
time, .context, footer { color: #616061; font-size: 12px; line-height: 18px; font-weight: normal }
.icon { flex: none; width: 36px; height: 36px; border-radius: 6px; background: #1f6feb; color: #fff; text-align: center; line-height: 36px }
.message { flex: 1 }
.attachment { display: flex; gap: 12px; margin-top: 4px }
.attachment > div { flex: 1 }
.attachment > i { flex: none; width: 4px; border-radius: 2px }
.fields { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); column-gap: 16px }
a { color: #1264a3; text-decoration: none }
.button { display: inline-block; padding: 2px 12px; border: 1px solid #bbb; border-radius: 4px; color: #1d1c1d; font-weight: bold }
mark { background: #fcf2d0; color: #1264a3 }
footer { margin-top: 8px; padding-top: 8px; border-top: 1px solid #ddd }
`;
