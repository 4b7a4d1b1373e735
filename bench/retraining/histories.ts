/** Histories to replay retraining on: rows in order of time, and what a model that was fitted at some day says of them. */

import { monitorSchema, type Monitor, type MonitorInput } from '../../core/monitor/schema.ts';
import { summarizeClassification } from '../../core/performance/classification-summary.ts';
import type { SummaryBlock } from '../../core/performance/intervals/metric-intervals.ts';
import { peakFlags } from '../../core/performance/peak-hours.ts';
import { summarizeRegression } from '../../core/performance/regression-summary.ts';
import type { SimulatedVersion } from '../../core/retraining/served-history.ts';
import { floorToHour, formatDay, type Window } from '../../core/window.ts';
import { fitModel, predictRows, type ModelPrediction } from '../../demo/model/fitting.ts';
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

/** Fits a version on a window, once for all who ask. */
export function createTrainer(source: Source, monitor: Monitor): (training: Window) => SimulatedVersion {
  const hours = hoursOf(source.rows);
  const versions = new Map<string, SimulatedVersion>();
  return (training) => {
    const version = `${formatDay(training.start)}..${formatDay(training.end)}`;
    const existing = versions.get(version);
    if (existing !== undefined) return existing;
    const fitted = fitModel(source.model, rowsIn(source.rows, training));
    const predict = (rows: Rows): ModelPrediction[] =>
      predictRows(
        fitted,
        rows.map(({ features }) => features),
      );
    const trained = { version, outcomesIn: createOutcomes(monitor, hoursFrom(hours, training.end), predict) };
    versions.set(version, trained);
    return trained;
  };
}

/** How many rows of a source are in a window? */
export function countRows({ rows }: Source, { start, end }: Window): number {
  return firstAt(rows, end, timeOf) - firstAt(rows, start, timeOf);
}

/** What a version was trained on it does not predict. */
function hoursFrom(hours: readonly Hour[], start: number): readonly Hour[] {
  return hours.slice(firstAt(hours, start, startOf));
}

interface Hour {
  readonly start: number;
  readonly rows: Rows;
}

function hoursOf(rows: Rows): readonly Hour[] {
  const hours: Hour[] = [];
  for (let from = 0; from < rows.length;) {
    const start = floorToHour(rows[from]!.time);
    let to = from;
    while (to < rows.length && floorToHour(rows[to]!.time) === start) to += 1;
    hours.push({ start, rows: rows.slice(from, to) });
    from = to;
  }
  return hours;
}

/** What nobody asks for is not predicted: most versions serve for some weeks. */
function createOutcomes(
  monitor: Monitor,
  hours: readonly Hour[],
  predict: (rows: Rows) => ModelPrediction[],
): SimulatedVersion['outcomesIn'] {
  const known = new Map<number, SummaryBlock>();
  return ({ start, end }) => {
    const asked = hours.slice(firstAt(hours, start, startOf), firstAt(hours, end, startOf));
    const missing = asked.filter((hour) => !known.has(hour.start));
    const predictions = predict(missing.flatMap(({ rows }) => rows));
    let from = 0;
    for (const { start: hour, rows } of missing) {
      const summary = summaryOf(monitor, rows, predictions.slice(from, from + rows.length));
      known.set(hour, { start: hour, summary });
      from += rows.length;
    }
    return asked.map((hour) => known.get(hour.start)!);
  };
}

function summaryOf(
  monitor: Monitor,
  rows: Rows,
  predictions: readonly ModelPrediction[],
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
  return rows.slice(firstAt(rows, start, timeOf), firstAt(rows, end, timeOf));
}

const timeOf = ({ time }: Rows[number]): number => time;
const startOf = ({ start }: Hour): number => start;

/** The first of them that is not before an instant. */
function firstAt<T>(all: readonly T[], instant: number, of: (one: T) => number): number {
  let [low, high] = [0, all.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (of(all[middle]!) < instant) low = middle + 1;
    else high = middle;
  }
  return low;
}
