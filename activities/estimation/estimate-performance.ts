import { judgeGap, windowsOfTrend } from '../../core/estimation/concept-drift.ts';
import { estimateMetrics } from '../../core/estimation/estimator.ts';
import type { Window, WindowText } from '../../core/window.ts';
import { dayMs, durationMs, floorToDay, parseWindow, trailingWindow } from '../../core/window.ts';
import type { Queryable } from '../../sql/database.ts';
import { lockUntilCommit } from '../../sql/database.ts';
import { listPendingAlerts, openAlert, resolveAlert } from '../alerts/store.ts';
import { findServingVersion } from '../degradation/store.ts';
import type { ActivityDependencies } from '../dependencies.ts';
import { monitorRun, type MonitorRun } from '../processes/monitor-run.ts';
import { makesUpThePast } from '../processes/watermarks.ts';
import { ensureEstimator } from './ensure-estimator.ts';
import { estimationRows, readServedSample } from './estimation-rows.ts';
import { listGaps, listServedVersions, reconcileEstimates, storeEstimate } from './store.ts';

export interface EstimatePerformanceInput {
  readonly model: string;
  readonly asOf: string;
  /** Instead of the windows that end at asOf. */
  readonly window?: WindowText;
}

export interface EstimatePerformanceResult {
  /** Estimates of a version over a window, new or the same again. */
  readonly estimated: number;
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
 * Cost: a sample of 10,000 rows a version and window.
 *
 * @throws TidewatchError `UNKNOWN_MODEL`, `INVALID_INSTANT`, `REVERSED_WINDOW`, `UNALIGNED_WINDOW`
 */
export function createEstimatePerformance(
  deps: Pick<ActivityDependencies, 'database' | 'codeVersion' | 'context'>,
): (input: EstimatePerformanceInput) => Promise<EstimatePerformanceResult> {
  return async function estimatePerformance(input) {
    const { model } = input;
    const run = await monitorRun(deps, input);
    const { monitor, asOf } = run;
    const windows =
      input.window === undefined
        ? monitor.performance.windows.map((length) => trailingWindow(asOf, length))
        : [parseWindow(input.window)];
    return deps.database.transaction(async (connection) => {
      await lockUntilCommit(connection, `estimates:${model}`);
      const estimates = await estimateWindows(connection, run, windows);
      const reconciled = await reconcileEstimates(connection, model);
      if (!(await makesUpThePast(connection, { model, process: 'performance-evaluation', asOf })))
        await followGap(connection, run);
      return { ...estimates, reconciled, pendingAlerts: await listPendingAlerts(connection, model) };
    });
  };
}

async function estimateWindows(
  connection: Queryable,
  run: MonitorRun,
  windows: readonly Window[],
): Promise<Pick<EstimatePerformanceResult, 'estimated' | 'notEstimated'>> {
  const { model } = run.monitor;
  const notEstimated: Record<string, string> = {};
  let estimated = 0;
  for (const window of windows) {
    for (const version of await listServedVersions(connection, model, window)) {
      const estimator = await ensureEstimator(connection, run.monitor, version, run);
      if ('notComputable' in estimator) {
        notEstimated[version] = estimator.notComputable;
        continue;
      }
      if (window.start < estimator.window.end) continue;
      const rows = await readServedSample(connection, model, version, window);
      const estimate = estimateMetrics(estimator.content, estimationRows(run.monitor, rows));
      if ('notComputable' in estimate) continue;
      await storeEstimate(connection, { ...run, model, version, window, estimate });
      estimated += 1;
    }
  }
  return { estimated, notEstimated };
}

/** A week evens the hours and weekdays out; a longer window tells late. */
const preferredLength = 7 * dayMs;

/** Opens or resolves the alert of concept drift by the newest windows of the serving version whose actuals are known. */
async function followGap(
  connection: Queryable,
  { monitor: { model, task, performance, alerts }, asOf, provenance }: MonitorRun,
): Promise<void> {
  const by = floorToDay(asOf);
  const version = await findServingVersion(connection, model, by);
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
