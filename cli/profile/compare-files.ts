import { compareProfiles } from '../../core/statistics/comparison.ts';
import type { ComparedTables } from '../compare/compare-tables.ts';
import { examineComparison } from '../compare/examination.ts';
import { decisionFor, type CompareRequest } from '../compare/request.ts';
import type { ColumnResult } from '../compare/results.ts';
import { unknownColumn } from '../unknown-column.ts';
import { columnOf, requireSameGrid, type NamedProfileFile } from './merge-files.ts';

type Request = Pick<CompareRequest, 'columns' | 'methods' | 'thresholds' | 'beside' | 'format'>;

/**
 * Compares two files of profiles column by column; statistics carry the bounds of what the cells do not tell. A column that
 * only one of them has says so.
 *
 * @throws TidewatchError `PROFILES_NOT_ALIKE` when a column was counted in different cells, `UNKNOWN_TABLE_COLUMN` for a
 * column that neither has.
 */
export function compareFiles(
  reference: NamedProfileFile,
  current: NamedProfileFile,
  request: Request,
): ComparedTables {
  const known = [...reference.content.columns, ...current.content.columns].map(({ name }) => name);
  const named = [
    ...(request.columns ?? []),
    ...request.methods.byColumn.keys(),
    ...request.thresholds.byColumn.keys(),
  ];
  for (const name of named) {
    if (!known.includes(name)) throw unknownColumn(reference.path, name, [...new Set(known)]);
  }
  const wished = [...new Set(known)].filter((name) => request.columns?.includes(name) ?? true);
  return {
    rows: { reference: reference.content.rows, current: current.content.rows },
    results: wished.map((name) => compareColumn(name, reference, current, request)),
  };
}

function compareColumn(
  name: string,
  reference: NamedProfileFile,
  current: NamedProfileFile,
  request: Request,
): ColumnResult {
  const [a, b] = [columnOf(reference.content, name), columnOf(current.content, name)];
  if (a === undefined) {
    return { column: name, kind: b!.grid.kind, notCompared: 'the reference has no such column' };
  }
  const { grid } = a;
  if (b === undefined) {
    return {
      column: name,
      kind: grid.kind,
      notCompared: 'the current profile has no such column',
      isLost: true,
    };
  }
  requireSameGrid(name, reference, current);
  const { beside, format } = request;
  return examineComparison(name, compareProfiles(grid, a.profile, b.profile), {
    ...decisionFor(name, grid.kind, request),
    ...(beside !== undefined && { beside }),
    withDistribution: format === 'html',
  });
}
