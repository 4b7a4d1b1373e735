/** Reads a column as Evidently would: its type decides, as pandas has it, and what it does not compare is left out. */

import type { Sides } from '../../core/statistics/comparison.ts';
import { sortValues } from '../../core/statistics/sort.ts';
import type { LevelCounts, NumberColumn, TableFile } from '../../sql/table-file.ts';
import { familyOf, type TableColumn } from '../../sql/table-types.ts';
import { valuesOf } from './column-comparison.ts';
import { countsOfSorted, evidentlyOfCounts, evidentlyOfNumbers } from './evidently.ts';
import type { ColumnCounts, ColumnResult } from './results.ts';

/** How Evidently is to take a column; by its type unless it was said. */
export type EvidentlyTyping = 'by-type' | 'continuous' | 'categorical';

/** Whole numbers of at most so many distinct values are categories to Evidently. */
const mostWholeCategories = 10;
/** Texts of which more than this share are distinct are free text to Evidently. */
const freeTextShare = 0.5;

/** Evidently's word on a column of both tables. */
export async function examineAsEvidently(
  tables: Sides<TableFile>,
  column: string,
  typing: EvidentlyTyping,
): Promise<ColumnResult> {
  const type = tables.current.columns.find(({ name }) => name === column)!;
  const family = typing === 'by-type' ? readingOf(type) : typing;
  switch (family) {
    case 'continuous':
      return examineNumbers(tables, column, 'never');
    case 'whole':
      return examineNumbers(tables, column, 'if-few');
    case 'categorical':
    case 'boolean':
    case 'text':
      return examineLevels(tables, column, family);
    case 'none':
      return leftOut(column, `Evidently does not compare columns of type ${type.type}`);
  }
}

function readingOf({
  type,
}: TableColumn): 'continuous' | 'whole' | 'categorical' | 'boolean' | 'text' | 'none' {
  const family = familyOf(type);
  if (type.startsWith('ENUM')) return 'categorical';
  // pandas keeps decimals as objects.
  if (family === 'fraction') return type.startsWith('DECIMAL') ? 'none' : 'continuous';
  return family === 'whole' || family === 'boolean' || family === 'text' ? family : 'none';
}

async function examineNumbers(
  tables: Sides<TableFile>,
  column: string,
  asCategories: 'never' | 'if-few',
): Promise<ColumnResult> {
  const reference = await readSorted(tables.reference, column);
  const current = await readSorted(tables.current, column);
  const sides = { reference: reference.values, current: current.values };
  const counts = countsOf({ reference, current }, ({ values }) => values.length);
  const empty = emptySide(counts);
  if (empty !== undefined) return leftOut(column, empty);
  // With a gap in it, a column of whole numbers is one of floats to pandas.
  if (asCategories === 'if-few' && current.missing === 0) {
    const inCurrent = countsOfSorted(sides.current, mostWholeCategories + 1);
    if (inCurrent.size <= mostWholeCategories) {
      const evidently = evidentlyOfCounts({ reference: countsOfSorted(sides.reference), current: inCurrent });
      return { column, kind: 'categorical', ...counts, evidently };
    }
  }
  return { column, kind: 'continuous', ...counts, evidently: evidentlyOfNumbers(sides) };
}

async function readSorted(table: TableFile, column: string): Promise<NumberColumn> {
  const [numbers] = await table.readNumbers([column]);
  return { ...numbers!, values: sortValues(numbers!.values) };
}

async function examineLevels(
  tables: Sides<TableFile>,
  column: string,
  family: 'categorical' | 'boolean' | 'text',
): Promise<ColumnResult> {
  const all = { most: Number.MAX_SAFE_INTEGER };
  const current = await tables.current.countLevels(column, all);
  if (family === 'boolean' && current.missing > 0)
    return leftOut(column, 'Evidently does not compare booleans with missing values');
  if (family === 'text' && current.counts.size > valuesOf(current) * freeTextShare)
    return leftOut(column, 'it is free text to Evidently, which compares that by a model of its own');
  const reference = await tables.reference.countLevels(column, all);
  const counts = countsOf({ reference, current }, valuesOf);
  const empty = emptySide(counts);
  if (empty !== undefined) return leftOut(column, empty);
  const evidently = evidentlyOfCounts({ reference: reference.counts, current: current.counts });
  return { column, kind: 'categorical', ...counts, evidently };
}

function countsOf<T extends NumberColumn | LevelCounts>(
  { reference, current }: Sides<T>,
  sizeOf: (side: T) => number,
): ColumnCounts {
  return {
    sampleSizes: { reference: sizeOf(reference), current: sizeOf(current) },
    missing: { reference: reference.missing, current: current.missing },
    invalid: { reference: reference.invalid, current: current.invalid },
  };
}

function emptySide({ sampleSizes }: ColumnCounts): string | undefined {
  if (sampleSizes.reference === 0) return 'the reference has no value';
  return sampleSizes.current === 0 ? 'the current table has no value' : undefined;
}

function leftOut(column: string, notCompared: string): ColumnResult {
  return { column, kind: 'unsupported', notCompared };
}
