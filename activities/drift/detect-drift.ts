import { alertKey } from '../../core/alert/alert.ts';
import { datasetName, subjectOf } from '../../core/alert/subject.ts';
import { TidewatchError } from '../../core/errors.ts';
import type { Monitor } from '../../core/monitor/schema.ts';
import type { Level, Verdict } from '../../core/verdict.ts';
import { valueOf } from '../../core/verdict.ts';
import type { Window, WindowText } from '../../core/window.ts';
import { durationMs, formatWindow, hourMs } from '../../core/window.ts';
import { listPendingAlerts } from '../alerts/store.ts';
import type { ActivityDependencies } from '../dependencies.ts';
import { findImportances, weightsOf } from '../importance/find-importances.ts';
import { summarizeImportances, type ImportanceSummary } from '../importance/shown-importances.ts';
import { wholeModel } from '../profiles/columns.ts';
import { monitorRun } from '../processes/monitor-run.ts';
import type { Process } from '../processes/watermarks.ts';
import { withActiveReference } from '../profiles/active-reference.ts';
import type { ProfileHoursInput } from '../profiles/profile-hours.ts';
import { currentWindow } from '../profiles/profile-hours.ts';
import { specifyReference } from '../profiles/reference.ts';
import { examineWindow, type ExaminedWindow } from './examine-window.ts';
import { prepareWindow } from './prepare-window.ts';
import { refuseRemoved } from './refuse-removed.ts';
import { storeWindow } from './store-window.ts';

export interface DetectDriftInput extends ProfileHoursInput {
  /** Alert even when the run makes up the past. */
  readonly act: boolean;
}

export interface DetectDriftResult {
  readonly process: Process;
  readonly verdict: Level;
  readonly reason: string;
  readonly driftedFeatures: readonly string[];
  readonly driftShare: number | null;
  /** Segment -> its verdict in words; only those that have drifted. */
  readonly driftedSegments: Readonly<Record<string, string>>;
  /** Of the data-quality checks. */
  readonly quality: Verdict;
  /** Absent where nothing could be judged. */
  readonly importances?: ImportanceSummary;
  readonly window: WindowText;
  readonly rows: number;
  readonly pendingAlerts: readonly string[];
}

/** Each time that a run is overtaken, another one has stored something. */
const mostTries = 10;

/**
 * Compares the current window with the reference, stores what it finds, and opens or resolves the alerts of drift and of
 * data quality.
 *
 * Reads and computes on a snapshot, without a lock: profiling goes on meanwhile. The profile lock is held only to see that all is
 * profiled: 0.1 s with 50 features, where reading and computing take seconds. A run whose profiles were dropped before it has read
 * them, or whose window another run has stored since, begins again.
 *
 * @throws TidewatchError `ROWS_REMOVED`, `HOURS_ROLLED_UP`, `OVERTAKEN`
 */
export function createDetectDrift(
  deps: Pick<ActivityDependencies, 'database' | 'codeVersion' | 'context'>,
): (input: DetectDriftInput) => Promise<DetectDriftResult> {
  return async function detectDrift(input) {
    const { database } = deps;
    const { model, act } = input;
    const { monitor: configured, asOf, provenance } = await monitorRun(deps, input);
    const window = currentWindow(configured, input);
    const monitor = await withActiveReference(database, configured, window);
    const process = processOf(monitor, window);
    const isOfLastDay = process === 'hourly-drift-detection';
    const run = {
      process,
      isOfLastDay,
      window,
      referenceId: specifyReference(monitor, window).id,
      asOf,
      provenance,
      isAsked: input.window !== undefined,
      act,
    };
    for (let tries = 0; tries < mostTries; tries += 1) {
      await refuseRemoved(database, monitor, window);
      const reference = await database.transaction((connection) =>
        prepareWindow(connection, monitor, window, asOf),
      );
      const importances =
        'missing' in reference
          ? undefined
          : await database.transaction((connection) => findImportances(connection, monitor, window));
      const examined = await database.snapshot((connection) =>
        examineWindow(connection, monitor, reference, {
          current: window,
          alertKey: alertKey(
            'dataset-drift',
            model,
            subjectOf({ name: datasetName(wholeModel), isOfLastDay }),
          ),
          weights: weightsOf(importances),
          asOf,
          // Once a day.
          isTogether: monitor.drift.multivariate.enabled && !isOfLastDay,
        }),
      );
      if (examined === undefined) continue;
      const stored = await database.transaction((connection) =>
        storeWindow(connection, monitor, run, examined, importances),
      );
      if (stored === 'stored') {
        return {
          process,
          ...resultOf(window, examined),
          ...(importances !== undefined && { importances: summarizeImportances(importances) }),
          pendingAlerts: await listPendingAlerts(database, model),
        };
      }
    }
    throw new TidewatchError('OVERTAKEN', { model, tries: mostTries });
  };
}

function resultOf(
  window: Window,
  { whole, named, quality }: ExaminedWindow,
): Omit<DetectDriftResult, 'process' | 'importances' | 'pendingAlerts'> {
  const { verdict, driftedFeatures, driftShare } = whole.dataset;
  return {
    verdict: verdict.level,
    reason: verdict.reason,
    driftedFeatures,
    driftShare: valueOf(driftShare),
    driftedSegments: Object.fromEntries(
      named
        .filter(({ dataset }) => dataset.drifted === 'yes')
        .map(({ segment, dataset }) => [segment, dataset.verdict.reason]),
    ),
    quality: quality.verdict,
    window: formatWindow(window),
    rows: whole.rows,
  };
}

/** Which process a run belongs to is told by the length of its window. */
function processOf(monitor: Monitor, window: Window): Process {
  const length = window.end - window.start;
  return length === 24 * hourMs && durationMs(monitor.current) !== length
    ? 'hourly-drift-detection'
    : 'drift-detection';
}
