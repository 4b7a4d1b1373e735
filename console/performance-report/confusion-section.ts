/** Which class is taken for which? */

import { formatShare } from '../../core/number-text.ts';
import { html, type Html } from '../html.ts';
import { shorten, visibleName } from '../names.ts';
import { formatCount } from '../numbers.ts';
import type { Confusion, Section } from './performance-report.ts';
import { section } from './section.ts';

/** A wider table fits no screen. */
const mostClasses = 10;

export function confusionSection(content: Section<Confusion>): Html {
  return section('confusion', 'Confusion matrix', content, (confusion) => {
    const { classes, counts } = foldClasses(confusion, mostClasses);
    return html`<div class="scroll" tabindex="0" role="group" aria-label="Confusion matrix">
      <table class="confusion">
        <thead>
          <tr>
            <th scope="col"><span class="muted">actual, then predicted</span></th>
            ${classes.map((name) => html`<th scope="col"><bdi>${shorten(visibleName(name), 24)}</bdi></th>`)}
          </tr>
        </thead>
        <tbody>
          ${counts.map((row, actual) => confusionRow(classes[actual]!, row, actual))}
        </tbody>
      </table>
    </div>`;
  });
}

function confusionRow(name: string, row: readonly number[], actual: number): Html {
  const total = row.reduce((sum, count) => sum + count, 0);
  return html`<tr>
    <th scope="row"><bdi>${shorten(visibleName(name), 24)}</bdi></th>
    ${row.map((count, predicted) => {
      const share = total === 0 ? 0 : count / total;
      return html`<td class="${predicted === actual ? 'right' : 'wrong'}" style="--share:${share.toFixed(3)}">
        ${formatCount(count)}<br /><span>${total === 0 ? '–' : formatShare(share)}</span>
      </td>`;
    })}
  </tr>`;
}

/**
 * The most frequent classes, the others added up as one.
 *
 * @example foldClasses({ classes: ['a', 'b', 'c'], counts: [[5, 1, 0], [0, 1, 0], [0, 0, 1]] }, 2)
 * // { classes: ['a', '2 others'], counts: [[5, 1], [0, 2]] }
 */
export function foldClasses({ classes, counts }: Confusion, most: number): Confusion {
  if (classes.length <= most) return { classes, counts };
  const totals = counts.map((row) => row.reduce((sum, count) => sum + count, 0));
  const kept = new Set(
    totals
      .map((total, i) => ({ total, i }))
      .sort((a, b) => b.total - a.total || a.i - b.i)
      .slice(0, most - 1)
      .map(({ i }) => i),
  );
  const places = new Map([...kept].sort((a, b) => a - b).map((i, place) => [i, place]));
  const folded = Array.from({ length: most }, () => Array.from({ length: most }, () => 0));
  for (const [actual, row] of counts.entries()) {
    for (const [predicted, count] of row.entries()) {
      folded[places.get(actual) ?? most - 1]![places.get(predicted) ?? most - 1]! += count;
    }
  }
  return {
    classes: [...[...places.keys()].map((i) => classes[i]!), `${classes.length - most + 1} others`],
    counts: folded,
  };
}
