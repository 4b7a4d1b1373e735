/** Is the monitoring itself all right? */

import { timesText } from '../../../core/process/dead-man.ts';
import { dueRuns } from '../../../core/process/due-runs.ts';
import { countText } from '../../../core/performance/metrics.ts';
import type { Level } from '../../../core/verdict.ts';
import { formatInstant, hourMs } from '../../../core/window.ts';
import { definition } from '../../definition.ts';
import { html, type Html, type Part } from '../../html.ts';
import { instantText } from '../../instant-text.ts';
import { ago } from '../../layout/ago.ts';
import { emptyState } from '../../layout/empty.ts';
import { levelMark } from '../../level-mark.ts';
import { shorten } from '../../names.ts';
import { formatCount } from '../../numbers.ts';
import type { Shown, View } from '../../server/page.ts';
import { modelLink } from '../model-link.ts';
import type { LoadedHealth, WatchedProcess } from './load.ts';

export function healthPage(health: LoadedHealth, { now, temporalUiUrl }: View): Shown {
  const { migration, models } = health;
  return {
    title: 'Health',
    main: html`<h1>Health</h1>
      <p class="muted">
        Whether the monitoring itself works. <code>tidewatch doctor</code> also asks Temporal and the
        Pushgateway; the runs are in the <a href="${temporalUiUrl}/workflows">Temporal UI</a>.
      </p>
      <dl class="sides">
        ${definition('Database', `answers, at ${migration.name}`)}
        ${definition('Migrated', ago(migration.appliedAt, now))}
        ${definition('Watched models', formatCount(models))}
      </dl>
      ${processes(health, now)} ${waiting(health)} ${messages(health)} ${rejected(health, now)}`,
  };
}

/** A run may take an hour before it is late. */
export function processLevel(process: WatchedProcess, now: number): Level {
  const { succeededAt, watchedSince } = process;
  const after = Math.max(succeededAt ?? 0, watchedSince);
  if (dueRuns(process, { after, upTo: now - hourMs, most: 1 }).length > 0) return 'critical';
  return succeededAt === null ? 'insufficient-data' : 'ok';
}

const processWords: Readonly<Record<Level, string>> = {
  ok: 'On time',
  warning: 'Late',
  critical: 'Late',
  'insufficient-data': 'Not yet due',
};

function processes({ processes, processCount }: LoadedHealth, now: number): Html {
  return section(
    'processes',
    'Processes',
    processes.length === 0
      ? emptyState({
          title: 'No process is looked after yet.',
          next: [
            html`Make the schedules: <code>tidewatch apply</code>`,
            html`Run them: <code>tidewatch worker</code>; the first run of a schedule is noted here.`,
          ],
        })
      : html`<p class="muted order">
            Those that succeeded longest ago
            first${processCount > processes.length && `: ${formatCount(processes.length)} of ${formatCount(processCount)}`}.
          </p>
          <table class="cards">
            <thead>
              <tr>
                <th scope="col">Model</th>
                <th scope="col">Process</th>
                <th scope="col">State</th>
                <th scope="col">Last success</th>
                <th scope="col">Speaks for</th>
                <th scope="col">Runs</th>
              </tr>
            </thead>
            <tbody>
              ${processes.map((process) => processRow(process, now))}
            </tbody>
          </table>`,
  );
}

function processRow(watched: WatchedProcess, now: number): Html {
  const { model, process, succeededAt, windowEnd } = watched;
  const level = processLevel(watched, now);
  return html`<tr>
    <th scope="row">${modelLink(model)}</th>
    <td data-name="Process">${process}</td>
    <td data-name="State">${levelMark(level, processWords[level])}</td>
    <td data-name="Last success">${succeededAt === null ? 'none yet' : ago(succeededAt, now)}</td>
    <td data-name="Speaks for">
      ${windowEnd === null ? '–' : `up to ${instantText(formatInstant(windowEnd))}`}
    </td>
    <td data-name="Runs">${timesText(watched)}</td>
  </tr>`;
}

const stageWords: Readonly<Record<string, string>> = {
  outcomes: 'actuals to attach (actualsBackfill)',
  profiles: 'predictions to profile (driftDetection)',
  'actual-profiles': 'actuals to profile (driftDetection)',
  summaries: 'outcomes to summarise (performanceEvaluation)',
  evaluations: 'windows to evaluate again (performanceEvaluation)',
};

function waiting({ dirty }: LoadedHealth): Html {
  return section(
    'waiting',
    'Waits to be computed',
    dirty.length === 0
      ? html`<p>Nothing: everything that has arrived is in the numbers.</p>`
      : html`<p class="muted order">Rows have arrived since; the next run of each process takes them up.</p>
          <ul>
            ${dirty.map(({ stage, models, hours }) => html`<li>${countText(hours, 'hour')} of ${countText(models, 'model')}: ${stageWords[stage] ?? stage}</li>`)}
          </ul>`,
  );
}

const messageWords: Readonly<Record<string, string>> = {
  sending: 'are being sent',
  waiting: 'were not taken, and are tried again',
  refused: 'were refused; another channel has taken over',
};

function messages({ messages }: LoadedHealth): Html {
  return section(
    'messages',
    'Messages of the last 7 days',
    messages.length === 0
      ? html`<p>All were delivered.</p>`
      : html`<ul>
          ${messages.map(({ state, count, lastError }) => html`<li>${formatCount(count)} ${messageWords[state] ?? state}${lastError !== null && `: ${shorten(lastError, 200)}`}</li>`)}
        </ul>`,
  );
}

function rejected({ rejected }: LoadedHealth, now: number): Html {
  return section(
    'rejected',
    'Rejected rows of the last 7 days',
    rejected.length === 0
      ? html`<p>None.</p>`
      : html`<p class="muted order">Kept in the table <code>rejected_rows</code>, each with its reason.</p>
          <ul>
            ${rejected.map(({ model, stream, count, newest }) => html`<li>${modelLink(model)}: ${formatCount(count)} ${stream}, the newest ${ago(newest, now)}</li>`)}
          </ul>`,
  );
}

function section(id: string, title: string, content: Part): Html {
  // Taken anew every few seconds while somebody looks: this is where a backfill is watched.
  return html`<section id="${id}-now" data-live aria-labelledby="${id}">
    <h2 id="${id}">${title}</h2>
    ${content}
  </section>`;
}
