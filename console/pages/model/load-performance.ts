/** How a metric has moved, as it is known now, and which of its numbers were restated. */

import { isMetricName, type MetricName } from '../../../core/performance/metrics.ts';
import { dayMs, durationMs, formatInstant } from '../../../core/window.ts';
import { toTimestamp, type Queryable } from '../../../sql/database.ts';
import type { ReportedSegment, TrendMark } from '../../performance-report/performance-report.ts';

export interface EvaluatedWindow {
  readonly windowEnd: number;
  readonly version: string;
  readonly value: number | null;
  readonly interval: readonly [number, number] | null;
  readonly state: 'provisional' | 'final';
  readonly revision: number;
  readonly coverage: number | null;
  readonly outcomes: number;
  /** Were there enough actuals to judge by? */
  readonly isJudged: boolean;
}

export interface RestatedWindow {
  readonly windowEnd: number;
  readonly revisions: number;
  readonly from: number | null;
  readonly to: number | null;
  readonly coverageFrom: number | null;
  readonly coverageTo: number | null;
}

export interface LoadedPerformance {
  readonly metric: MetricName;
  readonly over: string;
  /** Of the newest evaluation: what else can be shown. */
  readonly metrics: readonly MetricName[];
  /** The newest revision of each window, in the order of time; of more than were asked for, every second, third ... and the last one. */
  readonly points: readonly EvaluatedWindow[];
  /** Of how many windows each point is one. */
  readonly every: number;
  /** The same of single days; empty where the windows are days. */
  readonly singleDays: readonly EvaluatedWindow[];
  readonly marks: readonly TrendMark[];
  /** The newest first. */
  readonly restated: readonly RestatedWindow[];
  /** Of the newest window. */
  readonly segments: readonly ReportedSegment[];
}

export interface PerformanceRequest {
  readonly model: string;
  readonly metric: MetricName;
  readonly over: string;
  readonly days: number;
  readonly mostPoints: number;
  /** Restated windows: of so many days, and so many of them. */
  readonly restated: { readonly days: number; readonly most: number };
}

/** Null where no window was evaluated. */
export async function loadPerformance(
  connection: Queryable,
  request: PerformanceRequest,
): Promise<LoadedPerformance | null> {
  const { model, metric, over } = request;
  const [newest] = await connection.query<{ windowEnd: number; metrics: string[] }>(
    `select window_end as "windowEnd", array(select jsonb_object_keys(metrics) order by 1) as metrics
     from performance_evaluations
     where model = $1 and segment = '' and window_end - window_start = make_interval(secs => $2)
     order by window_end desc, prediction_count desc, version, revision desc
     limit 1`,
    [model, durationMs(over) / 1000],
  );
  if (newest === undefined) return null;
  const { windowEnd } = newest;
  const [points, singleDays, marks, restated, segments] = await Promise.all([
    readWindows(connection, request, durationMs(over), windowEnd),
    durationMs(over) === dayMs ? [] : readWindows(connection, request, dayMs, windowEnd),
    readMarks(connection, request, windowEnd),
    readRestated(connection, request, windowEnd),
    readSegments(connection, request, windowEnd),
  ]);
  return {
    metric,
    over,
    metrics: newest.metrics.filter(isMetricName),
    points,
    every: points[0]?.every ?? 1,
    singleDays,
    marks,
    restated,
    segments,
  };
}

/**
 * The newest revision of each window up to an instant, each by the version that served most of it. Which these are, and which are left
 * out of too many, the index says alone.
 */
async function readWindows(
  connection: Queryable,
  { model, metric, days, mostPoints }: PerformanceRequest,
  lengthMs: number,
  end: number,
): Promise<(EvaluatedWindow & { readonly every: number })[]> {
  const rows = await connection.query<EvaluatedWindow & { every: number } & Record<string, unknown>>(
    `select window_end as "windowEnd", version, (metrics ->> $3)::float8 as value, intervals -> $3 as interval,
       state, revision, coverage, sample_size as outcomes, verdict <> 'insufficient-data' as "isJudged", every
     from (
       select *, row_number() over (order by window_end desc) as place, ceil(count(*) over () / $5::float8)::integer as every
       from (
         select distinct on (window_end) version, window_start, window_end, revision
         from performance_evaluations
         where model = $1 and segment = '' and window_end - window_start = make_interval(secs => $2) and window_end > $4
         order by window_end desc, prediction_count desc, version, revision desc
       ) newest
     ) counted
     join performance_evaluations using (version, window_start, window_end, revision)
     where model = $1 and segment = '' and (place - 1) % every = 0
     order by window_end desc
     limit 750`,
    [model, lengthMs / 1000, metric, toTimestamp(end - days * dayMs), mostPoints],
  );
  return rows.reverse();
}

/** Promotions, and retrainings that brought none. */
async function readMarks(
  connection: Queryable,
  { model, days }: PerformanceRequest,
  end: number,
): Promise<TrendMark[]> {
  const rows = await connection.query<{ at: number; kind: TrendMark['kind']; label: string }>(
    `select promoted_at as at, 'promotion' as kind, version as label
     from model_versions where model = $1 and promoted_at > $2
     union all
     select as_of, 'retraining', state
     from retraining_runs where model = $1 and as_of > $2 and finished_at is not null and (promoted_as_of is null or state = 'rolled-back')
     order by at desc, kind, label
     limit 50`,
    [model, toTimestamp(end - days * dayMs)],
  );
  return rows.reverse().map(({ at, ...mark }) => ({ at: formatInstant(at), ...mark }));
}

function readRestated(
  connection: Queryable,
  { model, metric, over, days, restated }: PerformanceRequest,
  end: number,
): Promise<RestatedWindow[]> {
  return connection.query<RestatedWindow & Record<string, unknown>>(
    `select newest.window_end as "windowEnd", newest.revision as revisions,
       (first.metrics ->> $3)::float8 as "from", (newest.metrics ->> $3)::float8 as "to",
       first.coverage as "coverageFrom", newest.coverage as "coverageTo"
     from (
       select distinct on (window_end) * from performance_evaluations
       where model = $1 and segment = '' and window_end - window_start = make_interval(secs => $2) and window_end > $4
       order by window_end desc, prediction_count desc, version, revision desc
     ) newest
     join performance_evaluations first using (model, version, segment, window_start, window_end)
     where first.model = $1 and newest.revision > 1 and first.revision = 1
     order by newest.window_end desc
     limit $5`,
    [
      model,
      durationMs(over) / 1000,
      metric,
      toTimestamp(end - Math.min(days, restated.days) * dayMs),
      restated.most,
    ],
  );
}

async function readSegments(
  connection: Queryable,
  { model, metric, over }: PerformanceRequest,
  end: number,
): Promise<ReportedSegment[]> {
  const rows = await connection.query<{
    name: string;
    outcomes: number;
    value: number | null;
    interval: readonly [number, number] | null;
    reason: string;
  }>(
    `select distinct on (segment) segment as name, sample_size as outcomes, (metrics ->> $3)::float8 as value, intervals -> $3 as interval, reason
     from performance_evaluations
     where model = $1 and segment <> '' and window_end = $4 and window_start = $4::timestamptz - make_interval(secs => $2)
     order by segment, prediction_count desc, version, revision desc
     limit 200`,
    [model, durationMs(over) / 1000, metric, toTimestamp(end)],
  );
  return rows.map(({ name, outcomes, value, interval, reason }) => ({
    name,
    outcomes,
    value:
      value === null
        ? { notComputable: reason === '' ? 'not computable' : reason }
        : { value, ...(interval !== null && { interval }) },
  }));
}
