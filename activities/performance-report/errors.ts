/** When a model is wrong, and what it said against what came. */

import type {
  ErrorByDay,
  ErrorByHour,
  ErrorPoint,
  PredictedAgainstActual,
  Section,
} from '../../console/performance-report/performance-report.ts';
import type { Monitor } from '../../core/monitor/schema.ts';
import type { OutcomeSummary } from '../../core/performance/summary.ts';
import type { Task } from '../../core/performance/metrics.ts';
import { dayMs, formatInstant, localHour, type Window } from '../../core/window.ts';
import type { Queryable } from '../../sql/database.ts';
import { toTimestamp } from '../../sql/database.ts';
import { hoursWithin, type ServedHour } from '../performance/served-hours.ts';
import { summaryOf } from './hours.ts';

const noOutcomes = { absent: 'No outcome is known.' } as const;

/** Every serving row counts, whichever version predicted it. */
export function errorByDay(
  { task }: Monitor,
  hours: readonly ServedHour[],
  span: Window,
): Section<ErrorByDay> {
  const days = Array.from({ length: (span.end - span.start) / dayMs }, (_, i) => {
    const start = span.start + i * dayMs;
    return {
      start: formatInstant(start),
      ...errorOf(summaryOf(task, hoursWithin(hours, { start, end: start + dayMs }))),
    };
  });
  const first = days.findIndex(({ outcomes }) => outcomes > 0);
  return first === -1 ? noOutcomes : { measure: measureOf(task), days: days.slice(first) };
}

/** By the hour that clocks show where the peak hours of the monitor are. */
export function errorByHour(
  { task, performance }: Monitor,
  hours: readonly ServedHour[],
): Section<ErrorByHour> {
  const { timeZone } = performance.peakHours;
  const ofHour = Array.from({ length: 24 }, (_, local) =>
    errorOf(
      summaryOf(
        task,
        hours.filter(({ hour }) => localHour(hour, timeZone) === local),
      ),
    ),
  );
  return ofHour.every(({ outcomes }) => outcomes === 0)
    ? noOutcomes
    : { measure: measureOf(task), timeZone, hours: ofHour };
}

function measureOf(task: Task): ErrorByDay['measure'] {
  return task === 'regression' ? 'mean absolute error' : 'share of wrong classes';
}

function errorOf(summary: OutcomeSummary): ErrorPoint {
  const { rows } = summary;
  if (rows === 0) return { outcomes: 0 };
  if (summary.task === 'regression') {
    const { absoluteError, error } = summary.sums;
    return { value: absoluteError / rows, bias: error / rows, outcomes: rows };
  }
  const right = Object.entries(summary.confusion).reduce(
    (sum, [actual, predicted]) => sum + (Object.hasOwn(predicted, actual) ? predicted[actual]! : 0),
    0,
  );
  return { value: 1 - right / rows, outcomes: rows };
}

/** More points would hide each other. */
const mostPoints = 500;

/** The outcomes with the smallest hashes of their ids: the same in every run until rows are added. */
export async function loadPredictedAgainstActual(
  connection: Queryable,
  model: string,
  version: string | undefined,
  window: Window,
): Promise<Section<PredictedAgainstActual>> {
  const rows = await connection.query<{ prediction: number; actual: number; outcomes: number }>(
    `select prediction, actual, count(*) over () as outcomes
     from outcomes
     where model = $1 and version = $2 and event_time >= $3 and event_time < $4 and role = 'serving'
       and prediction is not null and actual is not null
     order by hashint8(prediction_id), prediction_id
     limit $5`,
    [model, version ?? '', toTimestamp(window.start), toTimestamp(window.end), mostPoints],
  );
  const [first] = rows;
  if (first === undefined) return noOutcomes;
  return {
    points: rows.map(({ prediction, actual }) => [prediction, actual] as const),
    outcomes: first.outcomes,
  };
}
