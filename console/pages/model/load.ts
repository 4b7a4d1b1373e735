/** What the page of one model reads. */

import { speakingMetric } from '../../../core/degradation/speaking-metric.ts';
import type { Monitor } from '../../../core/monitor/schema.ts';
import type { MetricName } from '../../../core/performance/metrics.ts';
import type { Queryable } from '../../../sql/database.ts';
import { readArrived, type ArrivedRows } from '../../../sql/read-arrived.ts';
import { readStanding, type Standing } from '../../../sql/read-headlines.ts';
import { findTroubleSince } from '../../../sql/read-trouble.ts';
import { findWaitingWindow, type WaitingWindow } from '../../../sql/read-waiting-window.ts';
import { listAlerts, type ListedAlert } from '../../../sql/read-alerts.ts';
import { isLoud } from '../../since.ts';
import type { Asked } from '../../server/page.ts';
import type { ModelAsked } from './asked.ts';
import { findModel, type FoundModel } from './find-model.ts';
import { loadCoverage, type CoverageDay } from './load-coverage.ts';
import { loadDrift, type LoadedDrift } from './load-drift.ts';
import { loadNow, type LoadedNow } from './load-now.ts';
import { loadPerformance, type LoadedPerformance, type PerformanceRequest } from './load-performance.ts';
import { mostPoints, restatedOnPage } from './trend.ts';

export interface ModelVersion {
  readonly version: string;
  readonly stage: string;
  readonly promotedAt: number | null;
}

export interface LoadedModel extends FoundModel {
  readonly standing: Standing;
  /** Since which day it has been degraded; absent where it is not. */
  readonly degradedSince?: number;
  /** What there is to be judged. */
  readonly arrived: ArrivedRows;
  /** The newest window of the metric that speaks for the model, where it cannot be judged yet. */
  readonly waiting: WaitingWindow | null;
  readonly alerts: readonly ListedAlert[];
  /** The newest first. */
  readonly versions: readonly ModelVersion[];
  readonly performance: LoadedPerformance | null;
  readonly drift: LoadedDrift | null;
  readonly coverage: readonly CoverageDay[];
  readonly now: LoadedNow;
}

/** The list of alerts has the rest. */
const mostAlerts = 20;

export async function loadModel(request: Asked): Promise<LoadedModel | undefined> {
  const found = await findModel(request);
  if (found === undefined) return undefined;
  const { connection } = request;
  const { model, asked } = found;
  const [performance, standing, { alerts }, versions, arrived, waiting, drift, coverage, now] =
    await Promise.all([
      loadPerformanceOf(connection, found, { mostPoints, restated: restatedOnPage }),
      readStanding(connection, model),
      listAlerts(connection, { model }, { most: mostAlerts }),
      readVersions(connection, model),
      readArrived(connection, model),
      findWaitingWindow(connection, model, shownMetric(asked, found.monitor).over),
      loadDriftOf(connection, found),
      loadCoverage(connection, model, asked.days),
      loadNow(connection, found),
    ]);
  const degradedSince = await readSince(connection, standing);
  return {
    ...found,
    ...(degradedSince !== undefined && { degradedSince }),
    performance,
    standing,
    alerts,
    versions,
    arrived,
    waiting,
    drift,
    coverage,
    now,
  };
}

/** The metric that is asked for. */
export function loadPerformanceOf(
  connection: Queryable,
  { model, asked, monitor }: FoundModel,
  most: Pick<PerformanceRequest, 'mostPoints' | 'restated'>,
): Promise<LoadedPerformance | null> {
  return loadPerformance(connection, {
    model,
    ...shownMetric(asked, monitor),
    days: asked.days,
    ...most,
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

async function readSince(
  connection: Queryable,
  { model, check, checked }: Standing,
): Promise<number | undefined> {
  return check === null || checked === null || !isLoud(check.level)
    ? undefined
    : findTroubleSince(connection, model, checked);
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
