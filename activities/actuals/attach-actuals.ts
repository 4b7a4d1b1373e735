import type { WindowText } from '../../core/window.ts';
import { floorToHour, formatInstant, hoursOf, parseInstant, parseWindow } from '../../core/window.ts';
import type { Queryable } from '../../sql/database.ts';
import type { ActivityDependencies } from '../dependencies.ts';
import { findMonitor } from '../monitors/store.ts';
import { listMarkedHours, readResumePoint } from '../processes/dirty-hours.ts';
import { divideHours, type Division } from '../processes/parts.ts';
import { advanceWatermark } from '../processes/watermarks.ts';
import { isWithin, requireRows } from '../storage/removed-rows.ts';
import { importSource, type ImportResult } from '../sources/import-source.ts';
import { attachCountsSchema, attachHours, noCounts, type AttachCounts } from './attach-hours.ts';
import { findNewest } from './store.ts';

type Dependencies = Pick<ActivityDependencies, 'database' | 'context' | 'sources' | 'fanOut'>;

export interface AttachActualsInput {
  readonly model: string;
  readonly asOf: string;
  /** All hours of this window of event time, instead of the hours that were written since they were last joined. */
  readonly window?: WindowText;
}

export interface AttachActualsRequest extends AttachActualsInput {
  /** Where it is worth it, only the parts are given: whoever asks has them looked at by `attachPart`, and asks again with what was `counted`. */
  readonly parts?: 'wanted';
  /** The sum of all parts: nothing is left to look at. */
  readonly counted?: AttachCounts;
}

/** With parts, no hour was looked at yet. */
export interface AttachActualsResult extends Partial<Division> {
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

/**
 * Joins actuals to predictions, after what is new in the monitor's source was brought in: after it, the outcomes of the hours looked at are the join of what was stored when it
 * began. Runs may overlap, stop anywhere and be repeated; the order in which rows arrived makes no difference.
 *
 * @throws TidewatchError `UNKNOWN_MODEL`, `INVALID_INSTANT`, `REVERSED_WINDOW`, `UNALIGNED_WINDOW`, `ROWS_REMOVED`, and those of `importSource`
 */
export function createAttachActuals(
  deps: Dependencies,
): (request: AttachActualsRequest) => Promise<AttachActualsResult> {
  const { database } = deps;
  return async function attachActuals(request) {
    const { model, asOf, counted } = request;
    if (counted !== undefined) return conclude(database, request, counted);
    const { monitor } = await findMonitor(database, model);
    const range = request.window && parseWindow(request.window);
    if (range !== undefined) await requireRows(database, model, range, 'Outcomes');
    const source = await importSource(deps, { monitor, asOf: parseInstant(asOf), window: range });
    const resumed = readResumePoint(deps.context(), attachCountsSchema);
    const hours = await hoursToAttach(database, request, resumed?.next);
    if (request.parts === 'wanted' && resumed === undefined) {
      const division = await divideHours(deps, model, hours);
      if (division !== undefined)
        return { ...(source && { source }), ...(await resultOf(database, model, noCounts)), ...division };
    }
    const counts = await attachHours(deps, { model, hours, scope: scopeOf(request), from: resumed?.counts });
    return { ...(source && { source }), ...(await conclude(database, request, counts)) };
  };
}

export interface AttachPartInput extends AttachActualsInput {
  /** Of `attachActuals`. */
  readonly part: WindowText;
}

/**
 * Attaches the actuals of one part of many hours. Parts are of different days, and may be looked at at the same time; any other run of the
 * model keeps away from the days that one is at.
 */
export function createAttachPart(
  deps: Pick<Dependencies, 'database' | 'context'>,
): (input: AttachPartInput) => Promise<AttachCounts> {
  return async function attachPart(input) {
    const resumed = readResumePoint(deps.context(), attachCountsSchema);
    const part = parseWindow(input.part);
    const hours = (await hoursToAttach(deps.database, input, resumed?.next)).filter((hour) =>
      isWithin([part], hour),
    );
    const { model } = input;
    return attachHours(deps, { model, hours, scope: scopeOf(input), from: resumed?.counts });
  };
}

const scopeOf = ({ window }: AttachActualsInput): Parameters<typeof attachHours>[1]['scope'] =>
  window === undefined ? 'marked hours' : 'all hours';

/** Marks that a lost attempt has taken are gone: what is still marked is what is left to do. */
async function hoursToAttach(
  connection: Queryable,
  { model, window }: AttachActualsInput,
  next = Number.NEGATIVE_INFINITY,
): Promise<readonly number[]> {
  return window === undefined
    ? listMarkedHours(connection, model, 'outcomes')
    : hoursOf(parseWindow(window)).filter((hour) => hour >= next);
}

/** Notes that the run has looked at all that it was to look at. */
async function conclude(
  connection: Queryable,
  { model, asOf: asOfText, window }: AttachActualsInput,
  counts: AttachCounts,
): Promise<AttachActualsResult> {
  if (window === undefined) {
    const asOf = parseInstant(asOfText);
    await advanceWatermark(connection, {
      model,
      process: 'actuals-backfill',
      asOf,
      windowEnd: floorToHour(asOf),
    });
  }
  return resultOf(connection, model, counts);
}

async function resultOf(
  connection: Queryable,
  model: string,
  { otherKind, setAside, ...shown }: AttachCounts,
): Promise<AttachActualsResult> {
  const newest = await findNewest(connection, model);
  return {
    ...shown,
    ...(setAside > 0 && { setAside }),
    hint: otherKind === 0 ? null : otherKindHint(otherKind),
    coverage: shown.predictions === 0 ? null : shown.outcomes / shown.predictions,
    newestPrediction: newest.prediction === null ? null : formatInstant(newest.prediction),
    newestActual: newest.actual === null ? null : formatInstant(newest.actual),
  };
}

function otherKindHint(count: number): string {
  return (
    `${count} of the unmatched actuals are numbers where the prediction is a class, or the other way round. ` +
    `Record the actuals of a classification as text, those of a regression as numbers.`
  );
}
