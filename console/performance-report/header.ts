/** What somebody reads first: is the model degraded, since when, how well does it do, and on how much that rests. */

import { countText } from '../../core/performance/metrics.ts';
import { definition } from '../definition.ts';
import { html, type Html, type Part } from '../html.ts';
import { levelMark } from '../level-mark.ts';
import { shorten, visibleName } from '../names.ts';
import { formatCount } from '../numbers.ts';
import { besideItems } from '../beside-list.ts';
import { besides } from './besides.ts';
import { headline, mainSentence, outcomesText, sinceWords, windowText } from './headline.ts';
import type { PerformanceReport, ReportedWindow } from './performance-report.ts';

const longestReason = 320;
const mostVersions = 3;

export function header(report: PerformanceReport): Html {
  const { model, version, window, reference, origin = {}, verdict } = report;
  return html`<header>
    <p class="kicker">Model performance</p>
    <h1><bdi>${model}</bdi></h1>
    <div class="verdict ${verdict.level}">
      <p class="headline"><b>${levelMark(verdict.level, headline(report))}</b>${sinceWords(report)}</p>
      <p>${shorten(verdict.reason, longestReason)}</p>
      <ul class="beside">
        <li><b>${mainSentence(report)}.</b></li>
        ${besideItems(besides(report))}
      </ul>
    </div>
    <dl class="sides">
      ${definition('Window (UTC)', side(window))} ${definition('Reference (UTC)', side(reference))}
      ${version !== undefined && definition('Version', versionText(version, report.otherVersions))}
      ${definition('State', stateText(window))}
      ${Object.entries(origin).map(([name, text]) => definition(name, text))}
    </dl>
  </header>`;
}

function side(window: ReportedWindow): Part {
  return html`${windowText(window)}<br /><span class="muted">${outcomesText(window)}</span>`;
}

/** The version that the numbers are about, and those that served before or beside it. */
function versionText(version: string, others: PerformanceReport['otherVersions'] = []): Part {
  return [
    html`<bdi>${shorten(visibleName(version), 60)}</bdi>`,
    ...others
      .slice(0, mostVersions)
      .map(
        (other) =>
          html`<br /><span class="muted"
              ><bdi>${shorten(visibleName(other.version), 40)}</bdi> made ${formatCount(other.predictions)}
              predictions</span
            >`,
      ),
    others.length > mostVersions &&
      html`<br /><span class="muted">and ${others.length - mostVersions} more</span>`,
  ];
}

/** Whether the numbers may still change. */
function stateText({ evaluation }: ReportedWindow): string {
  if (evaluation === undefined) return 'computed for this report';
  const { state, revision, verdict, laterOutcomes = 0 } = evaluation;
  const later = laterOutcomes === 0 ? '' : `; ${countText(laterOutcomes, 'outcome')} came later`;
  const restated = revision === 1 ? '' : `, restated ${revision === 2 ? 'once' : `${revision - 1} times`}`;
  const gate = verdict.level === 'insufficient-data' ? `; not judged: ${verdict.reason}` : '';
  return `${state === 'final' ? 'final: no more actuals are waited for' : 'provisional: actuals may still come'}${restated}${later}${gate}`;
}
