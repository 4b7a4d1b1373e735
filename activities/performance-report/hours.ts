/** The hourly summaries that a report is built from. */

import { decodeSummary } from '../../core/performance/encode.ts';
import { emptySummary, mergeSummaries, type OutcomeSummary } from '../../core/performance/summary.ts';
import type { Task } from '../../core/performance/metrics.ts';
import type { Window } from '../../core/window.ts';
import type { Queryable } from '../../sql/database.ts';
import { readSummaries } from '../performance/summary-store.ts';

/** What served in an hour, by version. */
export interface ServedHour {
  readonly hour: number;
  readonly segment: string;
  readonly version: string;
  readonly predictions: number;
  readonly outcomes: number;
  readonly summary: OutcomeSummary;
}

/** The hours of some windows, in the order of time: of all rows together (`''`), or of all segments. */
export async function readServedHours(
  connection: Queryable,
  model: string,
  windows: readonly Window[],
  rows: 'all rows' | 'all segments',
): Promise<readonly ServedHour[]> {
  const hours: ServedHour[] = [];
  for (const window of windows.toSorted((a, b) => a.start - b.start)) {
    for (const { content, ...hour } of await readSummaries(connection, model, window, rows)) {
      hours.push({ ...hour, summary: decodeSummary(content) });
    }
  }
  return hours;
}

export function hoursWithin(hours: readonly ServedHour[], { start, end }: Window): readonly ServedHour[] {
  return hours.filter(({ hour }) => hour >= start && hour < end);
}

/** The summary of all these hours; of none, that of no rows. */
export function summaryOf(task: Task, hours: readonly ServedHour[]): OutcomeSummary {
  return mergeSummaries([emptySummary(task), ...hours.map(({ summary }) => summary)]);
}

export function countsOf(hours: readonly ServedHour[]): {
  readonly predictions: number;
  readonly outcomes: number;
} {
  return {
    predictions: hours.reduce((sum, { predictions }) => sum + predictions, 0),
    outcomes: hours.reduce((sum, { outcomes }) => sum + outcomes, 0),
  };
}

/** The version that served last: of those of the last hour, the one with most predictions. */
export function lastVersion(hours: readonly ServedHour[]): string | undefined {
  const last = hours.at(-1)?.hour;
  const [version] = hours
    .filter(({ hour }) => hour === last)
    .sort((a, b) => b.predictions - a.predictions || (a.version < b.version ? -1 : 1));
  return version?.version;
}

/** The start of the newest hour with predictions; null where there are none. */
export async function findNewestHour(connection: Queryable, model: string): Promise<number | null> {
  const [row] = await connection.query<{ hour: number | null }>(
    `select max(hour) as hour from outcome_summaries where model = $1 and segment = ''`,
    [model],
  );
  return row?.hour ?? null;
}
