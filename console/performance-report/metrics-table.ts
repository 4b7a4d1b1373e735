/** Every metric of the task: what it is now, in the reference, and against its limits. */

import { html, type Html, type Part } from '../html.ts';
import { differenceWords, limitsText, measuredCell, metricLabel } from './metric-words.ts';
import type { MetricRow, PerformanceReport } from './performance-report.ts';

export function metricsSection({ metrics, metric }: PerformanceReport): Html {
  const computable = metrics.filter(hasNumber);
  const others = metrics.filter((row) => !hasNumber(row));
  const hasLimits = metrics.some(({ limits }) => limits !== undefined);
  return html`<section aria-labelledby="metrics">
    <h2 id="metrics">All metrics</h2>
    ${
      computable.length > 0 &&
      html`<table class="metrics">
        <thead>
          <tr>
            <th scope="col">Metric</th>
            <th scope="col">Now</th>
            <th scope="col">Reference</th>
            <th scope="col">Against it</th>
            ${hasLimits && html`<th scope="col" class="wide">Limits</th>`}
          </tr>
        </thead>
        <tbody>
          ${computable.map((row) => metricRow(row, row.metric === metric, hasLimits))}
        </tbody>
      </table>`
    }
    ${others.length > 0 && notComputable(others)}
  </section>`;
}

function hasNumber({ current, reference }: MetricRow): boolean {
  return 'value' in current || 'value' in reference;
}

function metricRow(
  { metric, current, reference, limits }: MetricRow,
  isMain: boolean,
  hasLimits: boolean,
): Html {
  const label = metricLabel(metric);
  return html`<tr>
    <th scope="row">${isMain ? html`<b>${label}</b>` : label}</th>
    <td>${measuredCell(metric, current)}</td>
    <td>${measuredCell(metric, reference)}</td>
    <td>${differenceWords(metric, current, reference)}</td>
    ${hasLimits && html`<td class="wide">${limitsText(metric, limits)}</td>`}
  </tr>`;
}

/** Metrics without a number anywhere, one line a reason. */
function notComputable(rows: readonly MetricRow[]): Part {
  const reasonOf = ({ current }: MetricRow): string =>
    'notComputable' in current ? current.notComputable : '';
  return [...new Set(rows.map(reasonOf))].map((reason) => {
    const labels = rows.filter((row) => reasonOf(row) === reason).map(({ metric }) => metricLabel(metric));
    return html`<p class="muted">No ${labels.join(', ')}: ${reason}.</p>`;
  });
}
