/** The metric that an alert is about, over the four weeks before it. */

import { alertSubject } from '../../core/alert/alert.ts';
import type { AlertKind } from '../../core/alert/alert.ts';
import { readSubject, segmentOf } from '../../core/alert/subject.ts';
import type { AlertEventText, AlertSeries } from '../../core/alert/message.ts';
import { degradationSeries } from '../../core/degradation/alert-series.ts';
import type { Question } from '../../core/drift/answer.ts';
import type { Monitor } from '../../core/monitor/schema.ts';
import { isMethodName, methodOf, type MethodName } from '../../core/statistics/registry.ts';
import { dayMs, durationMs, weekMs } from '../../core/window.ts';
import { toTimestamp, type Queryable } from '../../sql/database.ts';
import { readChecks } from '../degradation/store.ts';
import { findMonitor } from '../monitors/store.ts';

const spanMs = 4 * weekMs;

type SeriesOf = Pick<AlertEventText, 'model' | 'kind' | 'alertKey' | 'asOf'>;

type Load = (connection: Queryable, event: SeriesOf) => Promise<AlertSeries | undefined>;

const loads: Partial<Readonly<Record<AlertKind, Load>>> = {
  'dataset-drift': shareSeries,
  drift: scoreSeries,
  'prediction-drift': scoreSeries,
  'actuals-drift': scoreSeries,
  'missing-data': missingSeries,
  degradation: errorSeries,
};

/** Undefined where the alert is about no metric, or there is no past of it. */
export async function loadSeries(connection: Queryable, event: SeriesOf): Promise<AlertSeries | undefined> {
  return loads[event.kind]?.(connection, event);
}

async function errorSeries(
  connection: Queryable,
  { model, asOf }: SeriesOf,
): Promise<AlertSeries | undefined> {
  const checks = await readChecks(connection, model, { from: asOf - spanMs, to: asOf });
  return degradationSeries(
    checks.toReversed().map(({ windowEnd, verdict: { findings } }) => ({ windowEnd, findings })),
  );
}

/** The windows that an alert is about: those of the last 24 hours have alerts of their own. */
async function windowsOf(
  connection: Queryable,
  event: SeriesOf,
): Promise<{ readonly name: string; readonly monitor: Monitor; readonly span: readonly unknown[] }> {
  const { model, asOf } = event;
  const { name, isOfLastDay } = readSubject(alertSubject(event));
  const { monitor } = await findMonitor(connection, model);
  const length = isOfLastDay ? dayMs : durationMs(monitor.current);
  return { name, monitor, span: [model, toTimestamp(asOf - spanMs), toTimestamp(asOf), length / 1000] };
}

const runsInSpan = `model = $1 and window_end > $2 and window_end <= $3
  and window_end - window_start = make_interval(secs => $4)`;

/** As `data_drift_share`. */
async function shareSeries(connection: Queryable, event: SeriesOf): Promise<AlertSeries | undefined> {
  const { name, monitor, span } = await windowsOf(connection, event);
  const segment = segmentOf(name);
  const rows = await connection.query<{ windowEnd: number; share: number }>(
    `select window_end as "windowEnd", drift_share as share
     from drift_runs
     where ${runsInSpan} and segment = $5 and drift_share is not null
     order by window_end`,
    [...span, segment],
  );
  if (rows.length < 2) return undefined;
  return {
    label: segment === '' ? 'Drifted features' : `Drifted features of ${segment}`,
    unit: '%',
    limit: percent(monitor.drift.share),
    points: rows.map(({ windowEnd, share }) => [windowEnd, percent(share)]),
  };
}

/** As `data_drift_score`, by the method and the question that decided last. */
async function scoreSeries(connection: Queryable, event: SeriesOf): Promise<AlertSeries | undefined> {
  const { name, span } = await windowsOf(connection, event);
  const rows = await connection.query<{
    windowEnd: number;
    method: MethodName;
    question: Question;
    deciding: boolean;
    effect: number;
    threshold: number | null;
  }>(
    `select window_end as "windowEnd", method, question, deciding, effect, threshold
     from drift_runs
     join drift_results using (model, drift_run_id)
     where ${runsInSpan} and segment = '' and column_name = $5 and effect is not null
     order by window_end`,
    [...span, name],
  );
  const last = rows.findLast(({ deciding }) => deciding);
  if (last === undefined || !isMethodName(last.method)) return undefined;
  const points = rows.filter(({ method, question }) => method === last.method && question === last.question);
  if (points.length < 2) return undefined;
  const { label, unit, decidedBy, floors } = methodOf(last.method);
  const limit = last.threshold !== null && decidedBy === 'effect' ? last.threshold : floors.warning;
  return {
    label: `${label} of ${name}${last.question === 'recent' ? ' against the windows before' : ''}`,
    ...(unit !== '' && { unit: unit.trim() }),
    limit,
    points: points.map(({ windowEnd, effect }) => [windowEnd, effect]),
  };
}

/** As `feature_missing_ratio`. */
async function missingSeries(connection: Queryable, event: SeriesOf): Promise<AlertSeries | undefined> {
  const { name, span } = await windowsOf(connection, event);
  const rows = await connection.query<{ windowEnd: number; share: number }>(
    `select window_end as "windowEnd", statistic as share
     from drift_runs
     join drift_results using (model, drift_run_id)
     where ${runsInSpan} and segment = '' and column_name = $5 and method = 'missing-ratio'
     order by window_end`,
    [...span, name],
  );
  if (rows.length < 2) return undefined;
  return {
    label: `Missing values of ${name}`,
    unit: '%',
    points: rows.map(({ windowEnd, share }) => [windowEnd, percent(share)]),
  };
}

function percent(share: number): number {
  return Number((100 * share).toPrecision(12));
}
