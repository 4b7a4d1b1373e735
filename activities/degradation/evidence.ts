/** Reads what a degradation check is judged by. */

import { referenceSpan } from '../../core/degradation/baseline.ts';
import type {
  DegradationEvidence,
  DriftEvidence,
  EvaluationEvidence,
  EvaluationIndex,
  Interval,
  ValidatedMetrics,
} from '../../core/degradation/evidence.ts';
import { indexEvaluations } from '../../core/degradation/evidence.ts';
import { neededWindows } from '../../core/degradation/needed-windows.ts';
import type { DegradationRule } from '../../core/degradation/rules.ts';
import { conditionsOf } from '../../core/degradation/rules.ts';
import type { Monitor } from '../../core/monitor/schema.ts';
import type { Level, Verdict } from '../../core/verdict.ts';
import { joinComputed } from '../../core/verdict.ts';
import type { Window, WindowText } from '../../core/window.ts';
import {
  dayMs,
  distinctWindows,
  durationMs,
  floorToDay,
  parseWindow,
  trailingWindow,
} from '../../core/window.ts';
import type { Queryable } from '../../sql/database.ts';
import { toTimestamp } from '../../sql/database.ts';
import { readQuality } from '../quality/store.ts';

/** A day to be judged, by whose rules and of which version. */
export interface JudgedDay {
  readonly asOf: number;
  readonly version: string | null;
  readonly rules: readonly DegradationRule[];
}

/** The evidence of several days, each with what is stored now. */
export async function gatherEvidence(
  connection: Queryable,
  monitor: Monitor,
  days: readonly JudgedDay[],
): Promise<DegradationEvidence[]> {
  const { model } = monitor;
  const horizon = durationMs(monitor.performance.actualsHorizon);
  const reference = referenceSpan(monitor.reference);
  const windows = days.flatMap(({ asOf, rules }) => windowsBackTo(rules, asOf, horizon, reference));
  const evaluations = await findEvaluations(connection, model, windows);
  const served = await readServedSince(connection, model);
  const validated = await readValidated(connection, model);
  const gathered: DegradationEvidence[] = [];
  for (const { asOf, version, rules } of days) {
    const day = floorToDay(asOf);
    const servedSince = version === null ? undefined : served.get(version);
    const ofVersion = version === null ? undefined : validated.get(version);
    const drift = readsDrift(rules) ? await findDrift(connection, monitor, asOf) : undefined;
    gathered.push({
      day,
      oldest: day - horizon,
      version,
      evaluations,
      ...(servedSince !== undefined && { servedSince }),
      ...(ofVersion && { validated: ofVersion }),
      ...(reference && { reference }),
      ...(drift && { drift }),
    });
  }
  return gathered;
}

/** Of the day itself, and of those before it that may speak for it. */
function windowsBackTo(
  rules: readonly DegradationRule[],
  asOf: number,
  horizon: number,
  reference: Parameters<typeof neededWindows>[2],
): readonly Window[] {
  const windows: Window[] = [];
  for (let back = 0; back <= horizon; back += dayMs) {
    windows.push(...neededWindows(rules, asOf - back, reference));
  }
  return windows;
}

/** Do any of the rules ask for drift or data quality? */
export function readsDrift(rules: readonly DegradationRule[]): boolean {
  return rules.flatMap(conditionsOf).some((condition) => 'drift' in condition || 'quality' in condition);
}

export interface EvaluationRow extends Record<string, unknown> {
  readonly version: string;
  readonly window_start: number;
  readonly window_end: number;
  readonly revision: number;
  readonly state: 'provisional' | 'final';
  readonly verdict: Level;
  readonly reason: string;
  readonly metrics: Readonly<Record<string, number>>;
  readonly intervals: Readonly<Record<string, Interval>>;
  readonly details: { readonly notComputable?: Readonly<Record<string, string>> };
  readonly sample_size: number;
  readonly coverage: number | null;
}

/** The newest revisions of the evaluations of these windows over all rows. */
async function findEvaluations(
  connection: Queryable,
  model: string,
  windows: readonly Window[],
): Promise<EvaluationIndex> {
  const distinct = distinctWindows(windows);
  const rows = await connection.query<EvaluationRow>(
    `select distinct on (version, window_start, window_end)
       version, window_start, window_end, revision, state, verdict, reason, metrics, intervals, details, sample_size, coverage
     from performance_evaluations
     join unnest($2::timestamptz[], $3::timestamptz[]) as needed (from_time, to_time)
       on window_start = from_time and window_end = to_time
     where model = $1 and segment = ''
     order by version, window_start, window_end, revision desc`,
    [model, distinct.map(({ start }) => toTimestamp(start)), distinct.map(({ end }) => toTimestamp(end))],
  );
  return indexEvaluations(rows.map(toEvaluation));
}

