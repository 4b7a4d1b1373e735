/** What matters to the model in a window: what weighs its verdict, how that has moved, and whose drift goes with errors. */

import { correlateFeatures, type FeatureDriftAndError } from '../../core/importance/drift-and-error.ts';
import { compareWithEarlier, type ComparedImportances } from '../../core/importance/importance-shift.ts';
import type { Importances, VersionImportances } from '../../core/importance/importances.ts';
import { learnedFromMs, outcomesWindow } from '../../core/importance/outcomes-window.ts';
import type { Monitor } from '../../core/monitor/schema.ts';
import type { MetricName } from '../../core/performance/metrics.ts';
import { durationMs, type Window } from '../../core/window.ts';
import type { Queryable } from '../../sql/database.ts';
import { toTimestamp } from '../../sql/database.ts';
import type { RowConnection } from '../feature-rows/row-connection.ts';
import { readDriftAndError } from './drift-and-error.ts';
import { ensureLearned, ensureReported } from './ensure-importances.ts';
import { findLearned, readImportances } from './store.ts';

/** JSON-safe. */
export interface WindowImportances {
  /** Of the version that served last in the window, as its trainer reported them, or else as they were learned. */
  readonly weighing: VersionImportances | { readonly notComputable: string };
  readonly shifts: readonly ComparedImportances[];
  /** What the errors are. */
  readonly metric: MetricName;
  readonly driftAndError: readonly FeatureDriftAndError[];
}

/** Feature -> importance; empty where it is not known. */
export function weightsOf(found: WindowImportances | undefined): Importances {
  return found !== undefined && 'importances' in found.weighing ? found.weighing.importances : {};
}

/**
 * Finds what matters to a model as of the end of a window. What is learned from outcomes is learned once a week (see
 * `outcomesWindow`), and again where the outcomes have changed; what is to be learned from the four weeks before is made
 * sure of, so that there is something to compare with.
 */
export async function findImportances(
  connection: RowConnection,
  monitor: Monitor,
  window: Window,
): Promise<WindowImportances> {
  const { model, drift } = monitor;
  const { metric, series } = await readErrors(connection, monitor, window);
  const driftAndError = correlateFeatures(series, { metric, alpha: drift.alpha });
  const version = await findServed(connection, model, window.end);
  if (version === undefined) {
    return { weighing: { notComputable: 'nothing was predicted' }, shifts: [], metric, driftAndError };
  }
  const weeks = outcomesWindow(window.end, durationMs(monitor.performance.actualsHorizon));
  const weeksBefore = { start: weeks.start - learnedFromMs, end: weeks.start };
  if ((await findLearned(connection, model, version, weeksBefore.end)) === undefined) {
    await ensureLearned(connection, monitor, version, weeksBefore);
  }
  const learned = await ensureLearned(connection, monitor, version, weeks);
  const reported = await ensureReported(connection, monitor, version);
  const sets = await readImportances(connection, model, window.end);
  // Of a version that is young, what was learned when it was promoted.
  const last = sets.findLast((set) => set.version === version && set.source === 'surrogate');
  const found = [reported, learned, last].find((one) => one !== undefined && 'importances' in one);
  const weighing = found ?? reported ?? learned;
  return { weighing, shifts: compareWithEarlier(sets, version), metric, driftAndError };
}

async function readErrors(
  connection: Queryable,
  { model, task }: Monitor,
  window: Window,
): Promise<{ metric: MetricName; series: Awaited<ReturnType<typeof readDriftAndError>> }> {
  const read = async (metric: MetricName) => ({
    metric,
    series: await readDriftAndError(connection, model, metric, window),
  });
  if (task === 'regression') return read('rmse');
  const found = await read('log_loss');
  // A model that gives no probabilities has no log loss.
  return found.series.size > 0 ? found : read('accuracy');
}

/** The version that served last before an instant. */
async function findServed(connection: Queryable, model: string, before: number): Promise<string | undefined> {
  const [row] = await connection.query<{ version: string }>(
    `select version from predictions
     where model = $1 and role = 'serving' and event_time < $2
     order by event_time desc, issued_at desc, version desc
     limit 1`,
    [model, toTimestamp(before)],
  );
  return row?.version;
}
