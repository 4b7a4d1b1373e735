/** Both versions of a retraining side by side, on what both have predicted since an instant. */

import { compareLosses, lossMetricsOf } from '../../core/comparison/compare-losses.ts';
import type { MetricDifference, SummedMetric } from '../../core/comparison/compare-losses.ts';
import type { Monitor } from '../../core/monitor/schema.ts';
import { verifyPromotion } from '../../core/retraining/verification.ts';
import type { Window } from '../../core/window.ts';
import {
  dayMs,
  durationMs,
  floorToDay,
  floorToHour,
  formatInstant,
  formatWindow,
  hourMs,
} from '../../core/window.ts';
import type { Queryable } from '../../sql/database.ts';
import { toTimestamp } from '../../sql/database.ts';
import { versionRows } from '../comparison/compared-rows.ts';
import { readLossSums } from '../comparison/loss-sums.ts';
import type { StoredLook } from '../../core/retraining/stored-run.ts';

/** The days in which two versions are held against each other. */
export interface Watch {
  /** The first instant, and the midnight at which it is over. */
  readonly start: number;
  readonly until: number;
  /** How far the time has come. */
  readonly reached: number;
  readonly previous: StoredLook | null;
  readonly versions: { readonly champion: string; readonly challenger: string };
}

/** The challenger against the champion on the rows of the full days that are over. */
export async function lookAtBoth(
  connection: Queryable,
  monitor: Monitor,
  { start, until, reached, previous, versions }: Watch,
): Promise<StoredLook> {
  const { challenger, champion } = versions;
  const end = Math.min(until, floorToDay(reached));
  const window = { start: ceilToHour(start), end: Math.max(end, ceilToHour(start)) };
  const difference = await compare(connection, monitor, window, challenger, champion);
  const day = Math.max(0, end - floorToDay(start)) / dayMs;
  const judged = verifyPromotion({
    difference,
    day,
    previousDay: Math.min(day, previous?.day ?? 0),
    days: (until - floorToDay(start)) / dayMs,
    versions: { subject: challenger, against: champion },
  });
  return {
    ...judged,
    asOf: formatInstant(reached),
    window: formatWindow(window),
    day,
    metric: difference.metric,
    rows: difference.rows,
  };
}

async function compare(
  connection: Queryable,
  monitor: Monitor,
  window: Window,
  challenger: string,
  champion: string,
): Promise<MetricDifference> {
  const none = { rows: 0, againstRows: 0, found: { notComputable: 'no full day is over' } };
  const metrics = metricsOf(monitor);
  if (window.end <= window.start) return { metric: metrics[0]!, ...none };
  const of = { monitor, window };
  const { sums } = await readLossSums(connection, of, versionRows(of, challenger, champion));
  const compared = compareLosses({ window, metrics, sums });
  return compared.find(({ found }) => !('notComputable' in found)) ?? compared[0]!;
}

/** The metric of the policy where it is a sum over rows; the next one is for rows without probabilities. */
function metricsOf({ task, retraining }: Monitor): readonly SummedMetric[] {
  const wanted = lossMetricsOf(task).find((metric) => metric === retraining?.metric);
  const usual: readonly SummedMetric[] = task === 'regression' ? ['rmse'] : ['log_loss', 'accuracy'];
  return wanted === undefined ? usual : [wanted, ...usual];
}

/**
 * Are the outcomes of the days in which both were watched known? From the coverage of the gate on, or once the actuals horizon
 * is over.
 */
export async function outcomesAreIn(
  connection: Queryable,
  monitor: Monitor,
  { start, until, reached, versions }: Watch,
): Promise<boolean> {
  const { gate, actualsHorizon } = monitor.performance;
  if (reached >= until + durationMs(actualsHorizon)) return true;
  const values = [monitor.model, toTimestamp(start), toTimestamp(until), versions.challenger];
  const [row] = await connection.query<{ predicted: number; known: number }>(
    `select
       (select count(*) from predictions
        where model = $1 and event_time >= $2 and event_time < $3 and version = $4) as predicted,
       (select count(*) from outcomes
        where model = $1 and event_time >= $2 and event_time < $3 and version = $4) as known`,
    values,
  );
  const { predicted = 0, known = 0 } = row ?? {};
  return predicted > 0 ? known >= gate.coverage * predicted : reached >= until + durationMs(gate.age);
}

function ceilToHour(instant: number): number {
  return floorToHour(instant + hourMs - 1);
}
