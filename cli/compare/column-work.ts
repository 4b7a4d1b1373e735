/** The work on some columns of two tables: read, compare, examine. Runs in this process or in a thread. */

import { reasonOf } from '../../core/errors.ts';
import type { ColumnKind } from '../../core/profile/grid.ts';
import type { Sides } from '../../core/statistics/comparison.ts';
import { compareSorted } from '../../core/statistics/sorted-comparison.ts';
import type { TableFile } from '../../sql/table-file.ts';
import { compareCategorical, readSorted, type WorkingMemory } from './column-comparison.ts';
import type { EvidentlyTyping } from './evidently-column.ts';
import { examineComparison, type ExaminationSettings } from './examination.ts';
import type { ColumnResult } from './results.ts';

export interface ColumnTask {
  readonly column: string;
  readonly kind: ColumnKind;
  readonly how: ExaminationSettings | { readonly compat: 'evidently'; readonly typing: EvidentlyTyping };
}

type OwnTask = ColumnTask & { readonly how: ExaminationSettings };

/**
 * Results in the order of the tasks. Continuous columns are read together, others one by one. A column that cannot be read
 * says why, and fails no other.
 */
export async function examineColumns(
  tables: Sides<TableFile>,
  tasks: readonly ColumnTask[],
  memory: WorkingMemory,
): Promise<readonly ColumnResult[]> {
  const together = tasks.filter(isOwn).filter(({ kind }) => kind === 'continuous');
  const results = new Map<ColumnTask, ColumnResult>();
  try {
    const examined = await examineContinuous(tables, together, memory);
    for (const [i, task] of together.entries()) results.set(task, examined[i]!);
  } catch {
    // One of them cannot be read; each on its own says which.
  }
  for (const task of tasks.filter((task) => !results.has(task))) {
    try {
      results.set(task, await examineAlone(tables, task, memory));
    } catch (error) {
      results.set(task, { column: task.column, kind: task.kind, notCompared: reasonOf(error) });
    }
  }
  return tasks.map((task) => results.get(task)!);
}

function isOwn(task: ColumnTask): task is OwnTask {
  return !('compat' in task.how);
}

async function examineContinuous(
  tables: Sides<TableFile>,
  tasks: readonly OwnTask[],
  memory: WorkingMemory,
): Promise<readonly ColumnResult[]> {
  if (tasks.length === 0) return [];
  const columns = tasks.map(({ column }) => column);
  const sides = await readSorted(tables, columns, memory);
  return tasks.map(({ column, how }, i) => examineComparison(column, compareSorted(sides[i]!), how));
}

async function examineAlone(
  tables: Sides<TableFile>,
  task: ColumnTask,
  memory: WorkingMemory,
): Promise<ColumnResult> {
  const { column, kind, how } = task;
  if ('compat' in how) {
    const { examineAsEvidently } = await import('./evidently-column.ts');
    return examineAsEvidently(tables, column, how.typing);
  }
  if (kind === 'categorical') return examineComparison(column, await compareCategorical(tables, column), how);
  const [result] = await examineContinuous(tables, [{ column, kind, how }], memory);
  return result!;
}
