/** What is known of the pauses of a model's schedules, in words. */

import { countText } from '../performance/metrics.ts';
import { formatMinute } from '../window.ts';

/** What is done to a model's schedules by command is in `audit_events`, under these names. */
export const switchActions = { paused: 'schedules.pause', running: 'schedules.resume' } as const;

/** That somebody has paused a model's schedules by command. */
export interface CommandPause {
  /** Epoch milliseconds. */
  readonly since: number;
  readonly by: string;
  readonly note?: string;
}

/** What Temporal says of the schedules of a model, whoever paused them; or why it says nothing. */
export type LivePauses =
  | {
      readonly paused: readonly { readonly process: string; readonly note: string }[];
      /** Schedules that there are. */
      readonly schedules: number;
    }
  | { readonly unknown: string };

/** What a single word has room for. */
export type PauseState = 'running' | 'paused' | 'partly paused' | 'unknown';

/**
 * Do the schedules of a model run?
 *
 * @param command the pause by command that no resume by command has ended; it counts where Temporal does not answer
 * @example pauseState(undefined, { paused: [{ process: 'drift-detection', note: 'by hand' }], schedules: 4 }) // 'partly paused'
 */
export function pauseState(command: CommandPause | undefined, live: LivePauses): PauseState {
  if ('unknown' in live) return command === undefined ? 'unknown' : 'paused';
  if (live.paused.length === 0) return 'running';
  return live.paused.length < live.schedules ? 'partly paused' : 'paused';
}

/**
 * Which schedules of a model are paused, by whom and why? Undefined where all run.
 *
 * @example
 * pausesText('bikes', undefined, { paused: [{ process: 'drift-detection', note: 'warehouse moves' }], schedules: 4 })
 * // 'drift-detection is paused in Temporal: "warehouse moves"; tidewatch resume bikes'
 */
export function pausesText(
  model: string,
  command: CommandPause | undefined,
  live: LivePauses,
): string | undefined {
  const resume = `tidewatch resume ${model}`;
  const byCommand =
    command &&
    `paused since ${formatMinute(command.since)} UTC by ${command.by}${command.note === undefined ? '' : `: ${command.note}`}`;
  if ('unknown' in live) {
    const doubt = `whether any is paused by hand is not known: ${live.unknown}`;
    return byCommand === undefined ? doubt : `${byCommand}; ${resume}; ${doubt}`;
  }
  const { paused, schedules } = live;
  if (paused.length === 0) return undefined;
  if (byCommand !== undefined && paused.length === schedules) return `${byCommand}; ${resume}`;
  const names =
    paused.length === schedules && schedules > 1 ? 'all' : listText(paused.map(({ process }) => process));
  const notes = [...new Set(paused.map(({ note }) => note))].filter((note) => note !== '');
  const why = notes.length === 0 ? '' : `: ${notes.map((note) => `"${note}"`).join(', ')}`;
  return `${names} ${paused.length === 1 ? 'is' : 'are'} paused in Temporal${why}; ${resume}`;
}

function listText(names: readonly string[]): string {
  const last = names.at(-1) ?? '';
  return names.length < 2 ? last : `${names.slice(0, -1).join(', ')} and ${last}`;
}

/** A run of a workflow that has not ended. */
export interface RunUnderWay {
  readonly workflowId: string;
  readonly runId: string;
  readonly type: string;
  /** Epoch milliseconds. */
  readonly startedAt: number;
  /** Of what it was asked for, where it tells: a reprocessing does. */
  readonly progress?: { readonly done: number; readonly total: number };
}

/**
 * How far is a run, as a share of its steps? Undefined where it does not tell.
 *
 * @example shareDone({ progress: { done: 12, total: 30 } }) // '40% (12 of 30 steps)'
 */
export function shareDone({ progress }: Pick<RunUnderWay, 'progress'>): string | undefined {
  if (progress === undefined || progress.total === 0) return undefined;
  const { done, total } = progress;
  return `${Math.floor((100 * done) / total)}% (${done} of ${countText(total, 'step')})`;
}
