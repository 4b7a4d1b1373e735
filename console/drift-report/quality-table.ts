/** The data-quality checks of the current window. */

import { html, type Html, type Part } from '../html.ts';
import { formatCount } from '../numbers.ts';
import type { QualityCheck } from './drift-report.ts';
import { levelMark } from './level-mark.ts';
import { worstFirst } from './order.ts';

/** Failed checks, the worst first; passed ones are folded. */
export function qualitySection(checks: readonly QualityCheck[]): Html {
  const passed = checks.filter(({ level }) => level === 'ok');
  const others = worstFirst(checks.filter(({ level }) => level !== 'ok'));
  return html`<section aria-labelledby="quality">
    <h2 id="quality">Data quality</h2>
    ${others.length > 0 ? table(others) : html`<p>${passed.length === 0 ? 'No check was made.' : 'Nothing was found.'}</p>`}
    ${
      passed.length > 0 &&
      html`<details>
        <summary>${formatCount(passed.length)} ${passed.length === 1 ? 'check' : 'checks'} passed</summary>
        ${table(passed)}
      </details>`
    }
  </section>`;
}

function table(checks: readonly QualityCheck[]): Html {
  return html`<table class="quality">
    <thead>
      <tr>
        <th scope="col">Check</th>
        <th scope="col">Verdict</th>
        <th scope="col">Reason</th>
      </tr>
    </thead>
    <tbody>
      ${checks.map(row)}
    </tbody>
  </table>`;
}

function row({ check, column, level, reason, counts }: QualityCheck): Part {
  const numbers = Object.entries(counts).map(([name, count]) => `${name} ${formatCount(count)}`);
  return html`<tr>
    <th scope="row">${column !== undefined && html`<bdi>${column}</bdi>: `}${check}</th>
    <td>${levelMark(level)}</td>
    <td>${reason}${numbers.length > 0 && html` <span class="muted">${numbers.join(', ')}</span>`}</td>
  </tr>`;
}
