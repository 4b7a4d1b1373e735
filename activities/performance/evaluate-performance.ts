import type { Window, WindowText } from '../../core/window.ts';
import { distinctWindows, durationMs, floorToDay, parseWindow } from '../../core/window.ts';
import type { Queryable } from '../../sql/database.ts';
import { lockUntilCommit } from '../../sql/database.ts';
import type { ActivityDependencies } from '../dependencies.ts';
import { monitorRun } from '../processes/monitor-run.ts';
import { advanceWatermark } from '../processes/watermarks.ts';
import type { EvaluationCounts, EvaluationRun } from './evaluate-windows.ts';
import { evaluateWindows, evaluationLock, isClosed, newestInstant } from './evaluate-windows.ts';
import { readNewestNumbers, type NewestNumber } from './newest-numbers.ts';
import {
  clearEvaluationMarks,
  findFinalWindows,
  findRipeWindows,
  findStoredWindows,
  findWindowsOfHours,
  readEvaluationMarks,
} from './store.ts';
import { dueWindows, ownWindows } from './windows.ts';

export interface EvaluatePerformanceInput {
  readonly model: string;
  readonly asOf: string;
  /** Instead of the windows that end at asOf; stored windows that lie in it are restated as well, also final ones. */
  readonly window?: WindowText;
}

/** Windows looked at; the other counts are of their evaluations, one for each version and segment. */
export interface WindowCounts extends EvaluationCounts {
  readonly windows: number;
}

export interface EvaluatePerformanceResult extends WindowCounts {
  /** Of the monitor's windows that end at asOf, or of the given one. */
  readonly newest: readonly NewestNumber[];
}

type Dependencies = Pick<ActivityDependencies, 'database' | 'codeVersion' | 'context'>;

/**
 * Evaluates the windows that are due, and again those whose outcomes changed before their actuals horizon closed, those that
 * close now, and those that have waited for actuals long enough. From hourly summaries, in one transaction.
 *
 * @throws TidewatchError `UNKNOWN_MODEL`, `INVALID_INSTANT`, `REVERSED_WINDOW`, `UNALIGNED_WINDOW`
 */
export function createEvaluatePerformance(
  deps: Dependencies,
): (input: EvaluatePerformanceInput) => Promise<EvaluatePerformanceResult> {
  return async function evaluatePerformance(input) {
    const { model } = input;
    const { monitor, asOf, provenance } = await monitorRun(deps, input);
    const given = input.window === undefined ? undefined : parseWindow(input.window);

    return deps.database.transaction(async (connection) => {
      await lockUntilCommit(connection, evaluationLock(model));
      const run = { monitor, asOf, now: await newestInstant(connection, model, asOf), provenance };
      const marks = await readEvaluationMarks(connection, model);
      const windows = distinctWindows([
        ...(given === undefined
          ? await openOrNew(connection, run, dueWindows(monitor, asOf))
          : [given, ...(await storedWithin(connection, model, given))]),
        ...(await windowsToRestate(connection, run, marks.hours)),
      ]);
      const counts = await evaluateWindows(connection, run, windows);
      await clearEvaluationMarks(connection, model, marks.generations);
      if (given === undefined) {
        const windowEnd = floorToDay(asOf);
        await advanceWatermark(connection, { model, process: 'performance-evaluation', asOf, windowEnd });
      }
      const shown = given === undefined ? ownWindows(monitor, asOf) : [given];
      return {
        windows: windows.length,
        ...counts,
        newest: await readNewestNumbers(connection, monitor, distinctWindows(shown)),
      };
    });
  };
}

/** Those that are not final: a window that is, is restated by hand only. */
async function openOrNew(
  connection: Queryable,
  run: EvaluationRun,
  windows: readonly Window[],
): Promise<Window[]> {
  const closed = windows.filter((window) => isClosed(run, window));
  if (closed.length === 0) return [...windows];
  const final = await findFinalWindows(connection, run.monitor.model, closed);
  return windows.filter(
    ({ start, end }) => !final.some((window) => window.start === start && window.end === end),
  );
}

async function storedWithin(connection: Queryable, model: string, { start, end }: Window): Promise<Window[]> {
  const windows = await findStoredWindows(connection, model, { after: start, by: end, startingBefore: end });
  return windows.filter((window) => window.start >= start);
}

async function windowsToRestate(
  connection: Queryable,
  { monitor: { model, performance }, now }: EvaluationRun,
  changedHours: readonly number[],
): Promise<Window[]> {
  const closedBy = now - durationMs(performance.actualsHorizon);
  const waitedUntil = now - durationMs(performance.gate.age);
  return [
    ...(await findWindowsOfHours(connection, model, changedHours, closedBy)),
    ...(await findRipeWindows(connection, model, { closedBy, waitedUntil })),
  ];
}
