/** Columns by runs: which drifted, since when; each leads to its distributions. */

import { isColumnEnabled } from '../../../core/monitor/enabled-column.ts';
import type { Monitor } from '../../../core/monitor/schema.ts';
import { nextSteps, type Arrived } from '../../../core/process/next-steps.ts';
import type { Level } from '../../../core/verdict.ts';
import { formatInstant } from '../../../core/window.ts';
import { codeText } from '../../code-text.ts';
import { html, trusted, type Html, type Part } from '../../html.ts';
import { instantText } from '../../instant-text.ts';
import { downloads } from '../../layout/downloads.ts';
import { emptyState } from '../../layout/empty.ts';
import { section } from '../../layout/section.ts';
import { levelMark } from '../../level-mark.ts';
import { shorten, visibleName } from '../../names.ts';
import { formatCount } from '../../numbers.ts';
import { isLoud } from '../../since.ts';
import { levelCounts } from '../../verdict-table.ts';
import { levelRanks } from '../../worst-first.ts';
import { columnDriftPath, modelPath, reportPath, runPath } from '../paths.ts';
import { shownRuns, type ColumnRow, type DriftRun, type LoadedDrift } from './load-drift.ts';

/** Of more columns, the report of the run shows the rest. */
const mostColumns = 60;

export function driftSection(drawn: DrawnModel, now: number): Html {
  const { model, drift, arrived, monitor } = drawn;
  const isCounted = ({ name }: ColumnRow): boolean => monitor === undefined || isColumnEnabled(monitor, name);
  return section(
    'drift',
    'Drift',
    drift === null ? nothing(arrived, now) : shown(model, drift, drift.columns.filter(isCounted)),
  );
}

interface DrawnModel {
  readonly model: string;
  readonly drift: LoadedDrift | null;
  readonly arrived: Arrived;
  readonly monitor?: Monitor;
}

function nothing(arrived: Arrived, now: number): Html {
  return emptyState({
    title: 'Nothing was compared with the reference yet.',
    why: 'Each night does it, once the reference has rows.',
    next: nextSteps('drift-detection', arrived, 'predictions', now).map(codeText),
  });
}

/** @param counted the columns that the monitor has not disabled */
function shown(model: string, { runs, columns }: LoadedDrift, counted: readonly ColumnRow[]): Html {
  const newest = runs.at(-1)!;
  const report = reportPath('drift', model, newest.window);
  const sorted = columns.toSorted((a, b) => rankOf(a) - rankOf(b));
  const rest = sorted.length - mostColumns;
  return html`<p>${levelMark(newest.verdict.level)} Dataset: ${shorten(newest.verdict.reason, 300)}</p>
    ${
      newest.verdict.reason.includes('importance') &&
      html`<p class="muted">
        The importance of a feature is how much the predictions rest on it; the dataset has drifted when those
        that have drifted make up more than the limit.
      </p>`
    }
    <p class="muted order">
      The first row is the quality of the data, each other one a column, each cell a run, the newest on the
      right; a dot is a warning, a bar is critical. A cell leads to the distributions of its column in its
      run, a column to those of the newest run, from where one goes to earlier ones. All columns are in the
      <a href="${report}">report of ${dayOf(newest)}</a>; the run is
      <a href="${runPath(model, newest.workflowId, newest.runId)}">here</a>.
    </p>
    <table class="heat" data-rows>
      <thead>
        <tr>
          <th scope="col">Column</th>
          <th scope="col">
            <span class="ends"><span>${dayOf(runs[0]!)}</span><span>${dayOf(newest)}</span></span>
          </th>
          <th scope="col">Now</th>
          <th scope="col" class="wide">Why</th>
        </tr>
      </thead>
      <tbody>
        ${qualityRow(model, runs)} ${sorted.slice(0, mostColumns).map((column) => row(model, column, runs))}
      </tbody>
    </table>
    ${rest > 0 && html`<p class="muted">${formatCount(rest)} more are in the <a href="${report}">report</a>.</p>`}
    ${downloads('Drift of each column', `${modelPath(model)}/drift`)} ${earlierRuns(model, runs, counted)}`;
}

