import { escapeHtml } from '../../console/html.ts';
import type { ReceivedEmail } from '../stack/smtp-endpoint.ts';

/** A page that shows the headers of an e-mail, and its HTML part as a mail program does: apart, and without scripts. */
export function emailPreview({ headers, subject, html, attachments }: ReceivedEmail): string {
  const shown = [
    ['Subject', subject],
    ['From', headers['from'] ?? ''],
    ['To', headers['to'] ?? ''],
  ];
  const rows = shown.map(([name, value]) => `<dt>${name}</dt><dd>${escapeHtml(value!)}</dd>`);
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>E-mail</title><style>
body { margin: 0; font: 14px/20px -apple-system, 'Segoe UI', Roboto, Helvetica, Arial, sans-serif; color: #1f2328 }
main { width: 760px; border: 1px solid #d8dee4 }
dl { display: grid; grid-template-columns: 80px 1fr; gap: 4px; margin: 12px 16px }
dt { color: #57606a }
dd { margin: 0 }
dt + dd:nth-of-type(1) { font-weight: 600 }
iframe { display: block; width: 100%; height: 800px; border: 0; border-top: 1px solid #d8dee4 }
</style></head>
<body><main><dl>${rows.join('')}</dl><iframe sandbox="" title="HTML part" srcdoc="${escapeHtml(withPictures(html, attachments))}"></iframe></main></body>
</html>
`;
}

/** The pictures that an e-mail carries, in the place of their names. */
function withPictures(html: string, attachments: ReceivedEmail['attachments']): string {
  return attachments.reduce((page, { contentId, mimeType, content }) => {
    if (contentId === undefined || typeof content === 'string') return page;
    const data = Buffer.from(new Uint8Array(content)).toString('base64');
    return page.replaceAll(`cid:${contentId.replaceAll(/[<>]/g, '')}`, `data:${mimeType};base64,${data}`);
  }, html);
}
