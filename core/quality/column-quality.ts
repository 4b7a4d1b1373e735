/** The checks of one column that come from its profiles. */

import { formatShare } from '../number-text.ts';
import type { ReferenceGrid } from '../profile/grid.ts';
import type { Verdict } from '../verdict.ts';
import type { QualityCheck } from './check.ts';
import { totalOf, type ColumnSpan } from './column-span.ts';
import { floorToDay } from '../window.ts';
import { judgeRange } from './range.ts';
import { shareRise, type HitCount, type ShareRise } from './share-rise.ts';
import { verdictOfRise, type RiseFloors } from './share-verdict.ts';
import { judgeRuns } from './stuck.ts';

/** What is known of a column, all of it on one grid. */
export interface ColumnHistory {
  readonly column: string;
  readonly grid: ReferenceGrid;
  /** What shares are held against, by day. */
  readonly reference: readonly ColumnSpan[];
  /** What is known besides the reference and the window, by day. */
  readonly others: readonly ColumnSpan[];
  /** The latest hours of both, in time order. */
  readonly usual: readonly ColumnSpan[];
  /** The hours of the window, in time order. */
  readonly current: readonly ColumnSpan[];
}

/** New categories come with new customers and holidays: many of them are worth a look, most of them a fault. */
const unseenFloors: RiseFloors = { warning: 0.01, critical: 0.5 };
/** A column that fewer rows lack may still have values. */
const fewestRows = 10;
/** With fewer days nobody knows how often one is empty. */
const fewestDays = 5;
/** So improbable is a window without any value by the empty days of the reference alone. */
const improbable = 0.001;

/**
 * Is a column of the window as complete, as typed and as alive as it was? Gives the checks `schema`, `missing`, `constant`, and
 * `range` and `stuck` (continuous) or `unseen` (categorical). Never throws: what cannot be judged is
 * `insufficient-data` with its reason. Cost: a few passes over the spans; no row is read.
 *
 * @example
 * const grid = buildCategoricalGrid(['rain', 'clear']);
 * const span = (day, rows) => columnSpan({ start: day * dayMs, end: (day + 1) * dayMs }, buildProfile(grid, rows), grid);
 * const reference = [0, 1, 2].map((day) => span(day, Array.from({ length: 100 }, (_, i) => (i % 2 === 0 ? 'rain' : 'clear'))));
 * const current = [span(3, [...Array.from({ length: 60 }, () => 'rain'), ...Array.from({ length: 40 }, () => null)])];
 * judgeColumnQuality({ column: 'weather', grid, reference, others: [], usual: reference, current })
 *   .map(({ check, verdict }) => `${check}: ${verdict.level}`)
 * // ['schema: ok', 'missing: critical', 'unseen: ok', 'constant: insufficient-data']
 */
export function judgeColumnQuality(history: ColumnHistory): readonly QualityCheck[] {
  const { column, grid, reference, others, usual, current } = history;
  return [
    judgeSchema(history),
    judgeMissing(history),
    ...(grid.kind === 'continuous'
      ? [judgeRange(column, grid, [...reference, ...others], usual, current)]
      : [judgeUnseen(history)]),
    ...judgeRuns(column, grid.kind, usual, current),
  ];
}

/**
 * Is the column still there, and of its type? Missing from every row is critical, unless the reference has so many days without a value
 * that such a window is no news; so is another type in a tenth of the rows.
 */
function judgeSchema(history: ColumnHistory): QualityCheck {
  const { column, grid, reference, current } = history;
  const rows = totalOf(current, 'rows');
  const rise = riseOf(reference, current, 'rows', 'invalid');
  const type = grid.kind === 'continuous' ? 'number' : 'category';
  const verdict: Verdict = isGone(history)
    ? { level: 'critical', reason: `none of ${rows} rows has a value` }
    : (reasonUnknown(history) ?? verdictOfRise(rise, `rows hold something else than a ${type} in it`));
  return { check: 'schema', column, verdict, counts: { rows, invalid: rise.current.hits } };
}

