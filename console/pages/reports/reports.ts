/** The stored reports, each a page of its own. */

import { formatInstant } from '../../../core/window.ts';
import { html, type Html, type Part } from '../../html.ts';
import { instantText } from '../../instant-text.ts';
import { ago } from '../../layout/ago.ts';
import { emptyState } from '../../layout/empty.ts';
import { pager } from '../../layout/links.ts';
import { levelMark } from '../../level-mark.ts';
import { shorten, visibleName } from '../../names.ts';
import { reportKindNames } from '../../report-list.ts';
import type { Shown, View } from '../../server/page.ts';
import { modelPath, reportPath } from '../paths.ts';
import { reportKinds, type LoadedReports, type ReportLine } from './load.ts';

export function reportsPage(loaded: LoadedReports, view: View): Shown {
  const { reports, kind, model } = loaded;
  const isFiltered = kind !== undefined || model !== undefined;
  return {
    title: 'Reports',
    main: html`<h1>Reports</h1>
      ${(isFiltered || reports.length > 0) && filters(loaded)}
      ${reports.length > 0 ? list(loaded, view) : nothing(isFiltered)}`,
  };
}

function nothing(isFiltered: boolean): Html {
  return isFiltered
    ? emptyState({ title: 'No report is like this.', next: [html`See <a href="/reports">all of them</a>.`] })
    : emptyState({
        title: 'No report is stored yet.',
        next: [
          html`The first run of <code>driftDetection</code> or <code>weeklyReport</code> writes one.`,
          html`Have one written at once: <code>tidewatch run drift-detection --model my-model</code>, or
            <code>tidewatch run weekly-report --model my-model</code>`,
        ],
      });
}

function filters({ kind, model }: LoadedReports): Html {
  return html`<div class="filters">
    <form method="get" action="/reports" role="search" data-filter>
      <label class="hidden" for="model">Model</label>
      <input id="model" type="search" name="model" value="${model ?? ''}" placeholder="Model" />
      <label class="hidden" for="kind">Kind</label>
      <select id="kind" name="kind">
        <option value="">Every kind</option>
        ${reportKinds.map((known) => html`<option value="${known}" ${known === kind && html`selected`}>${reportKindNames[known]}</option>`)}
      </select>
      <button>Find</button>
    </form>
  </div>`;
}

function list({ reports, pages }: LoadedReports, { now, path }: View): Part {
  return html`<table class="cards" data-rows>
      <thead>
        <tr>
          <th scope="col">Window (UTC)</th>
          <th scope="col">Report</th>
          <th scope="col">Model</th>
          <th scope="col">Verdict</th>
          <th scope="col">Reason</th>
          <th scope="col">Written</th>
        </tr>
      </thead>
      <tbody>
        ${reports.map((report) => row(report, now))}
      </tbody>
    </table>
    ${pager(pages, path)}`;
}

function row({ kind, model, start, end, storedAt, level, reason }: ReportLine, now: number): Html {
  const [from, to] = [start, end].map((instant) => instantText(formatInstant(instant)));
  return html`<tr>
    <th scope="row"><a href="${reportPath(kind, model, { start, end })}">${from} to ${to}</a></th>
    <td data-name="Report">${reportKindNames[kind]}</td>
    <td data-name="Model"><a href="${modelPath(model)}">${shorten(visibleName(model), 60)}</a></td>
    <td data-name="Verdict">${level === null ? '–' : levelMark(level)}</td>
    <td data-name="Reason">${reason === null ? '–' : shorten(reason, 160)}</td>
    <td data-name="Written">${ago(storedAt, now)}</td>
  </tr>`;
}
