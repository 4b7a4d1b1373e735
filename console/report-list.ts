/** The page that lists the stored reports. */

import { formatInstant, type Window } from '../core/window.ts';
import { style } from './drift-report/style.ts';
import { html, toMarkup, trusted } from './html.ts';

export interface ListedReport {
  readonly model: string;
  readonly window: Window;
  readonly path: string;
}

/**
 * The list as the text of one HTML file, in the order given.
 *
 * @example renderReportList([{ model: 'bike-demand', window, path: '/reports/drift/bike-demand/...' }])
 */
export function renderReportList(reports: readonly ListedReport[]): string {
  const rows = reports.map(
    ({ model, window, path }) =>
      html`<tr>
        <td><a href="${path}">${model}</a></td>
        <td>${formatInstant(window.start)}</td>
        <td>${formatInstant(window.end)}</td>
      </tr>`,
  );
  return toMarkup(
    html`<!doctype html>
      <html lang="en">
        <head>
          <meta charset="utf-8" />
          <meta
            http-equiv="Content-Security-Policy"
            content="default-src 'none'; style-src 'unsafe-inline'"
          />
          <meta name="viewport" content="width=device-width, initial-scale=1" />
          <title>Drift reports</title>
          <style>
            ${trusted(style)}
          </style>
        </head>
        <body>
          <div class="page">
            <main>
              <h1>Drift reports</h1>
              ${
                reports.length === 0
                  ? html`<p class="muted">None yet: the first run of driftDetection writes one.</p>`
                  : html`<table>
                      <thead>
                        <tr>
                          <th scope="col">Model</th>
                          <th scope="col">From</th>
                          <th scope="col">To</th>
                        </tr>
                      </thead>
                      <tbody>
                        ${rows}
                      </tbody>
                    </table>`
              }
            </main>
          </div>
        </body>
      </html> `,
  );
}
