import { z } from 'zod';

import type { Window, WindowText } from '../../core/window.ts';
import {
  floorToHour,
  formatInstant,
  hoursOf,
  parseInstant,
  parseWindow,
  windowsOfHours,
} from '../../core/window.ts';
import type { Queryable } from '../../sql/database.ts';
import { lockUntilCommit } from '../../sql/database.ts';
import type { ActivityDependencies } from '../dependencies.ts';
import { findMonitor } from '../monitors/store.ts';
import { listMarkedHours, readResumePoint, takeMarks, walkHours } from '../processes/dirty-hours.ts';
import { advanceWatermark } from '../processes/watermarks.ts';
import { isWithin, removedAmong, requireRows } from '../storage/removed-rows.ts';
import { importSource, type ImportResult } from '../sources/import-source.ts';
import {
  attachPairs,
  countActuals,
  countServing,
  countUnmatched,
  deleteOutcomes,
  findNewest,
  prepareToJoin,
  setAsideLateRows,
} from './store.ts';

export interface AttachActualsInput {
  readonly model: string;
  readonly asOf: string;
  /** All hours of this window of event time, instead of the hours that were written since they were last joined. */
  readonly window?: WindowText;
}

export interface AttachActualsResult {
  /** What was new in the tables or files that the monitor names as its source, where it does. */
  readonly source?: ImportResult;
  /** Hours looked at. The counts below are of these hours. */
  readonly hours: number;
  /** Outcomes inserted, of every version and role. */
  readonly attached: number;
  /** Outcomes whose actual or prediction was corrected, and those that lost theirs. */
  readonly changed: number;
  readonly unmatchedActuals: number;
  /** Rows that came for hours whose rows are removed: they are in `rejected_rows`. Absent: none. */
  readonly setAside?: number;
  /** What to look at when actuals are unmatched because they are of another kind than their predictions. */
  readonly hint: string | null;
  /** Serving predictions, serving outcomes, and the second over the first; null without predictions. */
  readonly predictions: number;
  readonly outcomes: number;
  readonly coverage: number | null;
  /** Newest event time of the model's serving predictions and of its actuals, wherever they are. */
  readonly newestPrediction: string | null;
  readonly newestActual: string | null;
}

const countsSchema = z.object({
  hours: z.number(),
  attached: z.number(),
  changed: z.number(),
  unmatchedActuals: z.number(),
  otherKind: z.number(),
  predictions: z.number(),
  outcomes: z.number(),
  setAside: z.number(),
});
type Counts = z.output<typeof countsSchema>;

const noCounts: Counts = {
  hours: 0,
  attached: 0,
  changed: 0,
  unmatchedActuals: 0,
  otherKind: 0,
  predictions: 0,
  outcomes: 0,
  setAside: 0,
};

/**
 * Joins actuals to predictions, after what is new in the monitor's source was brought in: after it, the outcomes of the hours looked at are the join of what was stored when it
 * began. Runs may overlap, stop anywhere and be repeated; the order in which rows arrived makes no difference.
 *
 * @throws TidewatchError `UNKNOWN_MODEL`, `INVALID_INSTANT`, `REVERSED_WINDOW`, `UNALIGNED_WINDOW`, `ROWS_REMOVED`, and those of `importSource`
 */
export function createAttachActuals(
  deps: Pick<ActivityDependencies, 'database' | 'context' | 'sources'>,
): (input: AttachActualsInput) => Promise<AttachActualsResult> {
  const { database } = deps;
  return async function attachActuals({ model, asOf: asOfText, window }) {
    const asOf = parseInstant(asOfText);
    const { monitor } = await findMonitor(database, model);
    const context = deps.context();
    const range = window && parseWindow(window);
    if (range !== undefined) await requireRows(database, model, range, 'Outcomes');
    const source = await importSource(deps, { monitor, asOf, window: range });
    const resumed = readResumePoint(context, countsSchema);
    // Marks that a lost attempt has taken are gone: what is still marked is what is left to do.
    const hours =
      range === undefined
        ? await listMarkedHours(database, model, 'outcomes')
        : hoursOf(range).filter((hour) => resumed === undefined || hour >= resumed.next);

    const scope = window === undefined ? 'marked hours' : 'all hours';
    const counts = await walkHours(
      { database, context },
      hours,
      resumed?.counts ?? noCounts,
      async (connection, batch, before) => {
        const done = await attachBatch(connection, model, batch, scope);
        return { counts: add(before, done), rows: done.predictions };
      },
    );

    if (window === undefined) {
      const windowEnd = floorToHour(asOf);
      await advanceWatermark(database, { model, process: 'actuals-backfill', asOf, windowEnd });
    }
    const newest = await findNewest(database, model);
    const { otherKind, setAside, ...shown } = counts;
    return {
      ...(source && { source }),
      ...shown,
      ...(setAside > 0 && { setAside }),
      hint: otherKind === 0 ? null : otherKindHint(otherKind),
      coverage: counts.predictions === 0 ? null : counts.outcomes / counts.predictions,
      newestPrediction: newest.prediction === null ? null : formatInstant(newest.prediction),
      newestActual: newest.actual === null ? null : formatInstant(newest.actual),
    };
  };
}

async function attachBatch(
  connection: Queryable,
  model: string,
  batch: readonly number[],
  scope: 'marked hours' | 'all hours',
): Promise<Counts> {
  await lockUntilCommit(connection, `outcomes:${model}`);
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

function add(a: Counts, b: Counts): Counts {
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

function otherKindHint(count: number): string {
  return (
    `${count} of the unmatched actuals are numbers where the prediction is a class, or the other way round. ` +
    `Record the actuals of a classification as text, those of a regression as numbers.`
  );
}
