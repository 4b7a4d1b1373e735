/** What the page of one model reads. */

import { speakingMetric } from '../../../core/degradation/speaking-metric.ts';
import { monitorSchema, type Monitor } from '../../../core/monitor/schema.ts';
import type { MetricName } from '../../../core/performance/metrics.ts';
import type { Level } from '../../../core/verdict.ts';
import type { Queryable } from '../../../sql/database.ts';
import type { Asked } from '../../server/page.ts';
import { modelAsked, type ModelAsked } from './asked.ts';
import { loadCoverage, type CoverageDay } from './load-coverage.ts';
import { loadDrift, type LoadedDrift } from './load-drift.ts';
import { loadPerformance, type LoadedPerformance } from './load-performance.ts';
import { mostPoints } from './trend.ts';

export interface OpenAlert {
  readonly key: string;
  readonly severity: 'info' | 'warning' | 'critical';
  readonly state: string;
  readonly summary: string;
  readonly openedAsOf: number;
}

export interface ModelVersion {
  readonly version: string;
  readonly stage: string;
  readonly promotedAt: number | null;
}

export interface LoadedModel extends FoundModel {
  readonly check: { readonly level: Level; readonly reason: string; readonly windowEnd: number } | null;
  readonly alerts: readonly OpenAlert[];
  /** The newest first. */
  readonly versions: readonly ModelVersion[];
  readonly predictedAt: number | null;
  readonly performance: LoadedPerformance | null;
  readonly drift: LoadedDrift | null;
  readonly coverage: readonly CoverageDay[];
}

/** What is known of a model by itself. */
export interface FoundModel {
  readonly model: string;
  readonly asked: ModelAsked;
  /** Absent where nobody watches it any more, or another version of Tidewatch has stored its monitor. */
  readonly monitor?: Monitor;
  readonly isWatched: boolean;
}

/** Undefined where nothing is stored of a model of this name. */
export async function findModel({
  connection,
  parameters,
  query,
}: Pick<Asked, 'connection' | 'parameters' | 'query'>): Promise<FoundModel | undefined> {
  const model = parameters['model'] ?? '';
  // No text of Postgres holds it.
  if (model.includes('\0')) return undefined;
  const [known] = await connection.query<{ configuration: unknown; isWatched: boolean; isKnown: boolean }>(
    `select monitors.configuration, monitors.model is not null as "isWatched",
       exists (select from process_watermarks where model = $1) or exists (select from model_versions where model = $1) as "isKnown"
     from (select $1::text as model) asked left join monitors using (model)`,
    [model],
  );
  const { configuration, isWatched, isKnown } = known!;
  if (!isWatched && !isKnown) return undefined;
  const monitor = monitorSchema.safeParse(configuration).data;
  return { model, asked: modelAsked(query), ...(monitor && { monitor }), isWatched };
}

export async function loadModel(request: Asked): Promise<LoadedModel | undefined> {
  const found = await findModel(request);
  if (found === undefined) return undefined;
  const { connection } = request;
  const { model, asked } = found;
  const [performance, check, alerts, versions, predictedAt, drift, coverage] = await Promise.all([
    loadPerformanceOf(connection, found, mostPoints),
    readCheck(connection, model),
    readAlerts(connection, model),
    readVersions(connection, model),
    readPredictedAt(connection, model),
    loadDriftOf(connection, found),
    loadCoverage(connection, model, asked.days),
  ]);
  return { ...found, performance, check, alerts, versions, predictedAt, drift, coverage };
}

/** The metric that is asked for. */
export function loadPerformanceOf(
  connection: Queryable,
  { model, asked, monitor }: FoundModel,
  mostPoints: number,
): Promise<LoadedPerformance | null> {
  return loadPerformance(connection, {
    model,
    ...shownMetric(asked, monitor),
    days: asked.days,
    mostPoints,
  });
}

/** Over the current window of the monitor. */
export function loadDriftOf(
  connection: Queryable,
  { model, monitor }: FoundModel,
): Promise<LoadedDrift | null> {
  return loadDrift(connection, model, monitor?.current ?? '7d');
}

/** The metric that is asked for, over the window of the one that speaks for the model. */
function shownMetric(
  { metric }: Pick<ModelAsked, 'metric'>,
  monitor: Monitor | undefined,
): { readonly metric: MetricName; readonly over: string } {
  const speaking = monitor === undefined ? { metric: 'rmse' as const, over: '7d' } : speakingMetric(monitor);
  return { metric: metric ?? speaking.metric, over: speaking.over };
}

async function readCheck(connection: Queryable, model: string): Promise<LoadedModel['check']> {
  const [row] = await connection.query<{ level: Level; reason: string; windowEnd: number }>(
    `select verdict as level, reason, window_end as "windowEnd" from degradation_checks
     where model = $1 order by window_end desc limit 1`,
    [model],
  );
  return row ?? null;
}

/** The worst first, of them the newest. */
function readAlerts(connection: Queryable, model: string): Promise<OpenAlert[]> {
  return connection.query<OpenAlert & Record<string, unknown>>(
    `select alert_key as key, severity, state, summary, opened_as_of as "openedAsOf" from alerts
     where model = $1 and state <> 'resolved'
     order by array_position(array['critical', 'warning', 'info'], severity), opened_as_of desc, alert_key
     limit 20`,
    [model],
  );
}

function readVersions(connection: Queryable, model: string): Promise<ModelVersion[]> {
  return connection.query<ModelVersion & Record<string, unknown>>(
    `select version, stage, promoted_at as "promotedAt" from model_versions
     where model = $1
     order by stage = 'champion' desc, coalesce(promoted_at, registered_at) desc, version
     limit 10`,
    [model],
  );
}

async function readPredictedAt(connection: Queryable, model: string): Promise<number | null> {
  const [row] = await connection.query<{ hour: number }>(
    'select hour from outcome_summaries where model = $1 order by hour desc limit 1',
    [model],
  );
  return row?.hour ?? null;
}
