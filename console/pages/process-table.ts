/** What runs of itself: when it last succeeded, when it runs again, and what waits for it. */

import { timesText } from '../../core/process/dead-man.ts';
import { dueRuns } from '../../core/process/due-runs.ts';
import { countText } from '../../core/performance/metrics.ts';
import type { Level } from '../../core/verdict.ts';
import { formatInstant, hourMs, weekMs } from '../../core/window.ts';
import { html, type Html, type Part } from '../html.ts';
import { instantText } from '../instant-text.ts';
import { ago } from '../layout/ago.ts';
import { levelMark } from '../level-mark.ts';
import { modelLink } from './model-link.ts';

/** A process that is looked after. */
export interface WatchedProcess {
  readonly model: string;
  readonly process: string;
  readonly cron: string;
  readonly timeZone: string;
  /** Null: never since it is watched. */
  readonly succeededAt: number | null;
  readonly watchedSince: number;
  readonly windowEnd: number | null;
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

/** @param of `model`: all are of one, which is not named in each row */
export function processTable(
  processes: readonly WatchedProcess[],
  { now, of }: { readonly now: number; readonly of: 'model' | 'models' },
): Html {
  return html`<table class="cards">
    <thead>
      <tr>
        ${of === 'models' && html`<th scope="col">Model</th>`}
        <th scope="col">Process</th>
        <th scope="col">State</th>
        <th scope="col">Last success</th>
        <th scope="col">Next run</th>
        <th scope="col">Speaks for</th>
        <th scope="col">Runs</th>
      </tr>
    </thead>
    <tbody>
      ${processes.map((process) => row(process, now, of))}
    </tbody>
  </table>`;
}

function row(watched: WatchedProcess, now: number, of: 'model' | 'models'): Html {
  const { model, process, succeededAt, windowEnd } = watched;
  const level = processLevel(watched, now);
  const [next] = dueRuns(watched, { after: now, upTo: now + 5 * weekMs, most: 1 });
  return html`<tr>
    ${
      of === 'models'
        ? html`<th scope="row">${modelLink(model)}</th>
            <td data-name="Process">${process}</td>`
        : html`<th scope="row">${process}</th>`
    }
    <td data-name="State">${levelMark(level, processWords[level])}</td>
    <td data-name="Last success">${succeededAt === null ? 'none yet' : ago(succeededAt, now)}</td>
    <td data-name="Next run">${next === undefined ? '–' : ago(next, now)}</td>
    <td data-name="Speaks for">
      ${windowEnd === null ? '–' : `up to ${instantText(formatInstant(windowEnd))}`}
    </td>
    <td data-name="Runs">${timesText(watched)}</td>
  </tr>`;
}

/** Hours that have to be computed again, by who has to. */
export interface WaitingHours {
  readonly stage: string;
  readonly models: number;
  readonly hours: number;
}

const stageWords: Readonly<Record<string, string>> = {
  outcomes: 'actuals to attach (actualsBackfill)',
  profiles: 'predictions to profile (driftDetection)',
  'actual-profiles': 'actuals to profile (driftDetection)',
  summaries: 'outcomes to summarise (performanceEvaluation)',
  evaluations: 'windows to evaluate again (performanceEvaluation)',
};

/** @param of `model`: all are of one */
export function waitingList(waiting: readonly WaitingHours[], of: 'model' | 'models'): Part {
  if (waiting.length === 0) return html`<p>Nothing waits: everything that has arrived is in the numbers.</p>`;
  return html`<p class="muted order">Rows have arrived since; the next run of each process takes them up.</p>
    <ul>
      ${waiting.map(
        ({ stage, models, hours }) =>
          html`<li>
            ${countText(hours, 'hour')}${of === 'models' && ` of ${countText(models, 'model')}`}:
            ${stageWords[stage] ?? stage}
          </li>`,
      )}
    </ul>`;
}
