/** Compares a file with a stored profile: the reference is not read again. */

import { compareProfiles } from '../../core/statistics/comparison.ts';
import type { TableFile } from '../../sql/table-file.ts';
import { openTable } from '../open-table.ts';
import { isReadable } from '../../sql/table-types.ts';
import { readProfileFile, type ProfiledColumn, type ProfileFile } from '../profile-file.ts';
import { profileColumns, type ColumnTask } from '../profile/table-columns.ts';
import { unknownColumn } from '../unknown-column.ts';
import { requireSharedColumn } from './column-plan.ts';
import type { ComparedTables, OnProgress } from './compare-tables.ts';
import { examineComparison } from './examination.ts';
import { expectationsOf } from './expectations.ts';
import { decisionFor, namedColumns, type CompareRequest } from './request.ts';
import type { ColumnResult, LeftOutColumn } from './results.ts';

/**
 * The current rows are counted in the cells of the reference; statistics carry the bounds of what cells do not tell.
 *
 * @throws TidewatchError `UNREADABLE_PROFILE_FILE`, `UNREADABLE_TABLE`, and `UNKNOWN_TABLE_COLUMN` for a name in neither
 */
export async function compareWithProfile(
  request: CompareRequest,
  onProgress: OnProgress,
): Promise<ComparedTables> {
  const reference = await readProfileFile(request.reference);
  const current = await openTable(request.current);
  try {
    requireColumns(request, reference, current);
    const expected = await expectationsOf(request, current);
    const wished = (name: string): boolean => request.columns?.includes(name) ?? true;
    const columns = reference.columns.filter(({ name }) => wished(name));
    const leftOut = new Map(
      columns.flatMap((column) => leftOutOf(column, current)).map((out) => [out.column, out]),
    );
    const compared = columns.filter(({ name }) => !leftOut.has(name));
    const profiled = await profileColumns(
      current,
      compared.map(taskOf),
      (done) => onProgress(done, compared.length),
      'quick',
    );
    const profiles = new Map(profiled.map(({ name, profile }) => [name, profile]));
    return {
      rows: { reference: reference.rows, current: current.rows },
      ...expected,
      results: [
        ...columns.map(({ name, grid, profile }): ColumnResult => {
          const out = leftOut.get(name);
          if (out !== undefined) return out;
          const { beside, format } = request;
          return examineComparison(name, compareProfiles(grid, profile, profiles.get(name)!), {
            ...decisionFor(name, grid.kind, request),
            ...(beside !== undefined && { beside }),
            withDistribution: format === 'html',
          });
        }),
        ...current.columns
          .filter(({ name }) => wished(name) && columns.every((column) => column.name !== name))
          .map(({ name, kind }) => ({ column: name, kind, notCompared: 'the reference has no such column' })),
      ],
    };
  } finally {
    await current.close();
  }
}

function leftOutOf({ name, grid }: ProfiledColumn, current: TableFile): LeftOutColumn[] {
  const column = current.columns.find((column) => column.name === name);
  const reason =
    column === undefined
      ? 'the current table has no such column'
      : isReadable(column)
        ? undefined
        : (column.reason ?? 'it cannot be read');
  return reason === undefined ? [] : [{ column: name, kind: grid.kind, notCompared: reason, isLost: true }];
}

function taskOf({ name, grid }: ProfiledColumn): ColumnTask {
  return grid.kind === 'continuous' ? { name, kind: grid.kind, grid } : { name, kind: grid.kind, grid };
}

function requireColumns(request: CompareRequest, reference: ProfileFile, current: TableFile): void {
  const names = {
    reference: reference.columns.map(({ name }) => name),
    current: current.columns.map(({ name }) => name),
  };
  requireSharedColumn(names);
  const known = [...new Set([...names.reference, ...names.current])];
  const unknown = namedColumns(request).find((name) => !known.includes(name));
  if (unknown !== undefined) throw unknownColumn(request.reference, unknown, known);
}
