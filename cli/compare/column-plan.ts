/** Which columns of two tables are compared, as what, and why others are not. */

import type { ColumnKind } from '../../core/profile/grid.ts';
import type { Sides } from '../../core/statistics/comparison.ts';
import { isReadable, type TableColumn } from '../../sql/table-types.ts';
import { listed } from '../unknown-column.ts';
import { invalid } from './request.ts';
import type { LeftOutColumn } from './results.ts';

export type ColumnPlan = { readonly column: string; readonly kind: ColumnKind } | LeftOutColumn;

/** The columns of one side: of a table, or of a stored profile. */
export interface ColumnSource {
  readonly rows: number;
  readonly columns: readonly TableColumn[];
}

export interface ColumnWishes {
  /** Only these; all by default. */
  readonly columns?: readonly string[];
  readonly categorical: readonly string[];
  readonly continuous: readonly string[];
}

/**
 * Every column of either table, in the order of the reference; those of the current table alone come last.
 *
 * Its kind is the wished one, otherwise that of the reference, since the current rows are held against it; of the current
 * table where the reference has no rows (a CSV file without rows has no types).
 */
export function planColumns({ reference, current }: Sides<ColumnSource>, wishes: ColumnWishes): ColumnPlan[] {
  const ofReference = new Map(reference.columns.map((column) => [column.name, column]));
  const ofCurrent = new Map(current.columns.map((column) => [column.name, column]));
  const names = [...new Set([...ofReference.keys(), ...ofCurrent.keys()])];
  return names
    .filter((name) => wishes.columns?.includes(name) ?? true)
    .map((column) => {
      const [a, b] = [ofReference.get(column), ofCurrent.get(column)];
      const only = a ?? b!;
      if (a === undefined)
        return { column, kind: only.kind, notCompared: 'the reference has no such column' };
      if (b === undefined)
        return { column, kind: only.kind, notCompared: 'the current table has no such column', isLost: true };
      return planColumn(column, reference.rows === 0 ? [b, a] : [a, b], wishes);
    });
}

/** Tables without a column in common are no two versions of one: probably one of them is another file. */
export function requireSharedColumn({ reference, current }: Sides<readonly string[]>): void {
  if (reference.some((name) => current.includes(name))) return;
  throw invalid(
    '--current',
    `it shares no column with the reference: ${listed(current)} against ${listed(reference)}`,
  );
}

/** The first table decides about the kind. */
function planColumn(
  column: string,
  [deciding, other]: readonly [TableColumn, TableColumn],
  { categorical, continuous }: ColumnWishes,
): ColumnPlan {
  const unreadable = [deciding, other].find((side) => !isReadable(side));
  if (unreadable !== undefined)
    return {
      column,
      kind: 'unsupported',
      notCompared: unreadable.reason ?? 'it cannot be read',
      ...(isReadable(deciding) && { isLost: true }),
    };
  if (categorical.includes(column)) return { column, kind: 'categorical' };
  if (continuous.includes(column)) return { column, kind: 'continuous' };
  if (deciding.kind !== 'unsupported' && other.kind === 'unsupported') {
    return otherType(column, deciding, other);
  }
  if (deciding.kind === 'unsupported') {
    if (other.kind !== 'unsupported') return otherType(column, deciding, other);
    return {
      column,
      kind: 'unsupported',
      notCompared: `${deciding.type} only moves on; --continuous or --categorical compares it`,
    };
  }
  return { column, kind: deciding.kind };
}

function otherType(column: string, { kind, type }: TableColumn, other: TableColumn): LeftOutColumn {
  const notCompared = `its types differ: ${type} and ${other.type}; --continuous or --categorical compares it`;
  return { column, kind, notCompared, isLost: true };
}
