/** The drift report: one page that needs no network and no script. */

import type { Level } from '../../core/verdict.ts';
import { html, toMarkup, trusted, type Html, type Part } from '../html.ts';
import { formatCount } from '../numbers.ts';
import { columnBody } from './column-section.ts';
import type { DriftReport, ReportedColumn, ReportedSide } from './drift-report.ts';
import { levelMark } from './level-mark.ts';
import { shorten, visibleName } from './names.ts';
import { inOrder, leadingAnswer } from './order.ts';
import { barScale, columnTags, effectBar, heatStrip, overviewTable, type PlacedColumn } from './overview.ts';
import { performanceSection } from './performance-table.ts';
import { qualitySection } from './quality-table.ts';
import { style } from './style.ts';

/** So many columns are all in the table; of more, the calm ones are folded away. */
const fewColumns = 12;
/** A longer reason, such as one that names 200 columns, is folded after its beginning. */
const longestReason = 320;

/**
 * The report as the text of one HTML file.
 *
 * Whoever opens it reads, from the top: the verdict, which rows were compared, all columns at a glance, then each column that
 * somebody should look at with its distributions, its history and its facts; calm columns are folded. Names may be any text.
 * The same report gives the same bytes. Cost: 6 ms a chart (200 columns: 1.5 s without histories); 6 kB a column.
 *
 * @example renderDriftReport(report) // '<!doctype html>...'
 */
export function renderDriftReport(report: DriftReport): string {
  const placed = inOrder(report.columns).map((column, i) => ({ id: `c${i + 1}`, column }));
  const calm = placed.filter(({ column }) => column.verdict.level === 'ok');
  const loud = placed.filter(({ column }) => column.verdict.level !== 'ok');
  const isSmall = placed.length <= fewColumns;
  return toMarkup(
    html`<!doctype html>
      <html lang="en">
        <head>
          <meta charset="utf-8" />
          <meta
            http-equiv="Content-Security-Policy"
            content="default-src 'none'; style-src 'unsafe-inline'; img-src data:"
          />
          <meta name="viewport" content="width=device-width, initial-scale=1" />
          <title>
            ${headlines[report.verdict.level]}: ${shorten(report.title, 80)},
            ${shorten(report.current.description, 80)}
          </title>
          <style>
            ${trusted(style)}
          </style>
        </head>
        <body>
          <div class="page" style="${barScale(report.columns)}">
            ${header(report)}
            <main>
              <section aria-labelledby="columns">
                <h2 id="columns">Columns</h2>
                ${!isSmall && heatStrip(placed)} ${overview(isSmall ? placed : loud, placed.length)}
              </section>
              ${report.performance !== undefined && performanceSection(report.performance)}
              ${report.quality !== undefined && qualitySection(report.quality)}
              ${
                loud.length > 0 &&
                html`<section aria-labelledby="loud">
                  <h2 id="loud">Columns to look at</h2>
                  ${loud.map(loudSection)}
                </section>`
              }
              ${calm.length > 0 && calmSection(calm, isSmall)}
            </main>
            ${howToRead}
          </div>
        </body>
      </html> `,
  );
}

const headlines: Readonly<Record<Level, string>> = {
  ok: 'No drift',
  warning: 'Drift',
  critical: 'Critical drift',
  'insufficient-data': 'Not judged',
};

function header({ title, reference, current, asOf, verdict, columns }: DriftReport): Html {
  return html`<header>
    <p class="kicker">Data drift</p>
    <h1><bdi>${title}</bdi></h1>
    <div class="verdict ${verdict.level}">${levelMark(verdict.level)} ${reasonOf(verdict.reason)}</div>
    <dl class="sides">
      <div>
        <dt>Current</dt>
        <dd>${side(current)}</dd>
      </div>
      <div>
        <dt>Reference</dt>
        <dd>${side(reference)}</dd>
      </div>
      <div>
        <dt>Columns</dt>
        <dd>${levelCounts(columns)}</dd>
      </div>
      ${
        asOf !== undefined &&
        html`<div>
          <dt>As of</dt>
          <dd>${asOf}</dd>
        </div>`
      }
    </dl>
  </header>`;
}

