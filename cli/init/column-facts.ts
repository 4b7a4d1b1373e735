/** What `init` looks at in a column before it writes what may be expected of it. */

import type { ColumnKind } from '../../core/profile/grid.ts';
import { isReadable, type TableColumn } from '../../sql/table-types.ts';
import type { TableFile } from '../../sql/table-file.ts';

export interface ColumnFacts {
  readonly name: string;
  /** `instant`: dates and times; `unsupported`: lists and the like. */
  readonly kind: ColumnKind | 'instant' | 'unsupported';
  /** Absent where only statistics are known. */
  readonly seen?: { readonly rows: number; readonly missing: number };
  /** Continuous columns with values. */
  readonly range?: { readonly min: number; readonly max: number };
  /** Continuous: no value has a fraction. */
  readonly isWhole: boolean;
  /** By frequency; absent where there are too many to list, or they are not known. */
  readonly levels?: readonly string[];
  /** Is no value there twice? Undefined where it is not known. */
  readonly isUnique?: boolean;
}

/** More levels than this are no list that a person would write: 31 are the days of a month. */
export const mostListedLevels = 31;

/** The facts of every column of a table. Cost: each column is read twice, in the database. */
export async function readColumnFacts(table: TableFile): Promise<readonly ColumnFacts[]> {
  const facts: ColumnFacts[] = [];
  for (const column of table.columns) facts.push(await factsOf(table, column));
  return facts;
}

async function factsOf(table: TableFile, column: TableColumn): Promise<ColumnFacts> {
  const { name } = column;
  const { rows } = table;
  if (!isReadable(column)) return { name, kind: 'unsupported', isWhole: false };
  const { counts, other, missing } = await table.countLevels(name, { most: mostListedLevels });
  const [most = 0] = counts.values();
  const common = {
    name,
    seen: { rows, missing },
    isUnique: most === 1,
    ...(other === 0 && { levels: [...counts.keys()] }),
  };
  if (column.kind === 'unsupported') return { ...common, kind: 'instant', isWhole: false };
  if (column.kind === 'categorical') return { ...common, kind: 'categorical', isWhole: false };
  const [numbers] = await table.readNumbers([name]);
  const values = numbers?.values ?? new Float64Array();
  const min = values.reduce((lowest, value) => Math.min(lowest, value), Infinity);
  const max = values.reduce((highest, value) => Math.max(highest, value), -Infinity);
  return {
    ...common,
    kind: 'continuous',
    isWhole: values.every((value) => Number.isInteger(value)),
    ...(values.length > 0 && { range: { min, max } }),
  };
}
