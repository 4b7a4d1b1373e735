/** The data-quality checks of the current window. */

import { html, type Html } from '../html.ts';
import type { DriftReport, QualityCheck } from './drift-report.ts';
import { levelMark } from '../level-mark.ts';
import { worstFirst } from './order.ts';
import { isLoud } from './since.ts';
import { levelCounts, verdictTable } from './verdict-table.ts';

/** Failed checks, the worst first; the others are folded. */
export function qualitySection({ checks }: NonNullable<DriftReport['quality']>): Html {
  const counted = worstFirst(checks.filter(isCounted), ({ level }) => level);
  const aside = worstFirst(
    checks.filter((check) => !isCounted(check)),
    ({ level }) => level,
  );
  const calm = counted.filter(({ level }) => !isLoud(level));
  const levels = (some: readonly QualityCheck[]): string => levelCounts(some.map(({ level }) => level));
  return html`<section aria-labelledby="quality">
    <h2 id="quality">Data quality</h2>
    ${checks.length === 0 && html`<p>No check was made.</p>`}
    ${verdictTable({
      head: html`<th scope="col">Check</th>
        <th scope="col">Verdict</th>
        <th scope="col">Found</th>`,
      row,
      shown: counted.filter(({ level }) => isLoud(level)),
      folded: [...calm, ...aside],
      summary: `Nothing found by ${calm.length === counted.length ? 'all' : 'the other'} checks: ${levels(calm)}${aside.length === 0 ? '' : `; not counted: ${levels(aside)}`}`,
    })}
  </section>`;
}

function isCounted({ counted = true }: QualityCheck): boolean {
  return counted;
}

function row(made: QualityCheck): Html {
  const { check, column, level, reason } = made;
  return html`<tr ${!isCounted(made) && html`class="aside"`}>
    <th scope="row">
      ${column !== undefined && html`<bdi>${column}</bdi>: `}${check}${!isCounted(made) && html` <span class="tag">not counted</span>`}
    </th>
    <td>${levelMark(level)}</td>
    <td>${reason}</td>
  </tr>`;
}
