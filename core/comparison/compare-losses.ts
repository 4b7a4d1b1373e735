/** Two sides compared metric by metric, from sums by block of time. */

import { metricTable, type Direction, type MetricName, type Task } from '../performance/metrics.ts';
import { blockLengthOf, sum } from './blocks.ts';
import { compareAucs, type ComparedSide, type ScoreCount } from './compare-aucs.ts';
import { compareMeans, type BlockSum, type Difference } from './compare-means.ts';
import type { Window } from '../window.ts';

/** What two sides are compared by: performance metrics, and what people did (`conversion`, `mean_actual`). */
export type ComparedMetric = SummedMetric | 'roc_auc';

/** Metrics that are means of rows, or the root of one. */
export type SummedMetric =
  | Extract<MetricName, 'mae' | 'rmse' | 'mape' | 'accuracy' | 'log_loss' | 'brier'>
  | 'conversion'
  | 'mean_actual';

/** One side in one block: of each metric its rows and the sum of their losses (`rmse`: of squared errors). */
export interface LossSums {
  readonly side: ComparedSide;
  /** Start of the block. */
  readonly block: number;
  readonly sums: Readonly<Partial<Record<SummedMetric, BlockSum>>>;
}

export interface MetricDifference {
  readonly metric: ComparedMetric;
  readonly rows: number;
  readonly againstRows: number;
  readonly found: Difference | { readonly notComputable: string };
}

const own = {
  conversion: { label: 'conversion', direction: 'none' },
  mean_actual: { label: 'mean actual', direction: 'none' },
} as const satisfies Record<string, { readonly label: string; readonly direction: Direction }>;

/** @example describeMetric('conversion') // { label: 'conversion', direction: 'none' } */
export function describeMetric(metric: ComparedMetric): {
  readonly label: string;
  readonly direction: Direction;
} {
  return metric in own ? own[metric as keyof typeof own] : metricTable[metric as keyof typeof metricTable];
}

/**
 * By which metrics are the versions of a task compared? Those that are sums over rows; a classification has ROC AUC beside
 * them where it has two classes.
 *
 * @example lossMetricsOf('regression') // ['mae', 'rmse', 'mape']
 */
export function lossMetricsOf(task: Task): readonly SummedMetric[] {
  return task === 'regression' ? ['mae', 'rmse', 'mape'] : ['accuracy', 'log_loss', 'brier'];
}

/**
 * Both sides compared by each of some metrics, and by ROC AUC where scores are given.
 *
 * A metric without rows on a side is not computable. Blocks that one side has no rows in count with 0 rows.
 *
 * @example
 * const sums = [0, 1, 2, 3].flatMap((day) => [
 *   { side: 'subject', block: day * dayMs, sums: { mae: { rows: 2, sum: 4 + (day % 2) } } },
 *   { side: 'against', block: day * dayMs, sums: { mae: { rows: 2, sum: 8 } } },
 * ]);
 * compareLosses({ window: { start: 0, end: 7 * dayMs }, metrics: ['mae'], sums })
 * // [{ metric: 'mae', rows: 8, againstRows: 8, found: { value: 2.25, against: 4, difference: -1.75 } }]
 */
export function compareLosses({
  window,
  metrics,
  sums,
  scores,
}: {
  readonly window: Window;
  readonly metrics: readonly SummedMetric[];
  readonly sums: readonly LossSums[];
  readonly scores?: readonly ScoreCount[];
}): readonly MetricDifference[] {
  const length = blockLengthOf(window);
  const compared = metrics.map((metric): MetricDifference => {
    const blocks = blocksOf(sums, metric);
    const rowsOf = (side: ComparedSide): number => sum(blocks.map((block) => block[side].rows));
    return {
      metric,
      rows: rowsOf('subject'),
      againstRows: rowsOf('against'),
      found: compareMeans(blocks, { length, of: metric === 'rmse' ? 'root-mean' : 'mean' }),
    };
  });
  if (scores === undefined) return compared;
  const scored = (side: ComparedSide): number =>
    sum(scores.filter((count) => count.side === side).map(({ rows }) => rows));
  const rows = { rows: scored('subject'), againstRows: scored('against') };
  return [...compared, { metric: 'roc_auc', ...rows, found: compareAucs(scores, length) }];
}

type Block = Record<ComparedSide, BlockSum>;

/** In the order of time. */
function blocksOf(sums: readonly LossSums[], metric: SummedMetric): Block[] {
  const none: BlockSum = { rows: 0, sum: 0 };
  const byStart = new Map<number, Block>();
  for (const { side, block, sums: ofBlock } of sums) {
    const known = byStart.get(block) ?? { subject: none, against: none };
    byStart.set(block, { ...known, [side]: ofBlock[metric] ?? none });
  }
  return [...byStart].sort(([a], [b]) => a - b).map(([, block]) => block);
}
