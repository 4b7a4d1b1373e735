/** Is a process still alive? All by the wall clock, whatever instants its runs have spoken for. Epoch milliseconds. */

import { formatMinute, hourMs } from '../window.ts';
import { dueRuns } from './due-runs.ts';
import type { EnabledProcess, ProcessTimes } from './scheduled.ts';
import type { DeadManSettings } from './settings.ts';

/** What a run may take before it counts as missed. */
const patienceMs = hourMs;

/** Of a process that is dead for long, no more runs are counted. */
const mostCounted = 100;

export interface ProcessLife {
  readonly process: Pick<EnabledProcess, 'id'> & ProcessTimes;
  /** When a run of it last succeeded; null: none is known of. */
  readonly succeededAt: number | null;
  /** Since when somebody looks after it with these times: runs that were due before are not missed. */
  readonly watchedSince: number;
}

export interface DeadProcess {
  /** Runs that were due and have not succeeded; at most 100 are counted. */
  readonly missed: number;
  /** When the newest of them was missed. */
  readonly since: number;
  /** A ready sentence; who reads it knows which process it is about. */
  readonly summary: string;
}

/**
 * Has a process not succeeded for too long? It is dead when as many of its runs as `missedRuns` were due more than an hour ago, since it
 * last succeeded or since it has been watched, whichever is later. Null: it is not, as far as anybody can tell.
 *
 * @param now the wall clock
 * @throws RangeError for times that cannot be read
 * @example
 * const process = { id: 'drift-detection', cron: '0 3 * * *', timeZone: 'UTC' };
 * const succeededAt = parseInstant('2026-11-26T03:01:00Z');
 * const life = { process, succeededAt, watchedSince: 0 };
 * deadProcess(life, { missedRuns: 2 }, parseInstant('2026-11-28T04:05:00Z')).summary
 * // '2 of its runs missed, the last success was 2026-11-26 03:01 UTC; it runs daily at 03:00 UTC'
 */
export function deadProcess(
  life: ProcessLife,
  { missedRuns }: DeadManSettings,
  now: number,
): DeadProcess | null {
  const { process, succeededAt, watchedSince } = life;
  const due = missedRunsOf(life, now, mostCounted);
  const newest = due.at(-1);
  if (newest === undefined || due.length < missedRuns) return null;
  const missed = `${due.length === mostCounted ? 'at least ' : ''}${due.length} of its runs missed`;
  const known =
    succeededAt === null
      ? `none has succeeded since it was first watched, ${minuteText(watchedSince)}`
      : `the last success was ${minuteText(succeededAt)}`;
  return {
    missed: due.length,
    since: newest + patienceMs,
    summary: `${missed}, ${known}; it runs ${timesText(process)}`,
  };
}

/**
 * The same question for many processes, without how many runs it has missed: what is dead for long costs no more than what died now.
 *
 * @param now the wall clock
 * @throws RangeError for times that cannot be read
 * @example
 * const process = { id: 'drift-detection', cron: '0 3 * * *', timeZone: 'UTC' };
 * const life = { process, succeededAt: parseInstant('2026-11-26T03:01:00Z'), watchedSince: 0 };
 * ['2026-11-28T03:55:00Z', '2026-11-28T04:05:00Z'].map((now) => isDead(life, { missedRuns: 2 }, parseInstant(now))) // [false, true]
 */
export function isDead(life: ProcessLife, { missedRuns }: DeadManSettings, now: number): boolean {
  return missedRunsOf(life, now, missedRuns).length === missedRuns;
}

function missedRunsOf(
  { process, succeededAt, watchedSince }: ProcessLife,
  now: number,
  most: number,
): readonly number[] {
  return dueRuns(process, { after: Math.max(succeededAt ?? 0, watchedSince), upTo: now - patienceMs, most });
}

/**
 * Has a process succeeded since it missed the run by which it was last found dead? One that is not dead only because nobody knows, as its
 * times are new, has not.
 *
 * @param since of the `DeadProcess`
 * @example
 * const process = { id: 'drift-detection', cron: '0 3 * * *', timeZone: 'UTC' };
 * const since = parseInstant('2026-11-28T04:00:00Z');
 * const life = (succeededAt) => ({ process, succeededAt, watchedSince: since });
 * [null, since - 7_200_000, since - 60_000].map((succeededAt) => isBack(life(succeededAt), since)) // [false, false, true]
 */
export function isBack({ succeededAt }: ProcessLife, since: number): boolean {
  return succeededAt !== null && succeededAt > since - patienceMs;
}

/**
 * An instant as people read it.
 *
 * @example minuteText(0) // '1970-01-01 00:00 UTC'
 */
export function minuteText(instant: number): string {
  return `${formatMinute(instant)} UTC`;
}

const days = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];

/**
 * When does a process run? Usual times in words, others as they are written.
 *
 * @example
 * const texts = ['5 * * * *', '0 3 * * *', '0 4 * * 1', '0 3 * * mon-fri'].map((cron) => timesText({ cron, timeZone: 'UTC' }));
 * texts // ['hourly at minute 5', 'daily at 03:00 UTC', 'on Mondays at 04:00 UTC', 'at "0 3 * * mon-fri" UTC']
 */
export function timesText({ cron, timeZone }: ProcessTimes): string {
  const hourly = /^(\d{1,2}) \* \* \* \*$/.exec(cron);
  if (hourly !== null) return `hourly at minute ${Number(hourly[1])}`;
  const [, minute, hour, day] = /^(\d{1,2}) (\d{1,2}) \* \* (\*|[0-7])$/.exec(cron) ?? [];
  if (minute === undefined || hour === undefined) return `at "${cron}" ${timeZone}`;
  const time = `${hour.padStart(2, '0')}:${minute.padStart(2, '0')} ${timeZone}`;
  return day === '*' ? `daily at ${time}` : `on ${days[Number(day) % 7]}s at ${time}`;
}
