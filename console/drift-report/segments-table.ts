/** The segments: in which part of the rows has what drifted? */

import { html, type Html, type Part } from '../html.ts';
import { formatCount, formatNumber } from '../numbers.ts';
import type { ReportedColumn, ReportedSegment } from './drift-report.ts';
import { levelMark } from '../level-mark.ts';
import { visibleName } from '../names.ts';
import { inOrder, leadingAnswer } from './order.ts';
import { worstFirst } from '../worst-first.ts';
import { levelCounts, verdictTable } from '../verdict-table.ts';

/** A row a segment; those in which nothing drifted are folded. */
export function segmentsSection(segments: readonly ReportedSegment[]): Html {
  const sorted = worstFirst(segments, ({ verdict }) => verdict.level);
  const calm = sorted.filter(({ drifted }) => drifted.length === 0);
  return html`<section aria-labelledby="segments">
    <h2 id="segments">Segments</h2>
    ${verdictTable({
      head: html`<th scope="col">Segment</th>
        <th scope="col">Verdict</th>
        <th scope="col">Columns that drifted in it</th>`,
      row,
      shown: sorted.filter(({ drifted }) => drifted.length > 0),
      folded: calm,
      summary: `Nothing drifted in ${formatCount(calm.length)}: ${levelCounts(calm.map(({ verdict }) => verdict.level))}`,
    })}
  </section>`;
}

function row({ name, rows, verdict, drifted }: ReportedSegment): Html {
  const columns = inOrder(drifted).map((column, i) => [i > 0 && ', ', inWords(column)]);
  return html`<tr>
    <th scope="row">
      <bdi>${visibleName(name)}</bdi><br /><span class="muted"
        >${formatCount(rows)} ${rows === 1 ? 'row' : 'rows'}</span
      >
    </th>
    <td>${levelMark(verdict.level)}</td>
    <td>${columns.length > 0 ? columns : verdict.reason}</td>
  </tr>`;
}

function inWords(column: ReportedColumn): Part {
  const statistic = leadingAnswer(column)?.statistic;
  const found = statistic === undefined || 'notComputable' in statistic ? undefined : statistic;
  return html`<bdi>${visibleName(column.name)}</bdi>${
      found !== undefined &&
      html` <span class="muted">${found.method} ${formatNumber(found.effect)}${found.unit}</span>`
    }`;
}
