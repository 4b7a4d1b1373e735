import { judgeGap, windowsOfTrend } from '../../core/estimation/concept-drift.ts';
import { estimateMetrics, estimatorVersion } from '../../core/estimation/estimator.ts';
import type { Window, WindowText } from '../../core/window.ts';
import { dayMs, durationMs, floorToDay, parseWindow } from '../../core/window.ts';
import type { Queryable } from '../../sql/database.ts';
import { lockUntilCommit } from '../../sql/database.ts';
import type { RowConnection } from '../feature-rows/row-connection.ts';
import { listPendingAlerts, openAlert, resolveAlert } from '../alerts/store.ts';
import { findServingVersion } from '../retraining/stages.ts';
import type { ActivityDependencies } from '../dependencies.ts';
import { monitorRun, type MonitorRun } from '../processes/monitor-run.ts';
import { makesUpThePast } from '../processes/watermarks.ts';
import { windowsWithRows } from '../storage/removed-rows.ts';
import { instantsOf, type RestatedRange } from '../performance/restate-windows.ts';
import { ownWindows } from '../performance/windows.ts';
import { ensureEstimator } from './ensure-estimator.ts';
import { estimationRows, hashServedSample, readServedSample, type ServedWindow } from './estimation-rows.ts';
import {
  findEstimatedFrom,
  listEstimatedWindows,
  listGaps,
  listServedVersions,
  reconcileEstimates,
  storeEstimate,
} from './store.ts';

export interface EstimatePerformanceInput {
  readonly model: string;
  readonly asOf: string;
  /** Instead of the windows that end at asOf. */
  readonly window?: WindowText;
  /** Instead of these, the windows estimated before that a recomputed range concerns; no alert is opened or resolved. */
  readonly restated?: RestatedRange;
}

export interface EstimatePerformanceResult {
  /** Estimates of a version over a window that were computed, and that were left as they are since nothing changed. */
  readonly estimated: number;
  readonly unchanged: number;
  /** Estimates that were held against what was realized, for the first time or after a restatement. */
  readonly reconciled: number;
  /** Version -> why it has no estimate. */
  readonly notEstimated: Readonly<Record<string, string>>;
  /** The model's alerts with messages still to be delivered. */
  readonly pendingAlerts: readonly string[];
}

/**
 * Estimates the performance of the served versions over the windows that end at asOf, before their actuals arrive; holds
 * earlier estimates against what has been realized since, and opens or resolves the alert of concept drift.
 *
 * What a version is good at is learned once. Windows that begin before what it was learned from ends have no estimate.
 * Cost: a sample of 10,000 rows a version and window; where nothing of it has changed, a hash of these inside the database.
 *
 * @throws TidewatchError `UNKNOWN_MODEL`, `INVALID_INSTANT`, `REVERSED_WINDOW`, `UNALIGNED_WINDOW`
 */
export function createEstimatePerformance(
  deps: Pick<ActivityDependencies, 'database' | 'codeVersion' | 'context'>,
): (input: EstimatePerformanceInput) => Promise<EstimatePerformanceResult> {
  return async function estimatePerformance(input) {
    const { model } = input;
    const run = await monitorRun(deps, input);
    const { asOf } = run;
    const asked = await windowsToEstimate(deps.database, run, input);
    return deps.database.transaction(async (connection) => {
      await lockUntilCommit(connection, `estimates:${model}`);
      // Estimates of what is gone stay as they are.
      const windows = await windowsWithRows(connection, model, asked);
      const estimates = await estimateWindows(connection, run, windows);
      const reconciled = await reconcileEstimates(connection, model);
      const isToldOf = input.restated === undefined;
      if (isToldOf && !(await makesUpThePast(connection, { model, process: 'performance-evaluation', asOf })))
        await followGap(connection, run);
      return { ...estimates, reconciled, pendingAlerts: await listPendingAlerts(connection, model) };
    });
  };
}

async function windowsToEstimate(
  connection: Queryable,
  { monitor, asOf }: MonitorRun,
  { window, restated }: EstimatePerformanceInput,
): Promise<readonly Window[]> {
  if (restated !== undefined) {
    const { start, end, startingBefore } = instantsOf(restated, asOf);
    const known = await listEstimatedWindows(connection, monitor.model, { start, end });
    return known.filter((one) => one.start < startingBefore);
  }
  if (window !== undefined) return [parseWindow(window)];
  return ownWindows(monitor, asOf);
}

async function estimateWindows(
  connection: Queryable,
  run: MonitorRun,
  windows: readonly Window[],
): Promise<Pick<EstimatePerformanceResult, 'estimated' | 'unchanged' | 'notEstimated'>> {
  const { model } = run.monitor;
  const notEstimated: Record<string, string> = {};
  const count = { estimated: 0, unchanged: 0 };
  for (const window of windows) {
    for (const version of await listServedVersions(connection, model, window)) {
      const found = await estimateWindow(connection, run, { model, version, window });
      if (typeof found === 'object') notEstimated[version] = found.notComputable;
      else if (found !== 'not estimated') count[found] += 1;
    }
  }
  return { ...count, notEstimated };
}

/** A window that what is learned of the version overlaps, or with too few rows, is not estimated. */
async function estimateWindow(
  connection: RowConnection,
  run: MonitorRun,
  served: ServedWindow,
): Promise<'estimated' | 'unchanged' | 'not estimated' | { readonly notComputable: string }> {
  const { model, version, window } = served;
  const rowsHash = await hashServedSample(connection, served);
  const estimatedFrom = [rowsHash, run.provenance.configurationHash, estimatorVersion].join('/');
  if ((await findEstimatedFrom(connection, model, version, window)) === estimatedFrom) return 'unchanged';
  const estimator = await ensureEstimator(connection, run.monitor, version, run);
  if ('notComputable' in estimator) return estimator;
  if (window.start < estimator.window.end) return 'not estimated';
  const rows = await readServedSample(connection, run.monitor, served);
  const estimate = estimateMetrics(estimator.content, estimationRows(run.monitor, rows));
  if ('notComputable' in estimate) return 'not estimated';
  await storeEstimate(connection, { ...run, ...served, estimate, estimatedFrom });
  return 'estimated';
}

/** A week evens the hours and weekdays out; a longer window tells late. */
const preferredLength = 7 * dayMs;

/** Opens or resolves the alert of concept drift by the newest windows of the serving version whose actuals are known. */
async function followGap(
  connection: Queryable,
  { monitor: { model, task, performance, alerts }, asOf, provenance }: MonitorRun,
): Promise<void> {
  const by = floorToDay(asOf);
  const version = await findServingVersion(connection, model, { asOf, before: by });
  if (version === null) return;
  const lengths = performance.windows.map(durationMs).sort((a, b) => a - b);
  const lengthMs = lengths.findLast((length) => length <= preferredLength) ?? lengths[0]!;
  const gaps = await listGaps(connection, model, version, { by, lengthMs, atMost: windowsOfTrend });
  const [newest, ...earlier] = gaps;
  if (newest === undefined) return;
  const { verdict, facts } = judgeGap({ task, ...newest }, earlier);
  const alert = {
    model,
    kind: 'concept-drift',
    subject: 'performance',
    asOf,
    alerts,
    provenance,
    facts: [{ name: 'Version', value: version }, ...facts],
    summary: verdict.reason,
  } as const;
  if (verdict.level === 'warning') await openAlert(connection, { ...alert, severity: 'warning' });
  else if (verdict.level === 'ok') await resolveAlert(connection, alert);
}
