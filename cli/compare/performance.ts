/** How the predictions of both tables perform against their actuals. */

import { summarizeClassification } from '../../core/performance/classification-summary.ts';
import { evaluateSummary, type Evaluation } from '../../core/performance/evaluate.ts';
import { betterBy, isMetricName, type MetricName, type Task } from '../../core/performance/metrics.ts';
import { summarizeRegression } from '../../core/performance/regression-summary.ts';
import type { Sides } from '../../core/statistics/comparison.ts';
import { valueOf, type Computed, type Verdict } from '../../core/verdict.ts';
import type { TableFile, TableValue } from '../../sql/table-file.ts';
import { invalid } from './request.ts';

export interface PerformanceColumns {
  readonly task: Task;
  readonly actual: string;
  readonly prediction: string;
  /** Classification into two classes: the column with the probability of the positive one. */
  readonly probability?: string;
  readonly positiveClass?: string;
  /** Regression: the columns with the bounds of the predictions, and the quantiles that they are meant to be. */
  readonly interval?: readonly [low: string, high: string];
  readonly intervalLevels?: readonly [low: number, high: number];
}

export interface PerformanceReport {
  readonly task: Task;
  readonly metrics: readonly MetricReport[];
  /** Rows with a prediction and an actual. */
  readonly sampleSizes: Sides<number>;
  readonly verdicts: Sides<Verdict>;
}

export interface MetricReport {
  readonly metric: MetricName;
  readonly reference: Computed;
  readonly current: Computed;
  /** In the direction of the metric; absent where one side has no number, or the metric no direction. */
  readonly betterBy?: number;
}

/** Evaluates the same columns of both tables. */
export async function comparePerformance(
  tables: Sides<TableFile>,
  columns: PerformanceColumns,
): Promise<PerformanceReport> {
  const { reference, current } = await (columns.task === 'regression'
    ? evaluateRegression(tables, columns)
    : evaluateClassification(tables, columns));
  const names = [...new Set([...Object.keys(reference.metrics), ...Object.keys(current.metrics)])];
  return {
    task: columns.task,
    metrics: names
      .filter(isMetricName)
      .filter((metric) => isIn(columns, metric))
      .map((metric) => metricReport(metric, { reference, current })),
    sampleSizes: { reference: reference.sampleSize, current: current.sampleSize },
    verdicts: { reference: reference.verdict, current: current.verdict },
  };
}

/** Tables have no peak hours, and not all have intervals. */
function isIn({ interval }: PerformanceColumns, metric: MetricName): boolean {
  if (metric === 'pinball_loss' || metric === 'interval_coverage') return interval !== undefined;
  return metric !== 'peak_hour_mape';
}

function metricReport(metric: MetricName, evaluations: Sides<Evaluation>): MetricReport {
  const of = ({ metrics, verdict }: Evaluation): Computed =>
    metrics[metric] ?? { notComputable: verdict.reason };
  const [reference, current] = [of(evaluations.reference), of(evaluations.current)];
  const [before, now] = [valueOf(reference), valueOf(current)];
  const better = before === null || now === null ? undefined : betterBy(metric, now, before);
  return { metric, reference, current, ...(better !== undefined && { betterBy: better }) };
}

async function evaluateRegression(
  tables: Sides<TableFile>,
  { prediction, actual, interval, intervalLevels = [0.05, 0.95] }: PerformanceColumns,
): Promise<Sides<Evaluation>> {
  const evaluate = async (table: TableFile): Promise<Evaluation> => {
    const names = [prediction, actual, ...(interval ?? [])];
    const [predictions, actuals, intervalLow, intervalHigh] = await table.readAlignedNumbers(names);
    const summary = summarizeRegression({
      predictions: predictions!,
      actuals: actuals!,
      ...(intervalLow !== undefined && { intervalLow }),
      ...(intervalHigh !== undefined && { intervalHigh }),
    });
    return evaluateSummary(summary, { intervalLevels });
  };
  return { reference: await evaluate(tables.reference), current: await evaluate(tables.current) };
}

async function evaluateClassification(
  tables: Sides<TableFile>,
  columns: PerformanceColumns,
): Promise<Sides<Evaluation>> {
  const rows = {
    reference: await readClasses(tables.reference, columns),
    current: await readClasses(tables.current, columns),
  };
  const both = [rows.reference, rows.current].flatMap(({ actual, predicted }) => [
    new Set(actual),
    new Set(predicted),
  ]);
  const classes = [...new Set(both.flatMap((classes) => [...classes]))].sort();
  const positive = columns.positiveClass ?? classes.at(-1) ?? '';
  if (columns.probability !== undefined && (classes.length !== 2 || !classes.includes(positive)))
    throw invalid(
      '--probability',
      `it needs two classes, one of them the positive one; there are ${classes.join(', ')}, and ${positive} is to be it`,
    );
  const evaluate = ({ predicted, actual, chances }: ClassifiedRows): Evaluation =>
    evaluateSummary(
      summarizeClassification({
        predictedClasses: predicted,
        actualClasses: actual,
        classes,
        ...(columns.probability !== undefined && {
          positiveClass: positive,
          probabilities: chances.map((chance) =>
            typeof chance === 'number' ? { [positive]: chance } : null,
          ),
        }),
      }),
    );
  return { reference: evaluate(rows.reference), current: evaluate(rows.current) };
}

interface ClassifiedRows {
  readonly predicted: string[];
  readonly actual: string[];
  readonly chances: TableValue[];
}

/** Rows without a prediction or an actual are left out. */
async function readClasses(table: TableFile, columns: PerformanceColumns): Promise<ClassifiedRows> {
  const rows: ClassifiedRows = { predicted: [], actual: [], chances: [] };
  const { prediction, actual, probability } = columns;
  const names = [prediction, actual, ...(probability === undefined ? [] : [probability])];
  for await (const [predicted = [], truth = [], chances = []] of table.readChunks(names)) {
    for (const [row, value] of predicted.entries()) {
      if (value === null || truth[row] === null) continue;
      rows.predicted.push(String(value));
      rows.actual.push(String(truth[row]));
      rows.chances.push(chances[row] ?? null);
    }
  }
  return rows;
}
