/** The data-quality checks of the current window. */

import { html, type Html } from '../html.ts';
import type { DriftReport, QualityCheck } from './drift-report.ts';
import { levelMark } from '../level-mark.ts';
import { worstFirst } from './order.ts';
import { isLoud } from './since.ts';
import { levelCounts, verdictTable } from './verdict-table.ts';

/** Failed checks, the worst first; the others are folded. */
export function qualitySection({ checks }: NonNullable<DriftReport['quality']>): Html {
  const sorted = worstFirst(checks, ({ level }) => level);
  const others = sorted.filter(({ level }) => !isLoud(level));
  return html`<section aria-labelledby="quality">
    <h2 id="quality">Data quality</h2>
    ${checks.length === 0 && html`<p>No check was made.</p>`}
    ${verdictTable({
      head: html`<th scope="col">Check</th>
        <th scope="col">Verdict</th>
        <th scope="col">Found</th>`,
      row,
      shown: sorted.filter(({ level }) => isLoud(level)),
      folded: others,
      summary: `Nothing found by ${others.length === checks.length ? 'all' : 'the other'} checks: ${levelCounts(others.map(({ level }) => level))}`,
    })}
  </section>`;
}

function row({ check, column, level, reason }: QualityCheck): Html {
  return html`<tr>
    <th scope="row">${column !== undefined && html`<bdi>${column}</bdi>: `}${check}</th>
    <td>${levelMark(level)}</td>
    <td>${reason}</td>
  </tr>`;
}
