/** Data quality of one window: what stored profiles tell, and a few questions to its rows. */

import type { Monitor } from '../../core/monitor/schema.ts';
import { summarizeChecks, type QualityCheck } from '../../core/quality/check.ts';
import { checkTable, isExpectation, limitLevel } from '../../core/quality/check-table.ts';
import { judgeColumnQuality, judgeNewColumns } from '../../core/quality/column-quality.ts';
import { judgeDuplicates } from '../../core/quality/duplicates.ts';
import { createExpectationChecker, type ExpectationChecker } from '../../core/quality/expectation-checker.ts';
import { judgeFreshness } from '../../core/quality/freshness.ts';
import { knownWindows } from '../../core/quality/known-windows.ts';
import { judgeVolume, longestGapOf, type WindowVolume } from '../../core/quality/volume.ts';
import type { Verdict } from '../../core/verdict.ts';
import { durationMs, floorToHour, hourMs, type Window } from '../../core/window.ts';
import type { Queryable } from '../../sql/database.ts';
import { valueAt } from '../../sql/binary-rows.ts';
import { countRepeats } from '../feature-rows/repeats.ts';
import type { RowConnection } from '../feature-rows/row-connection.ts';
import { scanRows } from '../feature-rows/scan-rows.ts';
import type { Column } from '../profiles/columns.ts';
import { actualColumn, predictionColumns, wholeModel } from '../profiles/columns.ts';
import type { StoredReference } from '../profiles/reference-store.ts';
import { findFirstPrediction, readProfiledHours, sumRepeats } from '../profiles/store.ts';
import { isWithin, listRemoved } from '../storage/removed-rows.ts';
import { findLateness, findNewest, findNewFeatures, readActualBatches } from './rows.ts';
import { readHistories } from './spans.ts';

export interface WindowQuality {
  /** Over the checks that count. */
  readonly verdict: Verdict;
  readonly checks: readonly QualityCheck[];
  /** All but those of disabled columns, those that the monitor ignores, and those of which nobody is told. */
  readonly counted: readonly QualityCheck[];
}

/**
 * Checks one window, on a snapshot in which its hours and those of the reference are profiled. The same rows, monitor and instant
 * give the same checks, whatever other runs there were.
 *
 * Without a reference there is nothing to hold a column or a volume against: then only duplicates, the freshness that the monitor
 * asks for and its expectations are checked. Rows are read for these and for unknown features; everything else comes from profiles.
 */
export async function checkQuality(
  connection: RowConnection,
  monitor: Monitor,
  reference: StoredReference | undefined,
  window: Window,
  asOf: number,
): Promise<WindowQuality> {
  const { model } = monitor;
  const { checks: compared, gap } =
    reference === undefined
      ? { checks: [], gap: undefined }
      : await compareWithUsual(connection, monitor, reference, window, asOf);
  const counted = reference && (await sumRepeats(connection, model, reference.id, window));
  const { rows, repeats } = counted ?? (await countRepeats(connection, monitor, window));
  const checks = [
    ...compared,
    judgeDuplicates(rows, repeats),
    ...(await checkFreshness(connection, monitor, window, asOf, gap)),
    ...(await checkExpectations(connection, monitor, window)),
  ].map(limitLevel);
  const counting = checks.filter((check) => isCounted(monitor, check));
  return { verdict: summarizeChecks(counting), checks, counted: counting };
}

/** Does a check count for the verdict of its window, or is it only shown? */
export function isCounted(
  monitor: Monitor,
  { check, column }: Pick<QualityCheck, 'check' | 'column'>,
): boolean {
  // An expectation is asked for, whatever is ignored.
  if (isExpectation(check)) return true;
  if (checkTable[check].most === 'nothing') return false;
  const ignored: readonly string[] = monitor.quality.ignore;
  if (ignored.includes(check)) return false;
  return columnSettings(monitor, column)?.enabled !== false || check === 'freshness';
}

function columnSettings(monitor: Monitor, column: string): Monitor['prediction'] | undefined {
  return column === 'prediction' || column === 'confidence' || column === 'actual'
    ? monitor[column]
    : monitor.features[column];
}

interface ComparedWindow {
  readonly checks: readonly QualityCheck[];
  /** How long, in ms, it usually takes at most from one row to the next. */
  readonly gap: number | undefined;
}

