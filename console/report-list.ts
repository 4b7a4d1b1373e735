/** The page that lists the stored reports. */

import type { Verdict } from '../core/verdict.ts';
import { formatInstant, type Window } from '../core/window.ts';
import { levelMark } from './level-mark.ts';
import { shorten } from './names.ts';
import { instantText } from './instant-text.ts';
import { html, type Html } from './html.ts';
import { page } from './page.ts';

export interface ListedReport {
  readonly kind: 'drift' | 'performance';
  readonly model: string;
  readonly window: Window;
  readonly path: string;
  /** Where the reports of this kind of the model are listed. */
  readonly modelPath: string;
  /** What the report says; absent where its run is not stored any more. */
  readonly verdict?: Verdict;
}

/** So much of a reason helps to choose. */
const longestReason = 140;

/**
 * The list as the text of one HTML file, in the order given.
 *
 * @param title of all reports, or of those of a model
 * @example renderReportList('Reports', [{ kind: 'drift', model: 'bike-demand', window, path: '/reports/drift/bike-demand/...', ... }])
 */
export function renderReportList(title: string, reports: readonly ListedReport[]): string {
  return page(
    title,
    html`<main>
      <h1>${title}</h1>
      ${reports.length === 0 ? html`<p class="muted">None yet: the first run of driftDetection or weeklyReport writes one.</p>` : table(reports)}
    </main>`,
  );
}

function table(reports: readonly ListedReport[]): Html {
  return html`<table class="reports">
    <thead>
      <tr>
        <th scope="col">Window (UTC)</th>
        <th scope="col">Report</th>
        <th scope="col">Model</th>
        <th scope="col">Verdict</th>
        <th scope="col" class="wide">Reason</th>
      </tr>
    </thead>
    <tbody>
      ${reports.map(row)}
    </tbody>
  </table>`;
}

function row({ kind, model, window, path, modelPath, verdict }: ListedReport): Html {
  const [start, end] = [window.start, window.end].map(
    (instant) => html`<span class="whole">${instantText(formatInstant(instant))}</span>`,
  );
  return html`<tr>
    <th scope="row"><a href="${path}">${start} to ${end}</a></th>
    <td>${kind === 'drift' ? 'Drift' : 'Performance'}</td>
    <td><a href="${modelPath}">${model}</a></td>
    <td>${verdict !== undefined && levelMark(verdict.level)}</td>
    <td class="wide">${verdict !== undefined && shorten(verdict.reason, longestReason)}</td>
  </tr>`;
}
