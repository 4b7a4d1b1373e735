/** The drift report: one page that needs no network and no script. */

import { formatShare } from '../../core/number-text.ts';
import { html, trusted, type Html, type Part } from '../html.ts';
import { page } from '../page.ts';
import { columnTarget } from './anchor.ts';
import { columnBody } from './column-section.ts';
import type { DriftReport } from './drift-report.ts';
import { columnCounts } from './column-counts.ts';
import { header, headline } from './header.ts';
import { historyChart } from './history-chart.ts';
import { howToRead } from './how-to-read.ts';
import { importanceSection } from './importance-table.ts';
import { levelMark } from '../level-mark.ts';
import { shorten, visibleName } from '../names.ts';
import { nextSteps } from './next-steps.ts';
import { inOrder } from './order.ts';
import {
  barScale,
  columnTags,
  difference,
  hasDetails,
  heatStrip,
  importanceTag,
  overviewTable,
  type PlacedColumn,
} from './overview.ts';
import { performanceSection } from './performance-table.ts';
import { qualitySection } from '../quality-table.ts';
import { segmentsSection } from './segments-table.ts';
import { isLoud } from '../since.ts';
import { togetherSection } from './together-table.ts';

/** So many columns are all in the table; of more, those that have not drifted are folded away. */
const fewColumns = 12;

/** A column with its pictures and numbers. */
interface DrawnColumn extends PlacedColumn {
  readonly body: Html;
}

/**
 * The report as the text of one HTML file.
 *
 * Whoever opens it reads, from the top: the verdict and since when, which rows were compared, where to look next, all columns
 * at a glance, what was found beside them, then each column that drifted with its distributions, its history and its facts;
 * other columns are folded. Names may be any text. The same report gives the same bytes.
 *
 * Cost: 5 ms a chart (200 columns with histories: 2 s), 11 kB a column.
 *
 * @param pause is awaited after each column, for a process that has other things to do
 * @example await renderDriftReport(report) // '<!doctype html>...'
 */
export async function renderDriftReport(
  report: DriftReport,
  pause?: () => Promise<unknown>,
): Promise<string> {
  const drawn: DrawnColumn[] = [];
  for (const [i, column] of inOrder(report.columns).entries()) {
    const id = `c${i + 1}`;
    drawn.push({ id, column, body: columnBody(id, column) });
    await pause?.();
  }
  const loud = drawn.filter(({ column }) => isLoud(column.verdict.level));
  const detailed = loud.filter(({ column }) => hasDetails(column));
  const others = drawn.filter(({ column }) => !isLoud(column.verdict.level));
  const isSmall = drawn.length <= fewColumns;
  const { segments = [], together = [], quality, performance = [], importances, past } = report;
  const title = `${headline(report)}: ${shorten(report.title, 80)}, ${shorten(report.current.description, 80)}`;
  return page(
    title,
    html`<div style="${barScale(report.columns)}">
      ${header(report)}
      <main>
        ${nextSteps(report, drawn)}
        <section aria-labelledby="columns">
          <h2 id="columns">Columns</h2>
          ${past !== undefined && past.points.length > 1 && pastFigure(past)} ${!isSmall && heatStrip(drawn)}
          ${overview(isSmall ? drawn : loud, drawn)}
        </section>
        ${segments.length > 0 && segmentsSection(segments)}
        ${together.length > 0 && togetherSection(together)}
        ${quality !== undefined && qualitySection(quality)}
        ${performance.length > 0 && performanceSection(performance)}
        ${importances !== undefined && importanceSection(importances)}
        ${
          detailed.length > 0 &&
          html`<section aria-labelledby="loud">
            <h2 id="loud">Columns that drifted</h2>
            ${detailed.map(loudSection)}
          </section>`
        }
        ${others.length > 0 && otherColumns(others, isSmall)}
      </main>
      ${howToRead(report)}
    </div>`,
  );
}

function pastFigure({ limit, points }: NonNullable<DriftReport['past']>): Html {
  const [first, last] = [points[0]!.windowEnd, points.at(-1)!.windowEnd];
  const drifted = points.filter(({ level }) => isLoud(level)).length;
  const label = `Share of drifted features in ${points.length} windows from ${first} to ${last}; ${drifted} of them drifted as a whole`;
  return html`<figure class="past">
    <figcaption>
      <b>Share of drifted features through time</b>
      <span class="key limit">limit ${formatShare(limit)}</span>
    </figcaption>
    ${historyChart('past', label, { points, floor: limit, height: 130, format: formatShare })}
  </figure>`;
}

function overview(shown: readonly PlacedColumn[], all: readonly PlacedColumn[]): Part {
  if (all.length === 0) return html`<p>No column was compared.</p>`;
  if (shown.length === 0) return html`<p>None has drifted.</p>`;
  const byImportance = all.some(({ column }) => column.weight !== undefined);
  const byEffect = shown.some(({ column }) => column.answers.length > 0);
  const order = [
    all.some(({ column }) => !column.counted)
      ? 'Those that count first, of them the worst'
      : 'The worst first',
    byImportance && ', then the most important to the model',
    byEffect && ', then those furthest beyond what matters',
  ];
  return html`<p class="muted order">${order}.</p>
    ${overviewTable(shown)}`;
}

function loudSection({ id, column, body }: DrawnColumn): Html {
  return html`<section class="column${!column.counted && ' aside'}" id="${id}" aria-labelledby="${id}-name">
    ${columnTarget(column)}
    <div class="head">
      <h3 id="${id}-name"><bdi>${visibleName(column.name)}</bdi></h3>
      ${levelMark(column.verdict.level)}${columnTags(column)}${importanceTag(column)}
    </div>
    ${body}
  </section>`;
}

/** The id is inside, so that a link to it unfolds what is around it. */
function otherColumns(others: readonly DrawnColumn[], isOpen: boolean): Html {
  const rows = others.map(
    ({ id, column, body }) =>
      html`<details ${!column.counted && html`class="aside"`}>
        <summary>
          <h3><bdi>${visibleName(column.name)}</bdi>${columnTags(column)}</h3>
          <span>${levelMark(column.verdict.level)}</span>
          <span>${difference(column)}</span>
        </summary>
        <div class="body" id="${id}">${columnTarget(column)}${body}</div>
      </details>`,
  );
  return html`<section aria-labelledby="others">
    <h2 id="others">Other columns</h2>
    <details class="others" ${isOpen && trusted('open')}>
      <summary>${columnCounts(others.map(({ column }) => column)).join('; ')}</summary>
      ${rows}
    </details>
  </section>`;
}