function reasonOf(reason: string): Part {
  if (reason.length <= longestReason) return html`<p>${reason}</p>`;
  return html`<p>${shorten(reason, longestReason)}</p>
    <details>
      <summary>All of it</summary>
      <p>${reason}</p>
    </details>`;
}

function side({ description, rows }: ReportedSide): Html {
  return html`<bdi>${description}</bdi><br /><span class="muted"
      >${formatCount(rows)} ${rows === 1 ? 'row' : 'rows'}</span
    >`;
}

const countedLevels: readonly (readonly [Level, string])[] = [
  ['critical', 'critical'],
  ['warning', 'warning'],
  ['insufficient-data', 'not judged'],
  ['ok', 'OK'],
];

/** @example '1 critical, 2 warning, 5 OK' */
function levelCounts(columns: readonly ReportedColumn[]): string {
  const counts = countedLevels
    .map(([level, words]) => ({
      words,
      count: columns.filter(({ verdict }) => verdict.level === level).length,
    }))
    .filter(({ count }) => count > 0);
  return counts.length === 0
    ? 'none'
    : counts.map(({ words, count }) => `${formatCount(count)} ${words}`).join(', ');
}

function overview(shown: readonly PlacedColumn[], all: number): Html {
  if (all === 0) return html`<p>No column was compared.</p>`;
  return shown.length === 0 ? html`<p>All ${formatCount(all)} columns are OK.</p>` : overviewTable(shown);
}

function loudSection({ id, column }: PlacedColumn): Html {
  return html`<section class="column" id="${id}" aria-labelledby="${id}-name">
    <div class="head">
      <h3 id="${id}-name"><bdi>${visibleName(column.name)}</bdi></h3>
      ${levelMark(column.verdict.level)}${columnTags(column)}
    </div>
    ${columnBody(id, column)}
  </section>`;
}

/** The id is inside, so that a link to it unfolds what is around it. */
function calmSection(calm: readonly PlacedColumn[], isOpen: boolean): Html {
  const rows = calm.map(
    ({ id, column }) =>
      html`<details>
        <summary>
          <h3><bdi>${visibleName(column.name)}</bdi>${columnTags(column)}</h3>
          <span>${effectBar(leadingAnswer(column))}</span>
        </summary>
        <div class="body" id="${id}">${columnBody(id, column)}</div>
      </details>`,
  );
  const words = calm.length === 1 ? '1 column is OK' : `${formatCount(calm.length)} columns are OK`;
  return html`<section aria-labelledby="calm">
    <h2 id="calm">Calm columns</h2>
    <details class="calm" ${isOpen && trusted('open')}>
      <summary>${words}</summary>
      ${rows}
    </details>
  </section>`;
}

const howToRead = html`<details class="how">
  <summary>How to read this page</summary>
  <dl>
    <dt>Difference</dt>
    <dd>
      The effect: how large a difference is, on the fixed scale of its method. The mark on a bar is where it
      begins to matter; a bar twice as long is four times as much.
    </dd>
    <dt>Share of values</dt>
    <dd>
      Each side counts for itself, so that sides of different sizes compare. What is missing or invalid is no
      value. Of current values beyond the reference's range often only the number and the mean are known: they
      are a flat piece, or stand beside the axis, below or above, where they are far away.
    </dd>
    <dt>Usual</dt>
    <dd>Where the effect of such windows lies when nothing is wrong.</dd>
    <dt>p</dt>
    <dd>
      How probable a difference at least as large is when nothing has changed. Corrected: for all the
      questions that were asked together.
    </dd>
    <dt>± at most</dt>
    <dd>Statistics of stored counts differ from those of the raw rows by at most so much.</dd>
    <dt>Not judged</dt>
    <dd>There is too little data to say; the reason says what is missing.</dd>
  </dl>
</details>`;
