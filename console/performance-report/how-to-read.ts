/** What the words of the page mean. */

import { metricTable } from '../../core/performance/metrics.ts';
import { html, type Html } from '../html.ts';
import { metricLabel } from './metric-words.ts';
import type { PerformanceReport } from './performance-report.ts';

/** Folded; the metrics that this report has, and the words around them. */
export function howToRead({ metrics }: PerformanceReport): Html {
  return html`<details class="how">
    <summary>How to read this page</summary>
    <dl>
      <dt>Interval</dt>
      <dd>
        Where the number of the model lies with 95% certainty, given how many outcomes there are and how much
        days differ. Within chance: the intervals of both numbers overlap.
      </dd>
      <dt>Provisional</dt>
      <dd>
        Actuals may still come, until the monitor's actuals horizon closes. Each time they change a number, it
        is stored again as a new revision: restated.
      </dd>
      <dt>Reference</dt>
      <dd>
        The rows of accepted quality that the monitor names; the same that data drift is measured against.
      </dd>
      <dt>Degraded</dt>
      <dd>What the degradation rules of the monitor say; a limit is one of them.</dd>
      ${metrics.map(
        ({ metric }) =>
          html`<dt>${metricLabel(metric)}</dt>
            <dd>${metricTable[metric].meaning}</dd>`,
      )}
    </dl>
  </details>`;
}
