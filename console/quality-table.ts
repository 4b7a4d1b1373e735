/** The data-quality checks of the current window. */

import type { Level, Verdict } from '../core/verdict.ts';
import { html, type Html } from './html.ts';
import { levelMark } from './level-mark.ts';
import { isLoud } from './since.ts';
import { levelCounts, verdictTable } from './verdict-table.ts';
import { worstFirst } from './worst-first.ts';

/** What was checked, and what that says of the whole window. */
export interface ReportedQuality {
  readonly verdict: Verdict;
  readonly checks: readonly QualityCheck[];
}

export interface QualityCheck {
  readonly check: string;
  /** Absent for the whole window. */
  readonly column?: string;
  readonly level: Level;
  readonly reason: string;
  /** False where it is only shown: of an ignored check, or of a disabled column. */
  readonly counted?: boolean;
}

/** Failed checks, the worst first; the others are folded. */
export function qualitySection({ checks }: ReportedQuality): Html {
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
