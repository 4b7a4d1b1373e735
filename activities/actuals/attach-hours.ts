/** Makes the outcomes of hours the join of what is stored, a batch of hours a transaction. */

import { z } from 'zod';

import type { Window } from '../../core/window.ts';
import { hoursOf, windowsOfHours } from '../../core/window.ts';
import type { Queryable } from '../../sql/database.ts';
import type { ActivityDependencies } from '../dependencies.ts';
import { lockHoursUntilCommit, takeMarks, walkHours } from '../processes/dirty-hours.ts';
import { isWithin, removedAmong } from '../storage/removed-rows.ts';
import {
  attachPairs,
  countActuals,
  countServing,
  countUnmatched,
  deleteOutcomes,
  prepareToJoin,
  setAsideLateRows,
} from './store.ts';

/** What has been found in the hours looked at; they add up. */
export const attachCountsSchema = z.object({
  hours: z.number(),
  attached: z.number(),
  changed: z.number(),
  unmatchedActuals: z.number(),
  otherKind: z.number(),
  predictions: z.number(),
  outcomes: z.number(),
  setAside: z.number(),
});
export type AttachCounts = z.output<typeof attachCountsSchema>;

export const noCounts: AttachCounts = {
  hours: 0,
  attached: 0,
  changed: 0,
  unmatchedActuals: 0,
  otherKind: 0,
  predictions: 0,
  outcomes: 0,
  setAside: 0,
};

/** `marked hours`: those of them that were written since they were last joined. */
type Scope = 'marked hours' | 'all hours';

/** Gives what was found in these hours, on top of what a lost attempt had counted. Others may be at other hours of the model meanwhile. */
export function attachHours(
  deps: Pick<ActivityDependencies, 'database' | 'context'>,
  {
    model,
    hours,
    scope,
    from = noCounts,
  }: {
    readonly model: string;
    readonly hours: readonly number[];
    readonly scope: Scope;
    readonly from?: AttachCounts | undefined;
  },
): Promise<AttachCounts> {
  const { database } = deps;
  return walkHours({ database, context: deps.context() }, hours, from, async (connection, batch, before) => {
    const done = await attachBatch(connection, model, batch, scope);
    return { counts: add(before, done), rows: done.predictions };
  });
}

async function attachBatch(
  connection: Queryable,
  model: string,
  batch: readonly number[],
  scope: Scope,
): Promise<AttachCounts> {
  await lockHoursUntilCommit(connection, `outcomes:${model}`, batch);
  await prepareToJoin(connection);
  const marked = await takeMarks(connection, model, 'outcomes', batch);
  const removed = await removedAmong(connection, model, batch);
  const hasRows = (hour: number): boolean => !isWithin(removed, hour);
  let counts = noCounts;
  for (const window of windowsOfHours(marked.filter((hour) => !hasRows(hour)))) {
    counts = add(counts, { ...noCounts, setAside: await setAsideLateRows(connection, model, window) });
  }
  for (const window of windowsOfHours(marked.filter(hasRows))) {
    counts = add(counts, { ...noCounts, changed: await deleteOutcomes(connection, model, window) });
  }
  const hours = (scope === 'marked hours' ? marked : batch).filter(hasRows);
  for (const window of windowsOfHours(hours)) {
    const actuals = await countActuals(connection, model, window);
    let done = { attached: 0, changed: 0, matchedActuals: 0 };
    for (const slice of slicesOf(window, actuals)) {
      const { attached, changed, matchedActuals } = await attachPairs(connection, model, slice);
      done = {
        attached: done.attached + attached,
        changed: done.changed + changed,
        matchedActuals: done.matchedActuals + matchedActuals,
      };
    }
    const { matchedActuals, ...written } = done;
    // Nearly always all are matched: then there is no need to look for those that are not.
    const { unmatched: unmatchedActuals, otherKind } =
      actuals === matchedActuals
        ? { unmatched: 0, otherKind: 0 }
        : await countUnmatched(connection, model, window);
    const serving = await countServing(connection, model, window);
    counts = add(counts, {
      ...noCounts,
      ...serving,
      ...written,
      hours: hoursOf(window).length,
      unmatchedActuals,
      otherKind,
    });
  }
  return counts;
}

/** The pairs of so many actuals are joined and sorted in memory. */
const actualsPerSlice = 100_000;

/** Equal parts of a window, of about so many actuals where these are spread over it. A pair is of one instant: each is in one part. */
export function slicesOf({ start, end }: Window, actuals: number): Window[] {
  const slices = Math.max(1, Math.ceil(actuals / actualsPerSlice));
  const at = (slice: number): number => start + Math.round(((end - start) * slice) / slices);
  return Array.from({ length: slices }, (_, slice) => ({ start: at(slice), end: at(slice + 1) }));
}

function add(a: AttachCounts, b: AttachCounts): AttachCounts {
  return {
    hours: a.hours + b.hours,
    attached: a.attached + b.attached,
    changed: a.changed + b.changed,
    unmatchedActuals: a.unmatchedActuals + b.unmatchedActuals,
    otherKind: a.otherKind + b.otherKind,
    setAside: a.setAside + b.setAside,
    predictions: a.predictions + b.predictions,
    outcomes: a.outcomes + b.outcomes,
  };
}