function rankOf({ cells }: ColumnRow): number {
  const level = cells.at(-1)?.level;
  return level === undefined ? 4 : levelRanks[level];
}

function dayOf({ window }: DriftRun): string {
  return instantText(formatInstant(window.end));
}

/** Since when are the data what they are? Each cell leads to the checks of its run. */
function qualityRow(model: string, runs: readonly DriftRun[]): Part {
  const newest = runs.at(-1)!.quality;
  if (newest === null) return undefined;
  const cells = runs.map(({ quality }) => (quality === null ? null : { level: quality }));
  return html`<tr>
    <th scope="row"><a href="#quality">data quality</a> <span class="tag">all columns</span></th>
    <td>${heatRow(cells, runs, ({ window }) => `${reportPath('drift', model, window)}#quality`)}</td>
    <td>${levelMark(newest)}</td>
    <td class="wide muted">its checks are <a href="#quality">below</a></td>
  </tr>`;
}

function row(model: string, { name, subject, cells, reason }: ColumnRow, runs: readonly DriftRun[]): Html {
  const now = cells.at(-1);
  const newest = runs[cells.findLastIndex((one) => one !== null)]!;
  return html`<tr>
    <th scope="row">
      <a href="${columnDriftPath(model, newest.window, name)}"
        ><bdi>${shorten(visibleName(name), 60)}</bdi></a
      >
      ${subject !== 'feature' && html`<span class="tag">${subject}</span>`}
    </th>
    <td>${heatRow(cells, runs, ({ window }) => columnDriftPath(model, window, name))}</td>
    <td>${now === undefined || now === null ? html`<span class="muted">–</span>` : levelMark(now.level)}</td>
    <td class="wide muted">${shorten(reason, 400)}</td>
  </tr>`;
}

const cell = { width: 10, height: 20, gap: 1 } as const;

/** Its links are not for the Tab key, which would go through thousands: the column leads to its newest run, and that to others. */
function heatRow(
  cells: readonly ({ readonly level: Level } | null)[],
  runs: readonly DriftRun[],
  pathOf: (run: DriftRun) => string,
): Html {
  const judged = cells.flatMap((cell) => (cell === null ? [] : [cell.level]));
  const free = shownRuns - cells.length;
  const shown = cells.map((one, index) => {
    if (one === null) return undefined;
    const run = runs[index]!;
    const x = (free + index) * cell.width;
    return html`<a href="${pathOf(run)}" tabindex="-1"
      ><title>${dayOf(run)}: ${one.level}</title
      >${trusted(`<rect class="${one.level}" x="${x}" width="${cell.width - cell.gap}" height="${cell.height}"/>${mark(one.level, x)}`)}</a
    >`;
  });
  return html`<svg
    class="heat-row"
    viewBox="0 0 ${shownRuns * cell.width} ${cell.height}"
    role="group"
    aria-label="${cells.length} runs: ${levelCounts(judged)}"
  >
    ${shown}
  </svg>`;
}

/** Colour is not the only sign: a dot for a warning, a bar for what is critical. */
function mark(level: string, x: number): string {
  const middle = x + (cell.width - cell.gap) / 2;
  if (level === 'warning') return `<circle class="mark" cx="${middle}" cy="${cell.height / 2}" r="2"/>`;
  if (level === 'critical') return `<path class="mark" d="M${middle} 4V16" stroke-width="2.5"/>`;
  return '';
}

function earlierRuns(model: string, runs: readonly DriftRun[], columns: readonly ColumnRow[]): Html {
  const dataset = runs.filter(({ verdict }) => isLoud(verdict.level)).length;
  const some = runs.filter((_, i) => columns.some(({ cells }) => isLoud(cells[i]?.level ?? 'ok'))).length;
  return html`<details>
    <summary>
      ${runs.length === 1 ? 'The drift report of this run' : `All ${formatCount(runs.length)} drift reports, one a run`}:
      the dataset drifted in ${formatCount(dataset)}, single columns in ${formatCount(some)}
    </summary>
    <ul class="runs">
      ${runs.toReversed().map((run) => html`<li><a href="${reportPath('drift', model, run.window)}">${dayOf(run)}</a> ${levelMark(run.verdict.level)}</li>`)}
    </ul>
  </details>`;
}
