/** Columns of two tables, read and put side by side. */

import { gridOfLevelCounts, maximumLevels } from '../../core/profile/grid.ts';
import { profileOfLevelCounts } from '../../core/profile/level-counts.ts';
import type { Comparison, Sides } from '../../core/statistics/comparison.ts';
import { sortValues } from '../../core/statistics/sort.ts';
import type { SortedColumn } from '../../core/statistics/sorted-comparison.ts';
import type { LevelCounts, NumberColumn, TableFile } from '../../sql/table-file.ts';

/** Arrays that are used again for each batch of columns: fresh ones cost a tenth of the time. */
export interface WorkingMemory {
  /** A buffer for each column of a batch. */
  readonly buffers: Sides<readonly Float64Array[]>;
  readonly scratch: Float64Array;
}

/** Memory for batches of up to so many columns: 16 bytes a row and column. */
export function workingMemoryFor(tables: Sides<Pick<TableFile, 'rows'>>, columns: number): WorkingMemory {
  const { reference, current } = tables;
  const buffersOf = (rows: number): Float64Array[] =>
    Array.from({ length: columns }, () => new Float64Array(rows));
  return {
    buffers: { reference: buffersOf(reference.rows), current: buffersOf(current.rows) },
    scratch: new Float64Array(Math.max(reference.rows, current.rows)),
  };
}

/** Continuous columns of both tables, sorted; in the working memory until it is used again. */
export async function readSorted(
  tables: Sides<TableFile>,
  columns: readonly string[],
  { buffers, scratch }: WorkingMemory,
): Promise<readonly Sides<SortedColumn>[]> {
  const reference = await tables.reference.readNumbers(columns, buffers.reference);
  const current = await tables.current.readNumbers(columns, buffers.current);
  const sorted = (column: NumberColumn): SortedColumn => ({
    ...column,
    values: sortValues(column.values, scratch),
  });
  return columns.map((_, i) => ({ reference: sorted(reference[i]!), current: sorted(current[i]!) }));
}

/** Counts the levels of a column of both tables; of the current one, those that the reference has. */
export async function compareCategorical(tables: Sides<TableFile>, column: string): Promise<Comparison> {
  const inReference = await tables.reference.countLevels(column, { most: maximumLevels });
  const grid = gridOfLevelCounts(inReference.counts, valuesOf(inReference));
  const inCurrent = await tables.current.countLevels(column, { named: grid.levels });
  return {
    kind: 'categorical',
    grid,
    reference: profileOfLevelCounts(grid, inReference),
    current: profileOfLevelCounts(grid, inCurrent),
  };
}

/** All values, of the listed levels and of others. */
export function valuesOf({ counts, other }: LevelCounts): number {
  return [...counts.values()].reduce((sum, count) => sum + count, other);
}
