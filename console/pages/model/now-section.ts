/** What is under way of a model, what waits, and what runs next: watched while a backfill or a retraining goes on. */

import { pausesText, pauseState, shareDone, type RunUnderWay } from '../../../core/process/pauses.ts';
import { visibilityText } from '../../../core/process/search-attributes.ts';
import { gainText, stateText } from '../../../core/retraining/retraining-words.ts';
import { shellText } from '../../../core/shell-text.ts';
import { parseInstant } from '../../../core/window.ts';
import type { ShownRetraining } from '../../../sql/read-retrainings.ts';
import { html, type Html, type Part } from '../../html.ts';
import { ago } from '../../layout/ago.ts';
import { emptyState } from '../../layout/empty.ts';
import { liveSection, section } from '../../layout/section.ts';
import { levelMark } from '../../level-mark.ts';
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

export function nowSection(loaded: LoadedNow, view: View): Html {
  const { now } = view;
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
    pauses(loaded, view),
    runsUnderWay(model, view),
    waitingList(waiting, 'model'),
    processes.length === 0 || hasNoSchedule(view)
      ? emptyState({
          title: 'It has no schedule, so that nothing runs by itself.',
          next: [
            html`Make the schedules: <code>tidewatch apply</code>`,
            html`Run them: <code>tidewatch worker</code>`,
          ],
        })
      : processTable(processes, { now, of: 'model' }),
  ]);
}

function hasNoSchedule({ temporal }: View): boolean {
  if ('unknown' in temporal) return false;
  const { pauses } = temporal;
  return !('unknown' in pauses) && pauses.schedules === 0;
}

/** Whether somebody has paused its schedules. */
function pauses({ model, commandPause }: LoadedNow, { temporal }: View): Part {
  const live = 'unknown' in temporal ? temporal : temporal.pauses;
  const state = pauseState(commandPause, live);
  const text = pausesText(model, commandPause, live);
  if (text === undefined) return undefined;
  // Said once, with the runs.
  if (state === 'unknown') return undefined;
  return html`<p>${levelMark('warning', capital(state))}: <span class="muted">${text}</span></p>`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** Runs that have not ended, and how far those are that tell it. */
function runsUnderWay(model: string, { now, temporal, temporalUiUrl }: View): Part {
  const all = html`<a href="${temporalUiUrl}/workflows?query=${encodeURIComponent(runningQuery(model))}"
    >the Temporal UI</a
  >`;
  if ('unknown' in temporal)
    return html`<p class="muted">
      Whether schedules are paused by hand, and which runs are under way, is not known: ${temporal.unknown}.
      Both are in ${all}.
    </p>`;
  const { runs } = temporal;
  if (runs.length === 0)
    return html`<p class="muted">No run is under way; those that were are in ${all}.</p>`;
  return html`<ul class="plain-list">
      ${runs.map((run) => html`<li>${runLine(run, now, temporalUiUrl)}</li>`)}
    </ul>
    <p class="muted">All of them are in ${all}.</p>`;
}

function runLine(run: RunUnderWay, now: number, temporalUiUrl: string): Html {
  const { workflowId, runId, type, startedAt, progress } = run;
  const href = `${temporalUiUrl}/workflows/${encodeURIComponent(workflowId)}/${encodeURIComponent(runId)}/history`;
  const share = shareDone(run);
  return html`<a href="${href}"><bdi>${shorten(visibleName(type), 60)}</bdi></a>
    <span class="muted">begun ${ago(startedAt, now)}</span>
    ${
      share !== undefined &&
      html`<progress
          value="${progress!.done}"
          max="${progress!.total}"
          aria-label="${type}: ${share}"
        ></progress>
        ${share}`
    }
    ${share === undefined && type === 'reprocessing' && html`<span class="muted">how far it is, no worker says</span>`}`;
}

/** In the language of Temporal's visibility: what carries the search attribute of the model and is not closed. */
function runningQuery(model: string): string {
  return `Model=${visibilityText(model)} AND ExecutionStatus="Running"`;
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
        <code>tidewatch retrain --model ${shellText(model)}</code> does by hand.
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
