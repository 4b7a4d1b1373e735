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

/** The reports of one kind of a model, listed by themselves. */
export interface ListedGroup extends Pick<ListedReport, 'kind' | 'model'> {
  readonly count: number;
  readonly path: string;
  /** Where the reports of this kind of all models are listed. */
  readonly kindPath: string;
}

export const reportKindNames = { drift: 'Drift', performance: 'Performance' } as const;

/** More links than this are no help to find one. */
const mostGroups = 40;
const longestModel = 40;
/** So much of a reason helps to choose. */
const longestReason = 140;

/**
 * The list as the text of one HTML file, in the order given, below links to the lists by kind and model.
 *
 * @param title of all reports, of those of a kind, or of those of a model
 * @example renderReportList('Reports', [{ kind: 'drift', model: 'bike-demand', window, path: '/reports/drift/bike-demand/...', ... }], [])
 */
export function renderReportList(
  title: string,
  reports: readonly ListedReport[],
  groups: readonly ListedGroup[],
): string {
  return page(
    title,
    html`<main>
      <h1>${title}</h1>
      ${groups.length > 0 && links(groups)}
      ${reports.length === 0 ? html`<p class="muted">None yet: the first run of driftDetection or weeklyReport writes one.</p>` : table(reports)}
    </main>`,
  );
}

function links(groups: readonly ListedGroup[]): Html {
  const kinds = new Map(groups.map(({ kind, kindPath }) => [kind, kindPath]));
  return html`<ul class="lists">
    ${[...kinds].map(([kind, path]) => {
      const models = groups.filter((group) => group.kind === kind);
      const others = models.length - mostGroups;
      return html`<li>
        <a href="${path}">${reportKindNames[kind]}</a>:
        ${models
          .slice(0, mostGroups)
          .map(
            (group, index) =>
              html`${index > 0 && ', '}<a href="${group.path}">${shorten(group.model, longestModel)}</a>
                (${group.count})`,
          )}${others > 0 && `, and of ${others} more models`}
      </li>`;
    })}
  </ul>`;
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
    <td>${reportKindNames[kind]}</td>
    <td><a href="${modelPath}">${shorten(model, longestModel)}</a></td>
    <td>${verdict !== undefined && levelMark(verdict.level)}</td>
    <td class="wide">${verdict !== undefined && shorten(verdict.reason, longestReason)}</td>
  </tr>`;
}
