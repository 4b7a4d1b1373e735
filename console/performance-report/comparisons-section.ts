/** Is the model better than something simpler, and than its other versions? */

import { describeMetric } from '../../core/comparison/compare-losses.ts';
import type { ComparisonVerdict } from '../../core/comparison/judge-difference.ts';
import { formatPValue } from '../../core/number-text.ts';
import { html, type Html, type Part } from '../html.ts';
import { shorten, visibleName } from '../names.ts';
import { formatCount } from '../numbers.ts';
import { verdictTable } from '../verdict-table.ts';
import { windowText } from './headline.ts';
import { apart, comparedText } from './metric-words.ts';
import type { Comparisons, PerformanceReport, ReportedComparison, Section } from './performance-report.ts';
import { section } from './section.ts';

export function baselinesSection(report: PerformanceReport): Html {
  return comparisonSection('baselines', 'Better than something simpler?', report.baselines, report);
}

export function versionsSection(report: PerformanceReport): Html {
  return comparisonSection('versions', 'Versions beside each other', report.versions, report);
}

/** Those of the version that the report is about; what is not is folded away. */
function comparisonSection(
  id: 'baselines' | 'versions',
  title: string,
  content: Section<Comparisons>,
  { window: reported, version }: PerformanceReport,
): Html {
  return section(id, title, content, ({ window, comparisons }) => {
    const isOwn = ({ subject, against }: ReportedComparison): boolean =>
      subject === version || against === version;
    const folded = comparisons.filter((comparison) => !isOwn(comparison));
    return [
      otherWindow(window, reported),
      verdictTable({
        style: 'metrics',
        head: html`<th scope="col">${id === 'baselines' ? 'Held against' : 'Version'}</th>
          <th scope="col">Metric</th>
          <th scope="col">Both</th>
          <th scope="col">Found</th>
          <th scope="col" class="wide number">Rows</th>`,
        row: (comparison: ReportedComparison) => row(comparison, id),
        shown: comparisons.filter(isOwn),
        folded,
        summary: `${formatCount(folded.length)} of other versions`,
      }),
    ];
  });
}

/** Over which outcomes, where these are not those of the report. */
export function otherWindow(window: Comparisons['window'], reported: PerformanceReport['window']): Part {
  const isOther = window.start !== reported.start || window.end !== reported.end;
  return isOther && html`<p class="muted order">Over ${windowText(window)}.</p>`;
}

const verdictWords: Readonly<Record<ComparisonVerdict, string>> = {
  better: 'better',
  'not-better': 'worse',
  higher: 'higher',
  lower: 'lower',
  unclear: 'no clear difference',
  'insufficient-data': 'not judged',
};

function row(comparison: ReportedComparison, id: 'baselines' | 'versions'): Html {
  const { subject, against, metric, rows, value, againstValue } = comparison;
  const both = value === undefined || againstValue === undefined ? [] : apart(metric, value, againstValue);
  return html`<tr>
    <th scope="row">
      ${
        id === 'baselines'
          ? html`<bdi>${shorten(visibleName(against), 80)}</bdi><br /><span class="muted"
                >by version <bdi>${shorten(visibleName(subject), 60)}</bdi></span
              >`
          : html`<bdi>${shorten(visibleName(subject), 60)}</bdi><br /><span class="muted"
                >against <bdi>${shorten(visibleName(against), 80)}</bdi></span
              >`
      }
    </th>
    <td>${describeMetric(metric).label}</td>
    <td>${both.length === 0 ? '–' : html`<b>${both[0]}</b> against ${both[1]}`}</td>
    <td>${foundCell(comparison)}</td>
    <td class="wide number">${formatCount(rows)}</td>
  </tr>`;
}

/** @example 'better: difference -16.8 (-25.1 to -8.5), p 0.0012' */
function foundCell({ metric, verdict, reason, difference, interval, pValue }: ReportedComparison): Html {
  if (difference === undefined || interval === undefined) {
    return html`${verdictWords[verdict]}<br /><span class="muted">${shorten(reason, 240)}</span>`;
  }
  const ends = interval.map((end) => comparedText(metric, end)).join(' to ');
  return html`${verdictWords[verdict]}<br /><span class="muted"
      >difference ${comparedText(metric, difference)}
      (${ends})${pValue !== undefined && `, p ${formatPValue(pValue)}`}</span
    >`;
}