/** A stored evaluation as rules look at it. */
export function toEvaluation(row: EvaluationRow): EvaluationEvidence {
  return {
    version: row.version,
    window: { start: row.window_start, end: row.window_end },
    revision: row.revision,
    state: row.state,
    sampleSize: row.sample_size,
    verdict: { level: row.verdict, reason: row.reason },
    metrics: joinComputed({ values: row.metrics, notComputable: row.details.notComputable ?? {} }),
    intervals: row.intervals,
    ...(row.coverage !== null && { coverage: row.coverage }),
  };
}

/** Version -> the hour in which it served its first row. */
export async function readServedSince(
  connection: Queryable,
  model: string,
): Promise<ReadonlyMap<string, number>> {
  const rows = await connection.query<{ version: string; hour: number }>(
    `select version, min(hour) as hour from outcome_summaries where model = $1 and segment = '' group by version`,
    [model],
  );
  return new Map(rows.map(({ version, hour }) => [version, hour]));
}

/** Version -> its numbers on the held-out rows that it was promoted by. */
export async function readValidated(
  connection: Queryable,
  model: string,
): Promise<ReadonlyMap<string, ValidatedMetrics>> {
  const rows = await connection.query<{
    version: string;
    window: WindowText;
    metrics: ValidatedMetrics['metrics'];
  }>(
    `select version, lineage -> 'validation' -> 'window' as "window", lineage -> 'validation' -> 'metrics' as metrics
     from model_versions
     where model = $1 and lineage ? 'validation'`,
    [model],
  );
  return new Map(
    rows.map(({ version, window, metrics }) => [version, { window: parseWindow(window), metrics }]),
  );
}

/** The newest drift run of the monitor's own length, at most a day old. */
export async function findDrift(
  connection: Queryable,
  { model, current }: Monitor,
  asOf: number,
): Promise<DriftEvidence | undefined> {
  const { start, end } = trailingWindow(asOf, current);
  const [run] = await connection.query<{
    drift_run_id: number;
    window_start: number;
    window_end: number;
    verdict: Level;
    reason: string;
    drift_share: number | null;
    row_count: number;
    quality_verdict: Level | null;
    quality_reason: string | null;
  }>(
    `select drift_run_id, window_start, window_end, verdict, reason, drift_share, row_count, quality_verdict, quality_reason
     from drift_runs
     where model = $1 and segment = '' and window_end > $2 and window_end <= $3
       and window_end - window_start = make_interval(secs => $4)
     order by window_end desc
     limit 1`,
    [model, toTimestamp(end - dayMs), toTimestamp(end), (end - start) / 1000],
  );
  if (run === undefined) return undefined;
  const window = { start: run.window_start, end: run.window_end };
  const { quality_verdict: level, quality_reason: reason } = run;
  return {
    window,
    share: run.drift_share === null ? { notComputable: run.reason } : { value: run.drift_share },
    verdict: { level: run.verdict, reason: run.reason },
    sampleSize: run.row_count,
    columns: await findColumnVerdicts(connection, model, run.drift_run_id),
    ...(level !== null && {
      quality: {
        verdict: { level, reason: reason ?? '' },
        checks: await readQuality(connection, model, window),
      },
    }),
  };
}

/** Of each column the worse of its deciding results: there is one a question. */
async function findColumnVerdicts(
  connection: Queryable,
  model: string,
  driftRunId: number,
): Promise<Readonly<Record<string, Verdict>>> {
  const rows = await connection.query<{ column_name: string; verdict: Level; reason: string }>(
    `select distinct on (column_name) column_name, verdict, reason
     from drift_results
     where model = $1 and drift_run_id = $2 and deciding and subject <> 'multivariate'
     order by column_name, array_position(array['critical', 'warning', 'ok', 'insufficient-data'], verdict), question desc`,
    [model, driftRunId],
  );
  return Object.fromEntries(
    rows.map(({ column_name, verdict, reason }) => [column_name, { level: verdict, reason }]),
  );
}
