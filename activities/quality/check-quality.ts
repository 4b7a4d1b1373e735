/** Data quality of one window: what stored profiles tell, and a few questions to its rows. */

import type { Monitor } from '../../core/monitor/schema.ts';
import { summarizeChecks, type QualityCheck } from '../../core/quality/check.ts';
import { checkTable, isExpectation, limitLevel } from '../../core/quality/check-table.ts';
import { judgeColumnQuality, judgeNewColumns } from '../../core/quality/column-quality.ts';
import { judgeDuplicates } from '../../core/quality/duplicates.ts';
import { createExpectationChecker, type ExpectationChecker } from '../../core/quality/expectation-checker.ts';
import { judgeFreshness } from '../../core/quality/freshness.ts';
import { knownWindows, type KnownWindows } from '../../core/quality/known-windows.ts';
import { judgeVolume, longestGapOf, type WindowVolume } from '../../core/quality/volume.ts';
import type { Verdict } from '../../core/verdict.ts';
import { durationMs, floorToHour, hourMs, type Window } from '../../core/window.ts';
import type { Queryable } from '../../sql/database.ts';
import type { Column } from '../profiles/columns.ts';
import { actualColumn, predictionColumns, readColumn, wholeModel } from '../profiles/columns.ts';
import type { StoredReference } from '../profiles/reference-store.ts';
import { findFirstPrediction, readProfiledHours } from '../profiles/store.ts';
import {
  countRepeats,
  findLateness,
  findNewest,
  findNewFeatures,
  readActualBatches,
  readPredictionBatches,
} from './rows.ts';
import { readHistories } from './spans.ts';

export interface WindowQuality {
  /** Over the checks that count. */
  readonly verdict: Verdict;
  readonly checks: readonly QualityCheck[];
  /** All but those of disabled columns, those that the monitor ignores, and those of which nobody is told. */
  readonly counted: readonly QualityCheck[];
}

/**
 * Checks one window in the caller's transaction, under the profile lock, when its hours and those of the reference are
 * profiled. The same rows, monitor and instant give the same checks, whatever other runs there were.
 *
 * Rows are read for duplicates and unknown features, and for expectations where the monitor has any; everything else comes from
 * profiles.
 */
export async function checkQuality(
  connection: Queryable,
  monitor: Monitor,
  reference: StoredReference,
  window: Window,
  asOf: number,
): Promise<WindowQuality> {
  const first = (await findFirstPrediction(connection, monitor.model)) ?? window.end;
  const known = knownWindows(monitor.reference, window, floorToHour(first));
  const current = await readVolume(connection, monitor.model, reference, window);
  const rows = current.hours.reduce((sum, hour) => sum + hour.rows, 0);

  const checks: QualityCheck[] = [];
  for await (const history of readHistories(connection, monitor.model, reference, window, known))
    checks.push(...judgeColumnQuality(history));
  const features = Object.keys(monitor.features);
  const added = await findNewFeatures(connection, monitor.model, window, features, reference.window);
  checks.push(...judgeNewColumns(added, rows));
  checks.push(judgeDuplicates(rows, await countRepeats(connection, monitor.model, window)));
  checks.push(...(await checkArrival(connection, monitor, reference, current, known, asOf)));
  checks.push(...(await checkExpectations(connection, monitor, window)));
  const limited = checks.map(limitLevel);
  const counted = limited.filter((check) => isCounted(monitor, check));
  return { verdict: summarizeChecks(counted), checks: limited, counted };
}

function isCounted(monitor: Monitor, { check, column }: QualityCheck): boolean {
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

/** Volume and freshness. */
async function checkArrival(
  connection: Queryable,
  { model, quality }: Monitor,
  reference: StoredReference,
  current: WindowVolume,
  known: KnownWindows,
  asOf: number,
): Promise<QualityCheck[]> {
  const read = (window: Window): Promise<WindowVolume> => readVolume(connection, model, reference, window);
  const earlier: WindowVolume[] = [];
  for (const window of known.earlier) earlier.push(await read(window));
  // An hour that is not over yet may still get its rows.
  const over = current.hours.filter(({ hour }) => hour + hourMs <= asOf);

  const usual: WindowVolume[] = [];
  for (const window of known.usual) usual.push(await read(window));
  const gap = longestGapOf(usual);
  const newest = await findNewest(connection, model, asOf);
  const lateness = await findLateness(connection, model, current.window.start);
  const { predictions, actuals } = quality.freshness;
  return [
    judgeVolume({ ...current, hours: over }, earlier),
    judgeFreshness({
      column: 'prediction',
      newest: newest.prediction,
      asOf,
      ...(gap !== undefined && { usualMs: gap }),
      ...(predictions !== undefined && { limitMs: durationMs(predictions) }),
    }),
    judgeFreshness({
      column: 'actual',
      newest: newest.actual,
      asOf,
      ...(gap !== undefined && lateness !== undefined && { usualMs: gap + lateness }),
      ...(actuals !== undefined && { limitMs: durationMs(actuals) }),
    }),
  ];
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
  connection: Queryable,
  monitor: Monitor,
  window: Window,
): Promise<readonly QualityCheck[]> {
  const checkerOf = (column: Column): { column: Column; checker: ExpectationChecker }[] => {
    const expect = columnSettings(monitor, column.name)?.expect;
    return expect === undefined ? [] : [{ column, checker: createExpectationChecker(column.name, expect) }];
  };
  const ofPredictions = predictionColumns(monitor).flatMap(checkerOf);
  if (ofPredictions.length > 0) {
    for await (const rows of readPredictionBatches(connection, monitor.model, window))
      for (const row of rows)
        for (const { column, checker } of ofPredictions) checker.add(readColumn(column, row));
  }
  const ofActuals = checkerOf(actualColumn(monitor));
  if (ofActuals.length > 0) {
    for await (const rows of readActualBatches(connection, monitor.model, window))
      for (const { actual } of rows) for (const { checker } of ofActuals) checker.add(actual);
  }
  return [...ofPredictions, ...ofActuals].flatMap(({ checker }) => checker.checks());
}
