import type { Window } from '../../core/window.ts';
import { parseInstant } from '../../core/window.ts';
import { lockUntilCommit } from '../../sql/database.ts';
import type { ActivityDependencies } from '../dependencies.ts';
import { monitorRun } from '../processes/monitor-run.ts';
import type { WindowCounts } from './evaluate-performance.ts';
import { evaluateWindows, evaluationLock, newestInstant } from './evaluate-windows.ts';
import { findStoredWindows } from './store.ts';

/** Stored windows that a range of recomputed hours concerns. */
export interface RestatedRange {
  /** Windows that end after it ... */
  readonly endingAfter: string;
  /** ... and at or before it; without it, however late. */
  readonly endingBy?: string;
  /** Windows that end later than all that was recomputed concern it only if they start before its end. */
  readonly startingBefore: string;
}

export interface RestateWindowsInput extends RestatedRange {
  readonly model: string;
  readonly asOf: string;
}

/**
 * Evaluates stored windows again, also those that are final, in one transaction.
 *
 * @throws TidewatchError `UNKNOWN_MODEL`, `INVALID_INSTANT`
 */
export function createRestateWindows(
  deps: Pick<ActivityDependencies, 'database' | 'codeVersion' | 'context'>,
): (input: RestateWindowsInput) => Promise<WindowCounts> {
  return async function restateWindows({ model, endingAfter, endingBy, startingBefore, ...input }) {
    const { monitor, asOf, provenance } = await monitorRun(deps, { model, ...input });
    return deps.database.transaction(async (connection) => {
      await lockUntilCommit(connection, evaluationLock(model));
      const windows = await findStoredWindows(connection, model, {
        after: parseInstant(endingAfter),
        ...(endingBy !== undefined && { by: parseInstant(endingBy) }),
        startingBefore: parseInstant(startingBefore),
      });
      const run = { monitor, asOf, now: await newestInstant(connection, model, asOf), provenance };
      return { windows: windows.length, ...(await evaluateWindows(connection, run, windows)) };
    });
  };
}

/** Where the windows of a range end, at asOf at the latest where it does not say, and what they start before. */
export function instantsOf(
  { endingAfter, endingBy, startingBefore }: RestatedRange,
  asOf: number,
): Window & { readonly startingBefore: number } {
  return {
    start: parseInstant(endingAfter),
    end: endingBy === undefined ? asOf : parseInstant(endingBy),
    startingBefore: parseInstant(startingBefore),
  };
}
