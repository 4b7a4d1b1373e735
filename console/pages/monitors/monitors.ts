/** All monitors. */

import { html } from '../../html.ts';
import { ago } from '../../layout/ago.ts';
import { emptyState } from '../../layout/empty.ts';
import { pager } from '../../layout/links.ts';
import { visibleName } from '../../names.ts';
import { formatCount } from '../../numbers.ts';
import type { Shown, View } from '../../server/page.ts';
import { monitorPath } from '../paths.ts';
import type { LoadedMonitors } from './load.ts';

export function monitorsPage({ monitors, pages }: LoadedMonitors, { now, path }: View): Shown {
  return {
    title: 'Monitors',
    main: html`<h1>Monitors</h1>
      ${
        monitors.length === 0
          ? emptyState({
              title: 'No monitor is applied yet.',
              next: [
                html`Write a first one from your rows: <code>tidewatch init my-model --from rows.csv</code>`,
                html`See what it would change: <code>tidewatch apply --plan</code>, then
                  <code>tidewatch apply</code>`,
              ],
            })
          : html`<p class="muted order">
                As <code>tidewatch apply</code> has stored them, with every default.
              </p>
              <table class="cards" data-rows>
                <thead>
                  <tr>
                    <th scope="col">Model</th>
                    <th scope="col">Task</th>
                    <th scope="col">Features</th>
                    <th scope="col">Compared with</th>
                    <th scope="col">Window</th>
                    <th scope="col">Applied</th>
                    <th scope="col">Configuration</th>
                  </tr>
                </thead>
                <tbody>
                  ${monitors.map(
                    (monitor) =>
                      html`<tr>
                        <th scope="row">
                          <a href="${monitorPath(monitor.model)}">${visibleName(monitor.model)}</a>
                        </th>
                        <td data-name="Task">${monitor.task}</td>
                        <td data-name="Features">${formatCount(monitor.features)}</td>
                        <td data-name="Compared with">${monitor.reference}</td>
                        <td data-name="Window">${monitor.current}</td>
                        <td data-name="Applied">${ago(monitor.appliedAt, now)}</td>
                        <td data-name="Configuration"><code>${monitor.hash.slice(0, 12)}</code></td>
                      </tr>`,
                  )}
                </tbody>
              </table>
              ${pager(pages, path)}`
      }`,
  };
}
