/** Is the model better than something simpler, and than its other versions, on the same rows? */

import { formatPValue } from '../../core/number-text.ts';
import { html, type Html } from '../html.ts';
import { shorten, visibleName } from '../names.ts';
import { formatCount } from '../numbers.ts';
import { verdictTable } from '../verdict-table.ts';
import { apart, intervalText, metricLabel, shortMetric } from './metric-words.ts';
import type { Comparisons, PerformanceReport, ReportedComparison, Section } from './performance-report.ts';
import { section } from './section.ts';

export function baselinesSection({ baselines }: PerformanceReport): Html {
  return comparisonSection('baselines', 'Better than something simpler?', baselines);
}

export function versionsSection({ versions }: PerformanceReport): Html {
  return comparisonSection('versions', 'Versions on the same rows', versions);
}

/** Of more, the later ones are folded away. */
const mostShown = 10;

function comparisonSection(id: string, title: string, content: Section<Comparisons>): Html {
  return section(id, title, content, ({ comparisons }) => {
    const folded = comparisons.slice(mostShown);
    return verdictTable({
      style: 'metrics',
      head: html`<th scope="col">Held against</th>
        <th scope="col">Metric</th>
        <th scope="col">Both</th>
        <th scope="col">Difference</th>
        <th scope="col" class="wide number">Rows</th>`,
      row,
      shown: comparisons.slice(0, mostShown),
      folded,
      summary: `${formatCount(folded.length)} more`,
    });
  });
}

function row(comparison: ReportedComparison): Html {
  const { subject, against, metric, rows, value, againstValue } = comparison;
  const both = value === undefined || againstValue === undefined ? [] : apart(metric, value, againstValue);
  return html`<tr>
    <th scope="row">
      <bdi>${shorten(visibleName(against), 80)}</bdi
      >${subject !== '' && html`<br /><span class="muted">by <bdi>${shorten(subject, 60)}</bdi></span>`}
    </th>
    <td>${metricLabel(metric)}</td>
    <td>${both.length === 0 ? '–' : html`<b>${both[0]}</b> against ${both[1]}`}</td>
    <td>${differenceCell(comparison)}</td>
    <td class="wide number">${formatCount(rows)}</td>
  </tr>`;
}

/** @example 'better by 12.1 (8.3 to 15.9), p 0.0012' */
function differenceCell({ metric, betterBy, interval, pValue, reason }: ReportedComparison): Html {
  if (betterBy === undefined) return html`<span class="muted">${reason ?? 'not compared'}</span>`;
  const size =
    betterBy === 0
      ? 'no difference'
      : `${betterBy > 0 ? 'better' : 'worse'} by ${shortMetric(metric, Math.abs(betterBy))}`;
  const facts = [
    ...(interval === undefined ? [] : [`better by ${intervalText(metric, interval)}`]),
    ...(pValue === undefined ? [] : [`p ${formatPValue(pValue)}`]),
    ...(reason === undefined ? [] : [reason]),
  ];
  const isClear = interval === undefined || interval[0] > 0 || interval[1] < 0;
  return html`${isClear ? size : `${size}, within chance`}${facts.length > 0 && html`<br /><span class="muted">${facts.join('; ')}</span>`}`;
}
