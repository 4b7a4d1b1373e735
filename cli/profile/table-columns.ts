/** Profiles the columns of a table. */

import { TidewatchError } from '../../core/errors.ts';
import {
  gridOfLevelCounts,
  gridOfSorted,
  maximumLevels,
  type CategoricalGrid,
  type ContinuousGrid,
} from '../../core/profile/grid.ts';
import { profileOfLevelCounts } from '../../core/profile/level-counts.ts';
import { createAccumulator } from '../../core/profile/profile.ts';
import { sortValues } from '../../core/statistics/sort.ts';
import type { NumberColumn, TableFile } from '../../sql/table-file.ts';
import { isReadable } from '../../sql/table-types.ts';
import type { ProfiledColumn } from '../profile-file.ts';
import { unknownColumn } from '../unknown-column.ts';

/** Which columns, and as what. */
export interface ColumnWishes {
  /** All by default. */
  readonly columns?: readonly string[];
  readonly categorical: readonly string[];
  readonly continuous: readonly string[];
}

/** What is to be profiled: in a grid of its own, or in that of another profile. */
export type ColumnTask =
  | { readonly name: string; readonly kind: 'continuous'; readonly grid?: ContinuousGrid }
  | { readonly name: string; readonly kind: 'categorical'; readonly grid?: CategoricalGrid };

export interface LeftOut {
  readonly name: string;
  readonly reason: string;
}

/** So many continuous columns are read together: each reading of the table has a cost of its own. */
const columnsPerReading = 10;

/**
 * Which columns are profiled, and which are left out because their type has no kind? One that was asked for is never left out.
 *
 * @throws TidewatchError `UNKNOWN_TABLE_COLUMN`, and `UNREADABLE_TABLE` for a column that was asked for but has no kind.
 */
export function chooseColumns(
  table: Pick<TableFile, 'path' | 'columns'>,
  { columns, categorical, continuous }: ColumnWishes,
): { readonly tasks: readonly ColumnTask[]; readonly leftOut: readonly LeftOut[] } {
  const names = table.columns.map(({ name }) => name);
  const asked = [...(columns ?? []), ...categorical, ...continuous];
  for (const name of asked) if (!names.includes(name)) throw unknownColumn(table.path, name, names);
  const tasks: ColumnTask[] = [];
  const leftOut: LeftOut[] = [];
  for (const column of table.columns) {
    const { name, reason = 'it cannot be read' } = column;
    if (columns !== undefined && !columns.includes(name)) continue;
    const kind = categorical.includes(name)
      ? 'categorical'
      : continuous.includes(name)
        ? 'continuous'
        : column.kind;
    if (kind !== 'unsupported' && isReadable(column)) tasks.push({ name, kind });
    else if (!asked.includes(name)) leftOut.push({ name, reason });
    else throw new TidewatchError('UNREADABLE_TABLE', { file: table.path, reason: `${name}: ${reason}` });
  }
  return { tasks, leftOut };
}

/** The columns of another profile that are wished for, to be profiled in the same grids. */
export function columnsLike(
  table: Pick<TableFile, 'path' | 'columns'>,
  other: { readonly path: string; readonly columns: readonly ProfiledColumn[] },
  wished: readonly string[] = other.columns.map(({ name }) => name),
): readonly ColumnTask[] {
  const names = table.columns.map(({ name }) => name);
  return wished.map((name) => {
    const column = other.columns.find((column) => column.name === name);
    if (column === undefined) {
      throw unknownColumn(
        other.path,
        name,
        other.columns.map(({ name }) => name),
      );
    }
    if (!names.includes(name)) throw unknownColumn(table.path, name, names);
    const { grid } = column;
    return grid.kind === 'continuous' ? { name, kind: grid.kind, grid } : { name, kind: grid.kind, grid };
  });
}

/**
 * The profiles, in the order of the tasks. `reproducible` sums do not depend on the order of rows, not even in the last bit;
 * `quick` ones do, and take half the time in the grids of another profile. Memory:
 * 16 bytes a row for each of 10 columns.
 *
 * @param onProgress is called with the number of columns that are done
 */
export async function profileColumns(
  table: TableFile,
  tasks: readonly ColumnTask[],
  onProgress: (done: number) => void = () => {},
  sums: 'reproducible' | 'quick' = 'reproducible',
): Promise<readonly ProfiledColumn[]> {
  const profiled = new Map<string, ProfiledColumn>();
  const keep = (column: ProfiledColumn): void => {
    profiled.set(column.name, column);
    onProgress(profiled.size);
  };
  const continuous = tasks.filter((task) => task.kind === 'continuous');
  const isSorted = ({ grid }: (typeof continuous)[number]): boolean =>
    sums === 'reproducible' || grid === undefined;
  const scratch = new Float64Array(continuous.some(isSorted) ? table.rows : 0);
  for (let start = 0; start < continuous.length; start += columnsPerReading) {
    const together = continuous.slice(start, start + columnsPerReading);
    const columns = await table.readNumbers(together.map(({ name }) => name));
    for (const [i, { values, ...others }] of columns.entries()) {
      const task = together[i]!;
      const ordered = isSorted(task) ? sortValues(values, scratch) : values;
      keep({ name: task.name, ...profileNumbers({ values: ordered, ...others }, task.grid) });
    }
  }
  for (const { name, grid } of tasks.filter((task) => task.kind === 'categorical')) {
    keep(await profileLevels(table, name, grid));
  }
  return tasks.map(({ name }) => profiled.get(name)!);
}

/** Without a given grid the values are in ascending order. */
function profileNumbers(
  { values, missing, invalid }: NumberColumn,
  given: ContinuousGrid | undefined,
): Omit<ProfiledColumn, 'name'> {
  const grid = given ?? gridOfSorted(values);
  const column = createAccumulator(grid);
  column.addNumbers(values, missing);
  const profile = column.profile();
  return { grid, profile: { ...profile, invalid: profile.invalid + invalid } };
}

async function profileLevels(
  table: TableFile,
  name: string,
  given: CategoricalGrid | undefined,
): Promise<ProfiledColumn> {
  const levels = await table.countLevels(
    name,
    given === undefined ? { most: maximumLevels } : { named: given.levels },
  );
  const count = [...levels.counts.values()].reduce((sum, count) => sum + count, levels.other);
  const grid = given ?? gridOfLevelCounts(levels.counts, count);
  return { name, grid, profile: profileOfLevelCounts(grid, levels) };
}
