/** What is under way of a model, what waits, and what runs next: watched while a backfill or a retraining goes on. */

import { gainText, stateText } from '../../../core/retraining/retraining-words.ts';
import { parseInstant } from '../../../core/window.ts';
import type { ShownRetraining } from '../../../sql/read-retrainings.ts';
import { html, type Html, type Part } from '../../html.ts';
import { ago } from '../../layout/ago.ts';
import { emptyState } from '../../layout/empty.ts';
import { liveSection, section } from '../../layout/section.ts';
import { shorten, visibleName } from '../../names.ts';
import { formatCount } from '../../numbers.ts';
import type { Shown, View } from '../../server/page.ts';
import { modelLink } from '../model-link.ts';
import { modelPath, retrainingPath } from '../paths.ts';
import { processTable, waitingList } from '../process-table.ts';
import { runningRetraining, type LoadedNow } from './load-now.ts';

/** The part of the page of a model alone: what its script asks for again and again. */
export function modelNowPage(loaded: LoadedNow, view: View): Shown {
  const { model } = loaded;
  return {
    title: `Under way: ${shorten(visibleName(model), 80)}`,
    main: html`<p class="crumbs"><a href="/">Models</a> › ${modelLink(model)}</p>
      <h1><bdi>${shorten(visibleName(model), 200)}</bdi></h1>
      ${nowSection(loaded, view)}`,
  };
}

export function nowSection(loaded: LoadedNow, { now, temporalUiUrl }: View): Html {
  const { model, waiting, files, processes } = loaded;
  const running = runningRetraining(loaded);
  return liveSection('under-way', 'Under way', `${modelPath(model)}/now`, [
    running !== undefined && retrainingUnderWay(running, now),
    files.map(
      ({ rows, rejected, updatedAt }) =>
        html`<p>
          A file is being loaded: ${formatCount(rows)} rows, ${formatCount(rejected)} rejected, the last of
          them ${ago(updatedAt, now)}.
        </p>`,
    ),
    waitingList(waiting, 'model'),
    processes.length === 0
      ? emptyState({
          title: 'None of its processes is looked after yet.',
          next: [
            html`Make the schedules: <code>tidewatch apply</code>`,
            html`Run them: <code>tidewatch worker</code>`,
          ],
        })
      : processTable(processes, { now, of: 'model' }),
    html`<p class="muted order">
      How far backfills and reprocessings are that people have started, the
      <a href="${temporalUiUrl}/workflows?query=${encodeURIComponent(runningQuery(model))}"
        >Temporal UI shows</a
      >.
    </p>`,
  ]);
}

/** In the language of Temporal's visibility: what carries the search attribute of the model and is not closed. */
function runningQuery(model: string): string {
  return `Model="${model.replaceAll(/["\\]/g, '\\$&')}" AND ExecutionStatus="Running"`;
}

function retrainingUnderWay(retraining: ShownRetraining, now: number): Html {
  const { model, retrainingId, challenger } = retraining;
  return html`<p>
    <a href="${retrainingPath(model, retrainingId)}">A retraining</a> is ${stateText(retraining)}, begun
    ${ago(parseInstant(retrainingId), now)}${challenger !== null && html`: challenger <bdi>${shorten(challenger, 60)}</bdi>`}.
  </p>`;
}

/** The newest ones, and whether they have helped. */
export function retrainingsSection({ model, retrainings }: LoadedNow, now: number): Part {
  if (retrainings.length === 0)
    return section(
      'retrainings',
      'Retrainings',
      html`<p class="muted">
        None yet. A degradation starts one where the monitor has a <code>retraining</code> section;
        <code>tidewatch retrain</code> does by hand.
      </p>`,
    );
  return section('retrainings', 'Retrainings', [
    html`<table class="cards">
      <thead>
        <tr>
          <th scope="col">As of</th>
          <th scope="col">State</th>
          <th scope="col">Version</th>
          <th scope="col">Helped</th>
          <th scope="col">Gain (95% interval)</th>
        </tr>
      </thead>
      <tbody>
        ${retrainings.map((retraining) => retrainingRow(retraining, now))}
      </tbody>
    </table>`,
    html`<p class="order">
      <a href="/retrainings?model=${encodeURIComponent(model)}">All retrainings of this model</a>
    </p>`,
  ]);
}

function retrainingRow(retraining: ShownRetraining, now: number): Html {
  const { model, retrainingId, champion, challenger, helped } = retraining;
  const gain = gainText(retraining);
  return html`<tr>
    <th scope="row">
      <a href="${retrainingPath(model, retrainingId)}">${ago(parseInstant(retrainingId), now)}</a>
    </th>
    <td data-name="State">${stateText(retraining)}</td>
    <td data-name="Version">
      <bdi>${shorten(champion ?? 'none', 24)}</bdi> → <bdi>${shorten(challenger ?? 'none yet', 24)}</bdi>
    </td>
    <td data-name="Helped">${helped ?? 'not known yet'}</td>
    <td data-name="Gain (95% interval)">${gain === '' ? '–' : gain}</td>
  </tr>`;
}
