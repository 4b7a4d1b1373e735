/** What matters to the model, how that has moved, and whose drift goes together with its error. */

import { formatShare } from '../../core/number-text.ts';
import { html, type Html } from '../html.ts';
import { formatCount } from '../numbers.ts';
import type { ReportedImportance, ReportedImportances } from './drift-report.ts';
import { visibleName } from '../names.ts';
import { verdictTable } from '../verdict-table.ts';

/** A feature a line, in the order given; a column that no feature has anything for is left out. */
export function importanceSection({ description, shifts, features }: ReportedImportances): Html {
  const columns = allColumns.filter(({ textOf }) => features.some((feature) => textOf(feature) !== ''));
  const folded = features.slice(mostShown);
  return html`<section aria-labelledby="importance">
    <h2 id="importance">What matters to the model</h2>
    <p>Importances: ${description}.</p>
    ${shifts.map((shift) => html`<p>Importances ${shift}.</p>`)}
    ${verdictTable({
      style: 'importances',
      head: html`<th scope="col">Feature</th>
        ${columns.map(({ title }) => html`<th scope="col">${title}</th>`)}`,
      row: (feature: ReportedImportance) =>
        html`<tr>
          <th scope="row"><bdi>${visibleName(feature.feature)}</bdi></th>
          ${columns.map(({ textOf }) => html`<td>${textOf(feature)}</td>`)}
        </tr>`,
      shown: features.slice(0, mostShown),
      folded,
      summary: `${formatCount(folded.length)} more`,
    })}
  </section>`;
}

/** Of more features, the least important ones are folded away. */
const mostShown = 12;

interface Column {
  readonly title: string;
  readonly textOf: (feature: ReportedImportance) => string;
}

const shareText = (share: number | undefined): string => (share === undefined ? '' : formatShare(share));

const allColumns: readonly Column[] = [
  { title: 'Importance', textOf: ({ importance }) => shareText(importance) },
  { title: 'Some weeks before', textOf: ({ before }) => shareText(before.time) },
  { title: 'Version before', textOf: ({ before }) => shareText(before.version) },
  { title: 'Drift and error', textOf: ({ driftAndError }) => driftAndError ?? '' },
];