function isGone({ grid, reference, current }: ColumnHistory): boolean {
  const rows = totalOf(current, 'rows');
  const hadValues = hasValues(grid) || totalOf(reference, 'values') > 0;
  return (
    rows >= fewestRows &&
    hadValues &&
    totalOf(current, 'missing') === rows &&
    !isOftenEmpty(reference, current)
  );
}

/** Days without a value are usual, and so many of them in a row no surprise: rain in a dry month. */
function isOftenEmpty(reference: readonly ColumnSpan[], current: readonly ColumnSpan[]): boolean {
  const days = reference.filter((day) => day.rows > 0);
  const empty = days.filter((day) => day.missing === day.rows);
  const windowDays = new Set(current.map(({ window }) => floorToDay(window.start))).size;
  return days.length >= fewestDays && (empty.length / days.length) ** windowDays >= improbable;
}

function hasValues(grid: ReferenceGrid): boolean {
  return grid.kind === 'continuous' ? grid.summary !== undefined : grid.levels.length > 0;
}

function judgeMissing(history: ColumnHistory): QualityCheck {
  const rise = riseOf(history.reference, history.current, 'rows', 'missing');
  // A column that is gone is spoken of by `schema`.
  const verdict: Verdict = isGone(history)
    ? { level: 'ok', reason: `none of ${rise.current.rows} rows has the column` }
    : (reasonUnknown(history) ?? verdictOfRise(rise, 'rows have no value'));
  return { check: 'missing', column: history.column, verdict, counts: countsOf(rise, 'missing') };
}

function judgeUnseen(history: ColumnHistory): QualityCheck {
  const rise = riseOf(history.reference, history.current, 'values', 'unseen');
  const verdict =
    reasonUnknown(history, 'values') ??
    verdictOfRise(rise, 'values are categories that the reference does not have', unseenFloors);
  return { check: 'unseen', column: history.column, verdict, counts: countsOf(rise, 'unseen') };
}

function riseOf(
  reference: readonly ColumnSpan[],
  current: readonly ColumnSpan[],
  of: 'rows' | 'values',
  hit: 'missing' | 'invalid' | 'unseen',
): ShareRise {
  const count = (span: ColumnSpan): HitCount => ({ rows: span[of], hits: span[hit] });
  return shareRise(reference.map(count), { rows: totalOf(current, of), hits: totalOf(current, hit) });
}

function reasonUnknown(
  { reference, current }: ColumnHistory,
  of: 'rows' | 'values' = 'rows',
): Verdict | undefined {
  const what = of === 'rows' ? 'row' : 'value';
  if (totalOf(current, of) === 0)
    return { level: 'insufficient-data', reason: `the current window has no ${what}` };
  if (totalOf(reference, of) === 0)
    return { level: 'insufficient-data', reason: `the reference has no ${what}` };
  return undefined;
}

function countsOf(rise: ShareRise, name: string): QualityCheck['counts'] {
  return {
    rows: rise.current.rows,
    [name]: rise.current.hits,
    referenceRows: rise.reference.rows,
    [`reference${name[0]!.toUpperCase()}${name.slice(1)}`]: rise.reference.hits,
    pValue: rise.pValue,
  };
}

/**
 * Features that the rows of a window carry, and neither the monitor nor the reference knows: nothing watches them.
 *
 * @example judgeNewColumns([{ column: 'wind', rows: 84 }], 168)[0].verdict
 * // { level: 'warning', reason: '84 of 168 rows (50%) have it, but no monitor watches it and the reference does not have it' }
 */
export function judgeNewColumns(
  found: readonly { readonly column: string; readonly rows: number }[],
  windowRows: number,
): readonly QualityCheck[] {
  return found.map(({ column, rows }) => ({
    check: 'new-column',
    column,
    verdict: {
      level: 'warning',
      reason: `${rows} of ${windowRows} rows (${formatShare(windowRows === 0 ? 0 : rows / windowRows)}) have it, but no monitor watches it and the reference does not have it`,
    },
    counts: { rows: windowRows, withColumn: rows },
  }));
}
