/** How a performance report reads as an e-mail: a summary with the main trend in it, and the whole report beside it. */

import { createHash } from 'node:crypto';

import { oneLine } from '../../core/alert/message.ts';
import type { Level } from '../../core/verdict.ts';
import { headline, lengthText, mainSentence, windowText } from '../../console/performance-report/headline.ts';
import { instantText } from '../../console/instant-text.ts';
import type { PerformanceReport } from '../../console/performance-report/performance-report.ts';
import { isAbsent } from '../../console/performance-report/section.ts';
import { summaryFacts } from '../../console/performance-report/summary.ts';
import { trendPicture } from '../../console/performance-report/trend-picture.ts';
import { trendWords } from '../../console/performance-report/trend-section.ts';
import { shorten } from '../../console/names.ts';
import { sinceInWords } from '../../console/since.ts';
import type { ReportMessage } from '../alerts/email.ts';
import { emailPage } from '../alerts/email-page.ts';
import { statusColors } from '../alerts/status-colors.ts';
import { pngOf } from '../reports/png.ts';

export interface ReportToSend {
  readonly report: PerformanceReport;
  /** The page itself. */
  readonly html: string;
  /** Where it is read. */
  readonly url: string;
  readonly address: string;
}

const colors: Readonly<Record<Level, string>> = {
  ok: statusColors.resolved,
  warning: statusColors.warning,
  critical: statusColors.critical,
  'insufficient-data': '#57606a',
};

/**
 * Text and HTML say the same. The message id is made of the report and of who gets it, so that a mail program shows a
 * repeated message once, also when the report was written again in between.
 *
 * @param domain right side of the message id: the domain that the message is sent from
 */
export function reportEmail({ report, html, url, address }: ReportToSend, domain: string): ReportMessage {
  const { model, window, verdict, since, metric, trend } = report;
  const name = `${model}-performance-${window.end.slice(0, 10)}`.replaceAll(/[^A-Za-z0-9.-]+/g, '-');
  const contentId = `trend.${name}@${domain}`;
  const svg = trendPicture(report);
  const alt = isAbsent(trend) ? '' : trendWords(trend, metric);
  const title = `${oneLine(model)}: ${headline(report).toLowerCase()}${since === undefined ? '' : ` ${sinceInWords(since)}`}`;
  const summary = `${shorten(verdict.reason, 320)}.\n${mainSentence(report)}.`;
  const facts = summaryFacts(report);
  const footer = `Performance of ${windowText(window)} (UTC). The whole report is attached.`;
  return {
    subject: `${title}, ${lengthText(window)} to ${instantText(window.end)}`,
    text: [
      title,
      summary,
      ...(alt === '' ? [] : [alt]),
      facts.map((fact) => `${fact.name}: ${fact.value}`).join('\n'),
      `Open the report: ${url}`,
      footer,
    ]
      .join('\n\n')
      .concat('\n'),
    html: emailPage({
      color: colors[verdict.level],
      status: `${lengthText(window).toUpperCase()} TO ${instantText(window.end)}`,
      title,
      summary,
      ...(svg !== undefined && { picture: { contentId, alt } }),
      facts,
      links: [{ label: 'Open the report', url }],
      footer,
    }),
    messageId: `<${name}.${hashOf([model, window.start, window.end, url, address])}@${domain}>`,
    attachments: [
      ...(svg === undefined
        ? []
        : [{ filename: `${name}.png`, contentType: 'image/png', content: pngOf(svg), cid: contentId }]),
      { filename: `${name}.html`, contentType: 'text/html; charset=utf-8', content: Buffer.from(html) },
    ],
  };
}

function hashOf(parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 16);
}
