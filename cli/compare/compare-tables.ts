/** Compares two files from opening them to their report. */

import { availableParallelism } from 'node:os';

import type { Sides } from '../../core/statistics/comparison.ts';
import type { TableFile } from '../../sql/table-file.ts';
import { openTable } from '../open-table.ts';
import type { TableExpectations } from '../check-expectations.ts';
import { unknownColumn } from '../unknown-column.ts';
import { planColumns, requireSharedColumn, type ColumnPlan, type ColumnWishes } from './column-plan.ts';
import { workingMemoryFor } from './column-comparison.ts';
import { examineColumns, type ColumnTask } from './column-work.ts';
import { expectationsOf } from './expectations.ts';
import type { PerformanceReport } from './performance.ts';
import { decisionFor, namedColumns, type CompareRequest } from './request.ts';
import type { ColumnResult } from './results.ts';
import { examineInThreads } from './threads.ts';

export interface ComparedTables {
  readonly rows: Sides<number>;
  readonly results: readonly ColumnResult[];
  readonly performance?: PerformanceReport;
  readonly expectations?: TableExpectations;
}

/** Called with the number of columns that are done, of all that are compared. */
export type OnProgress = (done: number, all: number) => void;

/** Below so many values, threads would cost more time than they save: each takes 0.3 s to start. */
const fewestValuesForThreads = 2_000_000;

/** @throws TidewatchError `UNREADABLE_TABLE` for a file that is no table, `UNKNOWN_TABLE_COLUMN` for a name in neither */
export async function compareTables(
  request: CompareRequest,
  onProgress: OnProgress,
): Promise<ComparedTables> {
  const reference = await openTable(request.reference);
  try {
    const current = await openTable(request.current);
    try {
      return await compareOpen(request, { reference, current }, onProgress);
    } finally {
      await current.close();
    }
  } finally {
    await reference.close();
  }
}

async function compareOpen(
  request: CompareRequest,
  tables: Sides<TableFile>,
  onProgress: OnProgress,
): Promise<ComparedTables> {
  requireColumns(request, tables);
  // First, so that a suite with a problem is said at once.
  const expected = await expectationsOf(request, tables.current);
  const plans = planColumns(tables, wishesOf(request, expected.expectations));
  const tasks = plans.flatMap((plan) => ('notCompared' in plan ? [] : [taskOf(plan, request)]));
  const examined = await examine(tables, tasks, onProgress);
  const byColumn = new Map(examined.map((result) => [result.column, result]));
  return {
    rows: { reference: tables.reference.rows, current: tables.current.rows },
    results: plans.map((plan) => ('notCompared' in plan ? plan : byColumn.get(plan.column)!)),
    ...(await performanceOf(request, tables)),
    ...expected,
  };
}

async function examine(
  tables: Sides<TableFile>,
  tasks: readonly ColumnTask[],
  onProgress: OnProgress,
): Promise<readonly ColumnResult[]> {
  const { reference, current } = tables;
  const rows = reference.rows + current.rows;
  if (rows * tasks.length >= fewestValuesForThreads && availableParallelism() > 1) {
    return examineInThreads({
      tables: { reference: await reference.parquetFile(), current: await current.parquetFile() },
      rows,
      tasks,
      onProgress: (done) => onProgress(done, tasks.length),
    });
  }
  return examineColumns(tables, tasks, workingMemoryFor(tables, tasks.length));
}

/** A preset knows the kinds of its columns; that of expectations is about theirs alone. */
function wishesOf(request: CompareRequest, expectations: TableExpectations | undefined): ColumnWishes {
  const { preset, columns, categorical, continuous } = request;
  const named = columns === undefined ? {} : { columns };
  const outcome = [request.actual, request.prediction].filter((column) => column !== undefined);
  switch (preset) {
    case 'data-drift':
    case 'actuals-drift':
      return { ...named, categorical, continuous };
    case 'stability':
      return {
        columns: columns ?? [...new Set(expectations?.checks.map(({ column }) => column))],
        categorical,
        continuous,
      };
    case 'regression':
      return { ...named, categorical, continuous: [...continuous, ...outcome] };
    case 'classification':
      return { ...named, categorical: [...categorical, ...outcome], continuous };
  }
}

function taskOf(
  { column, kind }: Extract<ColumnPlan, { kind: ColumnTask['kind'] }>,
  request: CompareRequest,
): ColumnTask {
  const { compat, categorical, continuous, format, beside } = request;
  if (compat === undefined) {
    const withDistribution = format === 'html';
    return {
      column,
      kind,
      how: {
        ...decisionFor(column, kind, request),
        ...(beside !== undefined && { beside }),
        withDistribution,
      },
    };
  }
  const isNamed = categorical.includes(column) || continuous.includes(column);
  return { column, kind, how: { compat, typing: isNamed ? kind : 'by-type' } };
}

async function performanceOf(
  request: CompareRequest,
  tables: Sides<TableFile>,
): Promise<{ readonly performance?: PerformanceReport }> {
  const { preset, actual, prediction, probability, positiveClass, interval, intervalLevels } = request;
  if (preset !== 'regression' && preset !== 'classification') return {};
  const { comparePerformance } = await import('./performance.ts');
  return {
    performance: await comparePerformance(tables, {
      task: preset,
      actual: actual!,
      prediction: prediction!,
      ...(probability !== undefined && { probability }),
      ...(positiveClass !== undefined && { positiveClass }),
      ...(interval !== undefined && { interval }),
      ...(intervalLevels !== undefined && { intervalLevels }),
    }),
  };
}

/** A name that neither file has is a slip of the pen. */
function requireColumns(request: CompareRequest, { reference, current }: Sides<TableFile>): void {
  const names = {
    reference: reference.columns.map(({ name }) => name),
    current: current.columns.map(({ name }) => name),
  };
  requireSharedColumn(names);
  const known = [...new Set([...names.reference, ...names.current])];
  const column = namedColumns(request).find((name) => !known.includes(name));
  if (column !== undefined) throw unknownColumn(request.reference, column, known);
}
