/** The hourly summaries that a report is built from. */

import { emptySummary, mergeSummaries, type OutcomeSummary } from '../../core/performance/summary.ts';
import type { Task } from '../../core/performance/metrics.ts';
import type { Queryable } from '../../sql/database.ts';
import type { ServedHour } from '../performance/served-hours.ts';

/** The summary of all these hours; of none, that of no rows. */
export function summaryOf(task: Task, hours: readonly ServedHour[]): OutcomeSummary {
  return mergeSummaries([emptySummary(task), ...hours.map(({ summary }) => summary)]);
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
