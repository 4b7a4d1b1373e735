/** How an e-mail looks. Mail programs drop style sheets and know few properties: tables for layout, styles inline. */

import { escapeHtml } from '../../console/html.ts';
import type { Fact } from '../../core/alert/alert.ts';
import { oneLine } from '../../core/alert/message.ts';

interface Link {
  readonly label: string;
  readonly url: string;
}

export interface EmailPage {
  /** Of the bar, the status and the buttons. */
  readonly color: string;
  /** A word or two above the title. */
  readonly status: string;
  readonly title: string;
  readonly summary: string;
  /** A picture that the message carries, with the words for those who do not see it. */
  readonly picture?: { readonly contentId: string; readonly alt: string };
  /** Each with the links that are about it alone. */
  readonly facts: readonly (Fact & { readonly links?: readonly Link[] })[];
  readonly links: readonly Link[];
  readonly footer: string;
}

const font = "font-family:-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif";
const cell =
  'padding:6px 0;border-top:1px solid #d8dee4;vertical-align:top;font-size:14px;line-height:20px;word-break:break-word';

/** The text of an HTML e-mail. Whatever is put in is shown as it is. */
export function emailPage({
  color,
  status,
  title,
  summary,
  picture,
  facts,
  links,
  footer,
}: EmailPage): string {
  const rows = facts.map(
    ({ name, value, links: own = [] }) =>
      `<tr><td width="28%" style="${cell};color:#57606a;padding-right:16px">${escapeHtml(oneLine(name))}</td>` +
      `<td style="${cell};color:#1f2328">${escapeHtml(oneLine(value))}${own.map(linkBelow).join('')}</td></tr>`,
  );
  const buttons = links.map(
    ({ label, url }) =>
      `<a href="${escapeHtml(url)}" style="display:inline-block;padding:8px 16px;margin:0 8px 8px 0;border-radius:6px;` +
      `background:${color};color:#ffffff;text-decoration:none;font-size:14px;font-weight:600">${escapeHtml(oneLine(label))}</a>`,
  );
  const table = `<table width="100%" cellpadding="0" cellspacing="0" border="0" style="border-collapse:collapse;margin:0 0 20px">`;
  const image =
    picture === undefined
      ? ''
      : `<p style="margin:0 0 20px"><img src="cid:${escapeHtml(picture.contentId)}" alt="${escapeHtml(oneLine(picture.alt))}" width="552" style="display:block;width:100%;max-width:600px;height:auto;border:0"></p>\n`;
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escapeHtml(title)}</title></head>
<body style="margin:0;padding:24px 12px;background:#f6f8fa;${font}">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0"><tr><td align="center">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" style="max-width:600px;background:#ffffff;border:1px solid #d8dee4">
<tr><td style="height:6px;line-height:6px;font-size:0;background:${color}">&nbsp;</td></tr>
<tr><td style="padding:24px;text-align:left">
<p style="margin:0 0 4px;font-size:12px;font-weight:700;letter-spacing:0.5px;color:${color}">${escapeHtml(status)}</p>
<h1 style="margin:0 0 12px;font-size:20px;line-height:26px;color:#1f2328">${escapeHtml(title)}</h1>
<p style="margin:0 0 20px;font-size:15px;line-height:22px;color:#1f2328;white-space:pre-line;word-break:break-word">${escapeHtml(summary)}</p>
${image}${rows.length > 0 ? `${table}${rows.join('\n')}</table>` : ''}
${buttons.length > 0 ? `<p style="margin:0 0 12px">${buttons.join('')}</p>` : ''}
<p style="margin:0;font-size:12px;line-height:18px;color:#57606a">${escapeHtml(footer)}</p>
</td></tr></table>
</td></tr></table>
</body>
</html>
`;
}

function linkBelow({ label, url }: Link): string {
  return `<br><a href="${escapeHtml(url)}" style="color:#0969da">${escapeHtml(oneLine(label))}</a>`;
}
