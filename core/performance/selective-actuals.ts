/** Do the rows whose actual is known resemble those whose actual is not? If not, the known ones say little about all. */

import { defaultMethodOf } from '../calibration/default-method.ts';
import { examineColumn } from '../drift/examine-column.ts';
import { adjustPValues } from '../drift/false-discovery.ts';
import { formatShare, formatSignificant } from '../number-text.ts';
import type { ColumnKind } from '../profile/grid.ts';
import { buildCategoricalGrid, buildContinuousGrid } from '../profile/grid.ts';
import { buildProfile, levelOf, momentsOf, valueCountOf } from '../profile/profile.ts';
import type { Comparison } from '../statistics/comparison.ts';
import { compareProfiles } from '../statistics/comparison.ts';
import type { MethodName } from '../statistics/registry.ts';
import { methodOf } from '../statistics/registry.ts';
import { dayMs } from '../window.ts';

/** Rows of one kind that are compared with as many of the other. */
export interface Matched<Row> {
  readonly withActual: readonly Row[];
  readonly without: readonly Row[];
}

/**
 * Which rows can be compared, so that what differs only because of time does not count? Rows without an actual are mostly
 * the newest ones: each is matched with the nearest row with an actual of the same UTC day, at most `mostApart` milliseconds
 * away; the others are left out. So every day and nearly every time of day has equally many of both.
 *
 * Greedy in order of time; no row is taken twice. O(n * m) within a day: draw samples first.
 *
 * @example
 * const at = (...minutes) => minutes.map((minute) => ({ eventTime: minute * 60_000 }));
 * matchByTime(at(0, 10, 300), at(12, 600), 3_600_000).withActual // [{ eventTime: 600_000 }]
 */
export function matchByTime<Row extends { readonly eventTime: number }>(
  withActual: readonly Row[],
  without: readonly Row[],
  mostApart: number,
): Matched<Row> {
  const known = byDay(withActual);
  const pairs = [...byDay(without)].flatMap(([day, unknown]) => {
    const free = new Set(known.get(day) ?? []);
    return unknown.flatMap((row): [Row, Row][] => {
      let nearest: Row | undefined;
      for (const other of free) {
        const apart = Math.abs(other.eventTime - row.eventTime);
        if (apart <= mostApart && apart < Math.abs((nearest?.eventTime ?? Infinity) - row.eventTime))
          nearest = other;
      }
      if (nearest === undefined) return [];
      free.delete(nearest);
      return [[nearest, row]];
    });
  });
  return { withActual: pairs.map(([row]) => row), without: pairs.map(([, row]) => row) };
}

function byDay<Row extends { readonly eventTime: number }>(rows: readonly Row[]): Map<number, Row[]> {
  const days = new Map<number, Row[]>();
  for (const row of rows.toSorted((a, b) => a.eventTime - b.eventTime)) {
    const day = Math.floor(row.eventTime / dayMs);
    const sameDay = days.get(day);
    if (sameDay === undefined) days.set(day, [row]);
    else sameDay.push(row);
  }
  return days;
}

/** The values of one column on both sides, row by row; null where missing. */
export interface ColumnOfSides {
  readonly column: string;
  readonly kind: ColumnKind;
  /** By default one that suits the values. */
  readonly method?: MethodName;
  readonly withActual: readonly unknown[];
  readonly without: readonly unknown[];
}

/** A column whose values differ. JSON-safe. */
export interface DifferingColumn {
  readonly column: string;
  readonly method: MethodName;
  readonly effect: number;
  /** After the Benjamini-Hochberg correction over the columns. */
  readonly pValue: number;
  /** With both numbers, for example `mean of temp 0.31 with actuals, 0.52 without`. */
  readonly words: string;
}

/** A false alarm holds a verdict back, so it must be rarer than one of drift. */
const alpha = 0.01;
/** Fewer values on a side say nothing. */
const minimumValues = 30;

/**
 * In which columns do rows with an actual differ from those without, the largest effect first?
 *
 * A column differs when the deciding method of drift finds an effect that matters (its floor) and a p-value, corrected for
 * all columns, of at most 0.01. Rows count as independent. A column with fewer than 30 values on a side, and one that the
 * method cannot compute, is not looked at: empty in, empty out.
 *
 * @example
 * const temperatures = (from) => Array.from({ length: 40 }, (_, i) => from + i / 100);
 * findSelectiveColumns([{ column: 'temp', kind: 'continuous', withActual: temperatures(0), without: temperatures(0.5) }])[0].words
 * // 'mean of temp 0.195 with actuals, 0.695 without'
 */
export function findSelectiveColumns(columns: readonly ColumnOfSides[]): DifferingColumn[] {
  const asked = columns.flatMap(({ column, kind, method: chosen, ...sides }) => {
    const comparison = compare(kind, sides);
    const method = chosen ?? defaultMethodOf(comparison.grid);
    const settings = { subject: 'feature', column, kind, decidingMethod: method, enabled: true } as const;
    const { finding } = examineColumn({ ...settings, minimumRows: minimumValues, beside: [] }, comparison);
    const answer = finding.by === 'questions' ? finding.asked[0] : undefined;
    return answer === undefined || 'notAnswered' in answer ? [] : [{ column, comparison, method, answer }];
  });
  const adjusted = adjustPValues(asked.map(({ answer }) => answer.pValue));
  return asked
    .flatMap(({ column, comparison, method, answer }, index): DifferingColumn[] => {
      const { effect } = answer;
      const pValue = adjusted[index]!;
      if (pValue > alpha || effect < methodOf(method).floors.warning) return [];
      return [{ column, method, effect, pValue, words: inWords(column, comparison) }];
    })
    .sort((a, b) => b.effect - a.effect);
}

function compare(kind: ColumnKind, { withActual, without }: Matched<unknown>): Comparison {
  const grid =
    kind === 'continuous'
      ? buildContinuousGrid(Float64Array.from(withActual.filter((value) => typeof value === 'number')))
      : buildCategoricalGrid(
          withActual.flatMap((value) => {
            const level = levelOf(value);
            return level === undefined ? [] : [level];
          }),
        );
  return compareProfiles(grid, buildProfile(grid, withActual), buildProfile(grid, without));
}

function inWords(column: string, comparison: Comparison): string {
  if (comparison.kind === 'categorical') return levelInWords(column, comparison);
  const { grid } = comparison;
  const known = momentsOf(comparison.reference, grid)!;
  const unknown = momentsOf(comparison.current, grid)!;
  // Where the means agree, the spreads tell.
  const name =
    Math.abs(known.mean - unknown.mean) >= known.standardDeviation / 10 ? 'mean' : 'standardDeviation';
  const label = name === 'mean' ? 'mean' : 'standard deviation';
  return `${label} of ${column} ${formatSignificant(known[name])} with actuals, ${formatSignificant(unknown[name])} without`;
}

/** The level whose share differs most. */
function levelInWords(
  column: string,
  { grid, reference, current }: Extract<Comparison, { kind: 'categorical' }>,
): string {
  const [known, unknown] = [valueCountOf(reference), valueCountOf(current)];
  const shares = [
    ...grid.levels.map((level, i) => ({
      level,
      known: reference.cells[i]! / known,
      unknown: current.cells[i]! / unknown,
    })),
    { level: 'other values', known: reference.unseen / known, unknown: current.unseen / unknown },
  ];
  const most = shares.reduce((a, b) =>
    Math.abs(b.known - b.unknown) > Math.abs(a.known - a.unknown) ? b : a,
  );
  return `share of ${column}=${most.level} ${formatShare(most.known)} with actuals, ${formatShare(most.unknown)} without`;
}
