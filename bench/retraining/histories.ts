/** Histories to replay retraining on: rows in order of time, and what a model that was fitted at some day says of them. */

import { monitorSchema, type Monitor, type MonitorInput } from '../../core/monitor/schema.ts';
import { summarizeClassification } from '../../core/performance/classification-summary.ts';
import type { SummaryBlock } from '../../core/performance/intervals/metric-intervals.ts';
import { peakFlags } from '../../core/performance/peak-hours.ts';
import { summarizeRegression } from '../../core/performance/regression-summary.ts';
import type { SimulatedVersion } from '../../core/retraining/served-history.ts';
import { floorToHour, formatDay, type Window } from '../../core/window.ts';
import { fitModel, predictRows } from '../../demo/model/fitting.ts';
import type { Source } from '../estimation/cases.ts';

type Rows = Source['rows'];

/** The monitor of a source: every default but what is given. */
export function monitorOf(source: Source, settings: Partial<MonitorInput>): Monitor {
  const task =
    source.model === 'flight-delay'
      ? ({ task: 'classification', classes: ['on-time', 'late'], positiveClass: 'late' } as const)
      : ({ task: 'regression' } as const);
  const features = Object.fromEntries(source.columns.map(({ name, kind }) => [name, { kind }]));
  return monitorSchema.parse({ model: source.model, ...task, features, ...settings });
}

/** Fits a version on a window, once for all who ask; it predicts everything after. */
export function createTrainer(source: Source, monitor: Monitor): (training: Window) => SimulatedVersion {
  const versions = new Map<string, SimulatedVersion>();
  return (training) => {
    const version = `${formatDay(training.start)}..${formatDay(training.end)}`;
    const existing = versions.get(version);
    if (existing !== undefined) return existing;
    const fitted = fitModel(source.model, rowsIn(source.rows, training));
    const known = rowsIn(source.rows, { start: training.end, end: Infinity });
    const predictions = predictRows(
      fitted,
      known.map(({ features }) => features),
    );
    const trained = { version, outcomesIn: outcomesOf(monitor, known, predictions) };
    versions.set(version, trained);
    return trained;
  };
}

/** How many rows of a source are in a window? */
export function countRows({ rows }: Source, { start, end }: Window): number {
  return firstAt(rows, end) - firstAt(rows, start);
}

function outcomesOf(
  monitor: Monitor,
  rows: Rows,
  predictions: ReturnType<typeof predictRows>,
): SimulatedVersion['outcomesIn'] {
  return ({ start, end }) => {
    const blocks: SummaryBlock[] = [];
    const last = firstAt(rows, end);
    for (let from = firstAt(rows, start); from < last;) {
      const hour = floorToHour(rows[from]!.time);
      let to = from;
      while (to < last && floorToHour(rows[to]!.time) === hour) to += 1;
      blocks.push({
        start: hour,
        summary: summaryOf(monitor, rows.slice(from, to), predictions.slice(from, to)),
      });
      from = to;
    }
    return blocks;
  };
}

function summaryOf(
  monitor: Monitor,
  rows: Rows,
  predictions: ReturnType<typeof predictRows>,
): SummaryBlock['summary'] {
  if (monitor.task === 'regression')
    return summarizeRegression({
      predictions: Float64Array.from(predictions, ({ prediction }) => Number(prediction)),
      actuals: Float64Array.from(rows, ({ actual }) => Number(actual)),
      isPeak: peakFlags(
        Float64Array.from(rows, ({ time }) => time),
        monitor.performance.peakHours,
      ),
    });
  return summarizeClassification({
    predictedClasses: predictions.map(({ prediction }) => String(prediction)),
    actualClasses: rows.map(({ actual }) => String(actual)),
    probabilities: predictions.map(({ probabilities }) => probabilities ?? null),
    classes: monitor.classes ?? [],
    ...(monitor.positiveClass !== undefined && { positiveClass: monitor.positiveClass }),
  });
}

function rowsIn(rows: Rows, { start, end }: Window): Rows {
  return rows.slice(firstAt(rows, start), end === Infinity ? rows.length : firstAt(rows, end));
}

/** The first row that is not before an instant. */
function firstAt(rows: Rows, instant: number): number {
  let [low, high] = [0, rows.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (rows[middle]!.time < instant) low = middle + 1;
    else high = middle;
  }
  return low;
}
