/** The methods that did not decide. */

import { formatPValue } from '../../core/number-text.ts';
import { html, type Html, type Part } from '../html.ts';
import { formatNumber } from '../numbers.ts';
import type { ReportedColumn, Statistic } from './drift-report.ts';

/** A row a method, folded; nothing where none could be computed. A column of error bounds only where a statistic has one. */
export function statisticsTable({ statistics }: ReportedColumn): Part {
  if (statistics.every((statistic) => 'notComputable' in statistic)) return '';
  const hasBounds = statistics.some((statistic) => 'errorBound' in statistic);
  return html`<details>
    <summary>${statistics.length === 1 ? '1 other method' : `${statistics.length} other methods`}</summary>
    <table class="statistics">
      <thead>
        <tr>
          <th scope="col">Method</th>
          <th scope="col">Statistic</th>
          ${hasBounds && html`<th scope="col" class="wide">± at most</th>`}
          <th scope="col">Effect</th>
          <th scope="col">p</th>
        </tr>
      </thead>
      <tbody>
        ${statistics.map((statistic) => row(statistic, hasBounds))}
      </tbody>
    </table>
  </details>`;
}

function row(found: Statistic, hasBounds: boolean): Html {
  const head = html`<th scope="row">${found.method}</th>`;
  if ('notComputable' in found) {
    return html`<tr>
      ${head}
      <td colspan="${hasBounds ? 4 : 3}" class="why">${found.notComputable}</td>
    </tr>`;
  }
  const { statistic, errorBound, effect, unit = '', pValue } = found;
  return html`<tr>
    ${head}
    <td>${formatNumber(statistic)}</td>
    ${hasBounds && html`<td class="wide">${errorBound === undefined ? 'exact' : formatNumber(errorBound)}</td>`}
    <td>${formatNumber(effect)}${unit}</td>
    <td>${pValue === null ? '–' : formatPValue(pValue)}</td>
  </tr>`;
}
