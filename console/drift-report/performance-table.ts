/** How the predictions of both sides perform. */

import { metricTable, metricText, type MetricName } from '../../core/performance/metrics.ts';
import type { Computed } from '../../core/verdict.ts';
import { html, type Html, type Part } from '../html.ts';
import type { PerformanceMetric } from './drift-report.ts';

/** A metric a line, the reference beside the current window. */
export function performanceSection(metrics: readonly PerformanceMetric[]): Html {
  return html`<section aria-labelledby="performance">
    <h2 id="performance">Performance</h2>
    <table class="performance">
      <thead>
        <tr>
          <th scope="col">Metric</th>
          <th scope="col">Reference</th>
          <th scope="col">Current</th>
          <th scope="col">Change</th>
        </tr>
      </thead>
      <tbody>
        ${metrics.map(row)}
      </tbody>
    </table>
  </section>`;
}

function row({ metric, reference, current, betterBy }: PerformanceMetric): Part {
  const text = (computed: Computed): string =>
    'value' in computed ? metricText(metric, computed.value) : computed.notComputable;
  return html`<tr>
    <th scope="row">${metricTable[metric].label}</th>
    <td>${text(reference)}</td>
    <td>${text(current)}</td>
    <td>${betterBy !== undefined && changeInWords(metric, betterBy)}</td>
  </tr>`;
}

function changeInWords(metric: MetricName, betterBy: number): string {
  if (betterBy === 0) return 'none';
  return `${betterBy > 0 ? 'better' : 'worse'} by ${metricText(metric, Math.abs(betterBy))}`;
}
