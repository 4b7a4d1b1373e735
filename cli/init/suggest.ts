/** What may be expected of a column that looks like this. */

import { countText } from '../../core/performance/metrics.ts';
import type { ExpectationsInput } from '../../core/quality/expectations.ts';
import { numberText } from '../../core/quality/range.ts';
import { mostListedLevels, type ColumnFacts } from './column-facts.ts';

export interface Suggestion {
  /** Undefined where nothing can be expected. */
  readonly expectations: ExpectationsInput | undefined;
  /** What was seen. */
  readonly comment: string;
}

/** The range is widened by this share of its width at both ends. */
const slack = 0.1;
/** Levels are listed where each was seen so many times on average: then a new one is news. */
const rowsPerLevel = 10;
/** Fewer different values may be different by chance. */
const fewestUnique = 20;

/**
 * Suggests expectations, to be edited by hand:
 *
 * - `min` and `max`: the range, wider by a tenth of its width at both ends and rounded outwards to the first
 *   digit of that tenth; whole numbers stay whole; what was never negative (or positive) stays so, and what was between 0 and 1 stays there.
 * - `in` in their place: at most 31 levels or whole numbers, each seen 10 times on average.
 * - `notNull`: true where nothing was missing, else the share that is left when twice as much is; nothing below a half.
 * - `unique`: 20 or more whole numbers, texts or times, no two of them equal.
 */
export function suggestExpectations(facts: ColumnFacts): Suggestion {
  const { kind, range, seen } = facts;
  if (kind === 'unsupported') return { expectations: undefined, comment: 'its type cannot be checked' };
  const present = seen === undefined ? Infinity : seen.rows - seen.missing;
  if (present === 0) return { expectations: undefined, comment: 'no row has a value' };
  const isUnique =
    facts.isUnique === true && present >= fewestUnique && (kind !== 'continuous' || facts.isWhole);
  const levels = isUnique ? undefined : listedLevels(facts, present);
  const expectations: ExpectationsInput = {
    ...(levels === undefined && range !== undefined && !isUnique && widened(facts, range)),
    ...(levels !== undefined && { in: levels }),
    ...(seen !== undefined && notNull(seen.missing / seen.rows)),
    ...(isUnique && { unique: true as const }),
  };
  return {
    expectations: Object.keys(expectations).length === 0 ? undefined : expectations,
    comment: commentOf(facts, isUnique),
  };
}

function listedLevels(
  { kind, levels, isWhole }: ColumnFacts,
  present: number,
): (string | number)[] | undefined {
  if (levels === undefined || levels.length === 0 || levels.length > mostListedLevels) return undefined;
  if (present < rowsPerLevel * levels.length) return undefined;
  if (kind === 'categorical') return [...levels].sort();
  return kind === 'continuous' && isWhole ? levels.map(Number).sort((a, b) => a - b) : undefined;
}

function widened(
  { isWhole }: ColumnFacts,
  { min, max }: NonNullable<ColumnFacts['range']>,
): { readonly min: number; readonly max: number } {
  // A constant has no width: its own size stands in.
  const width = max - min || Math.abs(max) || 1;
  const unit = isWhole ? 1 : 10 ** Math.floor(Math.log10(slack * width));
  const low = roundTo(Math.floor, min - slack * width, unit);
  const high = roundTo(Math.ceil, max + slack * width, unit);
  return {
    min: min >= 0 ? Math.max(0, low) : low,
    max: max <= 0 ? Math.min(0, high) : min >= 0 && max <= 1 ? Math.min(1, high) : high,
  };
}

function roundTo(round: (value: number) => number, value: number, unit: number): number {
  // Through 12 digits, which drops what dividing by 0.01 adds.
  return Number((round(Number((value / unit).toPrecision(12))) * unit).toPrecision(12));
}

function notNull(missingShare: number): Pick<ExpectationsInput, 'notNull'> {
  if (missingShare === 0) return { notNull: true };
  const share = Math.floor((1 - 2 * missingShare) * 100) / 100;
  return share < 0.5 ? {} : { notNull: share };
}

function commentOf({ kind, seen, range, levels }: ColumnFacts, isUnique: boolean): string {
  const values = range === undefined ? '' : `${numberText(range.min)} to ${numberText(range.max)}`;
  const what = {
    continuous: values,
    categorical:
      levels === undefined ? `more than ${mostListedLevels} levels` : countText(levels.length, 'level'),
    instant: 'dates or times',
    unsupported: '',
  }[kind];
  return [
    what,
    ...(seen === undefined
      ? []
      : [seen.missing === 0 ? 'none missing' : `${seen.missing} of ${seen.rows} missing`]),
    ...(isUnique ? ['all different'] : []),
  ].join(', ');
}
