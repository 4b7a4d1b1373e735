/** All models: is each all right, and which are not? */

import { percentText } from '../../../core/performance/metrics.ts';
import type { Level } from '../../../core/verdict.ts';
import { formatInstant } from '../../../core/window.ts';
import { html, type Html, type Part } from '../../html.ts';
import { instantText } from '../../instant-text.ts';
import { ago } from '../../layout/ago.ts';
import { emptyState } from '../../layout/empty.ts';
import { pager, sortHead, withQuery } from '../../layout/links.ts';
import { levelMark } from '../../level-mark.ts';
import { shorten, visibleName } from '../../names.ts';
import { formatCount } from '../../numbers.ts';
import { metricLabel, shortMetric } from '../../performance-report/metric-words.ts';
import type { Shown, View } from '../../server/page.ts';
import { isLoud } from '../../since.ts';
import { modelLink } from '../model-link.ts';
import { modelPath } from '../paths.ts';
import { historyLength, type LoadedModels, type ModelLine } from './load.ts';
import { driftStrip, sparkline } from './sparkline.ts';

const longestReason = 110;

export function modelsPage(loaded: LoadedModels, view: View): Shown {
  const { watched, asked } = loaded;
  return {
    title: asked.level === undefined ? 'Models' : `Models: ${levelWords[asked.level]}`,
    main: html`<h1>Models</h1>
      ${watched === 0 ? nothingWatched() : [filters(loaded), list(loaded, view)]}
      ${loaded.unwatched.length > 0 && unwatchedModels(loaded.unwatched)}`,
  };
}

const levelWords: Readonly<Record<Level, string>> = {
  critical: 'critical',
  warning: 'warning',
  'insufficient-data': 'not judged',
  ok: 'OK',
};

function nothingWatched(): Html {
  return emptyState({
    title: 'No model is watched yet.',
    next: [
      html`Write a first monitor from your rows: <code>tidewatch init my-model --from rows.csv</code>`,
      html`Store it and its schedules: <code>tidewatch apply</code>`,
      html`Run them: <code>tidewatch worker</code>`,
    ],
  });
}

/** A form that works without a script, and a link for each level. */
function filters({ asked, levels }: LoadedModels): Html {
  const { search, level, sort } = asked;
  const all = Object.values(levels).reduce((sum, count) => sum + count, 0);
  const path = withQuery('/', {
    search: search === '' ? undefined : search,
    sort: sort === 'worst' ? undefined : sort,
  });
  const link = (name: string, count: number, to: Level | undefined): Html =>
    html`<li>
      <a href="${withQuery(path, { verdict: to })}" ${to === level && html`aria-current="true"`}
        >${to !== undefined && html`<span class="dot ${to}" aria-hidden="true"></span>`}${name}
        <span class="count">${formatCount(count)}</span></a
      >
    </li>`;
  return html`<div class="filters">
    <form method="get" action="/" role="search" data-filter>
      <label class="hidden" for="search">Part of the name</label>
      <input
        id="search"
        type="search"
        name="search"
        value="${search}"
        placeholder="Part of the name"
        maxlength="100"
      />
      ${level !== undefined && html`<input type="hidden" name="verdict" value="${level}" />`}
      ${sort !== 'worst' && html`<input type="hidden" name="sort" value="${sort}" />`}
      <button>Find</button>
    </form>
    <ul class="chips">
      ${link('All', all, undefined)}
      ${(['critical', 'warning', 'insufficient-data', 'ok'] as const).map((to) => link(capital(levelWords[to]), levels[to], to))}
    </ul>
  </div>`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function list({ lines, pages, asked }: LoadedModels, view: View): Part {
  if (lines.length === 0) {
    return emptyState({
      title: 'No model is like this.',
      next: [html`See <a href="/">all models</a>.`],
    });
  }
  const head = (name: string, sort: string): Html =>
    sortHead(name, { sort, current: asked.sort, path: view.path });
  return html`<table class="models" data-rows>
      <thead>
        <tr>
          ${head('Model', 'model')} ${head('Verdict', 'worst')}
          <th scope="col">Performance</th>
          <th scope="col">Drift</th>
          <th scope="col">Coverage</th>
          ${head('Predictions', 'predictions')} ${head('Open alerts', 'alerts')}
          <th scope="col">Champion</th>
        </tr>
      </thead>
      <tbody>
        ${lines.map((line) => row(line, view.now))}
      </tbody>
    </table>
    ${pager(pages, view.path)}`;
}

function row(line: ModelLine, now: number): Html {
  const { model, level, reasons, checked, predictedAt, openAlerts, worstAlert, champion, drift } = line;
  const coverage = line.points.at(-1)?.coverage ?? null;
  return html`<tr>
    <th scope="row">
      <a href="${modelPath(model)}">${visibleName(model)}</a>
      ${line.retraining !== null && html`<span class="tag">retraining: ${line.retraining}</span>`}
      ${line.isLoading && html`<span class="tag">loading rows</span>`}
    </th>
    <td class="said">
      ${levelMark(level)}
      ${checked !== null && html` <span class="muted when">${instantText(formatInstant(checked))}</span>`}
      ${isLoud(level) && html`<span class="reason">${shorten(reasons.join('; '), longestReason)}</span>`}
    </td>
    <td data-name="Performance">${performance(line)}</td>
    <td data-name="Drift">
      ${drift.length === 0 ? html`<span class="muted">no run yet</span>` : driftStrip(drift, historyLength)}
    </td>
    <td data-name="Coverage" class="number">${coverage === null ? dash : percentText(coverage)}</td>
    <td data-name="Predictions" class="number">
      ${predictedAt === null ? html`<span class="muted">none yet</span>` : ago(predictedAt, now)}
    </td>
    <td data-name="Open alerts" class="number">
      ${openAlerts === 0 ? html`<span class="muted">0</span>` : html`<span class="${worstAlert === 'info' ? 'info' : (worstAlert ?? '')}">${formatCount(openAlerts)}</span>`}
    </td>
    <td data-name="Champion">${champion === null ? dash : html`<bdi>${shorten(champion, 24)}</bdi>`}</td>
  </tr>`;
}

const dash = html`<span class="muted">–</span>`;

function performance({ speaking, points }: ModelLine): Part {
  if (speaking === undefined)
    return html`<span class="muted"
      >its monitor is of another version: run <code>tidewatch apply</code></span
    >`;
  const { metric, over, limit } = speaking;
  const newest = points.findLast(({ value }) => value !== null);
  if (newest === undefined) return html`<span class="muted">not evaluated yet</span>`;
  const value = shortMetric(metric, newest.value!);
  const limited = limit === undefined ? '' : `, limit ${shortMetric(metric, limit)}`;
  const label = `${metricLabel(metric)} over ${over} in ${points.length} windows, now ${value}${limited}`;
  return html`<span class="measured">
    <span><span class="muted">${metricLabel(metric)}</span> <b>${value}</b></span>
    ${sparkline({ values: points.map((point) => point.value), label, ...(limit !== undefined && { limit }) })}
  </span>`;
}

function unwatchedModels(models: readonly string[]): Html {
  return html`<section class="unwatched" aria-labelledby="unwatched">
    <h2 id="unwatched">No longer watched</h2>
    <p class="muted">Their results are kept; nothing is computed of them any more.</p>
    <ul>
      ${models.map((model) => html`<li>${modelLink(model)}</li>`)}
    </ul>
  </section>`;
}