/** Columns and volume. */
async function compareWithUsual(
  connection: Queryable,
  monitor: Monitor,
  reference: StoredReference,
  window: Window,
  asOf: number,
): Promise<ComparedWindow> {
  const { model } = monitor;
  const first = (await findFirstPrediction(connection, model)) ?? window.end;
  const removed = await listRemoved(connection, model, {
    start: Math.min(first, window.start),
    end: window.end,
  });
  const known = knownWindows(monitor.reference, window, floorToHour(first), (hour) =>
    isWithin(removed, hour),
  );
  const checks: QualityCheck[] = [];
  for await (const history of readHistories(connection, model, reference, window, known))
    checks.push(...judgeColumnQuality(history));

  const read = (each: Window): Promise<WindowVolume> => readVolume(connection, model, reference, each);
  const current = await read(window);
  const added = await findNewFeatures(
    connection,
    model,
    window,
    Object.keys(monitor.features),
    reference.window,
  );
  checks.push(
    ...judgeNewColumns(
      added,
      current.hours.reduce((sum, hour) => sum + hour.rows, 0),
    ),
  );
  const earlier: WindowVolume[] = [];
  for (const each of known.earlier) earlier.push(await read(each));
  // An hour that is not over yet may still get its rows.
  const over = current.hours.filter(({ hour }) => hour + hourMs <= asOf);
  checks.push(judgeVolume({ ...current, hours: over }, earlier));
  const usual: WindowVolume[] = [];
  for (const each of known.usual) usual.push(await read(each));
  return { checks, gap: longestGapOf(usual) };
}

/**
 * The instant at which a stream has to be fresh: `asOf` where the monitor limits its age; the end of the window where its age is
 * held against what is usual, because predictions may be made once a day, and a window of last year is not stale.
 */
export function freshAt(limit: string | undefined, window: Window, asOf: number): number {
  return limit === undefined ? Math.min(asOf, window.end) : asOf;
}

async function checkFreshness(
  connection: Queryable,
  { model, quality }: Monitor,
  window: Window,
  asOf: number,
  gap: number | undefined,
): Promise<QualityCheck[]> {
  const newest = await findNewest(connection, model, asOf);
  const lateness = await findLateness(connection, model, window.start);
  const judge = (
    column: 'prediction' | 'actual',
    limit: string | undefined,
    usualMs: number | undefined,
  ): QualityCheck =>
    judgeFreshness({
      column,
      newest: newest[column],
      asOf: freshAt(limit, window, asOf),
      ...(usualMs !== undefined && { usualMs }),
      ...(limit !== undefined && { limitMs: durationMs(limit) }),
    });
  const { predictions, actuals } = quality.freshness;
  const usualActuals = gap === undefined || lateness === undefined ? undefined : gap + lateness;
  return [judge('prediction', predictions, gap), judge('actual', actuals, usualActuals)];
}

async function readVolume(
  connection: Queryable,
  model: string,
  { id }: StoredReference,
  window: Window,
): Promise<WindowVolume> {
  return { window, hours: await readProfiledHours(connection, model, id, wholeModel, window) };
}

async function checkExpectations(
  connection: RowConnection,
  monitor: Monitor,
  window: Window,
): Promise<readonly QualityCheck[]> {
  const checkerOf = (column: Column): { column: Column; checker: ExpectationChecker }[] => {
    const expect = columnSettings(monitor, column.name)?.expect;
    return expect === undefined ? [] : [{ column, checker: createExpectationChecker(column.name, expect) }];
  };
  const ofPredictions = predictionColumns(monitor).flatMap(checkerOf);
  if (ofPredictions.length > 0) {
    const columns = ofPredictions.map(({ column }) => column);
    await scanRows(connection, monitor, window, columns, ({ rows, values }) => {
      for (const [index, { checker }] of ofPredictions.entries())
        for (let row = 0; row < rows; row += 1) checker.add(valueAt(values[index]!, row));
    });
  }
  const ofActuals = checkerOf(actualColumn(monitor));
  if (ofActuals.length > 0) {
    for await (const rows of readActualBatches(connection, monitor.model, window))
      for (const { actual } of rows) for (const { checker } of ofActuals) checker.add(actual);
  }
  return [...ofPredictions, ...ofActuals].flatMap(({ checker }) => checker.checks());
}
