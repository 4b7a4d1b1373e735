/** Is the monitoring itself all right? */

import { newerText } from '../../../sql/migrator.ts';
import { definition } from '../../definition.ts';
import { html, type Html, type Part } from '../../html.ts';
import { ago } from '../../layout/ago.ts';
import { emptyState } from '../../layout/empty.ts';
import { liveSection } from '../../layout/section.ts';
import { shorten } from '../../names.ts';
import { formatCount } from '../../numbers.ts';
import type { Shown, View } from '../../server/page.ts';
import { modelLink } from '../model-link.ts';
import { processTable, waitingList } from '../process-table.ts';
import type { LoadedHealth } from './load.ts';

export function healthPage(health: LoadedHealth, { now, temporalUiUrl, newer }: View): Shown {
  const { migration, models } = health;
  const beyond = newer.length > 0 ? `; ${newerText(newer)}` : '';
  return {
    title: 'Health',
    main: html`<h1>Health</h1>
      <p class="muted">
        Whether the monitoring itself works. <code>tidewatch doctor</code> also asks Temporal and the
        Pushgateway; the runs are in the <a href="${temporalUiUrl}/workflows">Temporal UI</a>.
      </p>
      <dl class="sides">
        ${definition('Database', `answers, at ${migration.name}${beyond}`)}
        ${definition('Migrated', ago(migration.appliedAt, now))}
        ${definition('Watched models', formatCount(models))}
      </dl>
      ${processes(health, now)} ${waiting(health)} ${messages(health)} ${rejected(health, now)}
      ${removed(health, now)}`,
  };
}

function processes({ models, processes, processCount }: LoadedHealth, now: number): Html {
  return live(
    'processes',
    'Processes',
    processes.length === 0
      ? emptyState({
          title:
            models === 0
              ? 'No model is watched yet.'
              : 'No monitor has a process scheduled, so that nothing runs by itself.',
          next: [
            models === 0
              ? html`Make the schedules: <code>tidewatch apply</code>`
              : html`Enable some under <code>schedules</code> of a monitor: <code>tidewatch apply</code>`,
            html`Run them: <code>tidewatch worker</code>`,
            html`Where both are done: <code>tidewatch doctor</code> says what the schedules do`,
          ],
        })
      : html`<p class="muted order">
            Those that succeeded longest ago
            first${processCount > processes.length && `: ${formatCount(processes.length)} of ${formatCount(processCount)}`}.
            The next run is as the monitor has it; which schedules are paused,
            <code>tidewatch doctor</code> says.
          </p>
          ${processTable(processes, { now, of: 'models' })}`,
  );
}

function waiting({ dirty }: LoadedHealth): Html {
  return live('waiting', 'Waits to be computed', waitingList(dirty, 'models'));
}

const messageWords: Readonly<Record<string, string>> = {
  sending: 'are being sent',
  waiting: 'were not taken, and are tried again',
  refused: 'were refused; another channel has taken over',
};

function messages({ messages }: LoadedHealth): Html {
  return live(
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
  return live(
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

function removed({ removed }: LoadedHealth, now: number): Html {
  return live(
    'removed',
    'Removed in the last 7 days',
    removed.length === 0
      ? html`<p>Nothing.</p>`
      : html`<p class="muted order">
            Older than it is to be kept; what was computed of it stays. By model and day in the table
            <code>removals</code>: <code>tidewatch storage</code>
          </p>
          <ul>
            ${removed.map(({ table, models, rows, newest }) => html`<li>${formatCount(rows)} rows of ${table}, of ${formatCount(models)} ${models === 1 ? 'model' : 'models'}, ${ago(newest, now)}</li>`)}
          </ul>`,
  );
}

function live(id: string, title: string, content: Part): Html {
  return liveSection(id, title, '/health', content);
}
