/**
 * How long does it take to evaluate a 30-day window of 10M outcomes from the summaries of its hours, and one of 370,000?
 *
 *     npx tsx bench/performance/stored-window.ts [--json]
 *
 * 720 hours of 13,889 rows each (counted in cells), and of 512 (every value kept): bytes -> summaries -> their sum -> every metric of the task.
 */

import { cpus } from 'node:os';

import Table from 'cli-table3';

import {
  summarizeClassification,
  type ClassificationOutcomes,
} from '../../core/performance/classification-summary.ts';
import { decodeSummary, encodeSummary } from '../../core/performance/encode.ts';
import { evaluateSummary } from '../../core/performance/evaluate.ts';
import { summarizeRegression } from '../../core/performance/regression-summary.ts';
import { mergeSummaries, type OutcomeSummary } from '../../core/performance/summary.ts';
import { readOptions } from '../options.ts';
import { columnOf, shapes } from '../profiles/shapes.ts';
import { machineText, timeOf } from '../profiles/timing.ts';

const { json } = readOptions({ json: false });

const hourCount = 720;
const rowsAnHour = Math.round(1e7 / hourCount);
const repetitions = 25;

/** The most rows whose values are all kept, if each is another one. */
const fewRows = 512;

const tasks: Readonly<Record<string, (rows: number, seed: number) => OutcomeSummary>> = {
  regression: (rows, seed) => {
    const actuals = columnOf(shapes['lognormal, sigma 2'], rows, seed);
    const noise = columnOf(shapes.normal, rows, seed + 1);
    const predictions = actuals.map((actual, row) => actual * Math.exp(0.2 * noise[row]!));
    return summarizeRegression({
      predictions,
      actuals,
      intervalLow: predictions.map((value) => value * 0.7),
      intervalHigh: predictions.map((value) => value * 1.4),
    });
  },
  'two classes': (rows, seed) => summarizeClassification(classesOf(['no', 'yes'], rows, seed)),
  'five classes': (rows, seed) => summarizeClassification(classesOf(['a', 'b', 'c', 'd', 'e'], rows, seed)),
};

function classesOf(classes: readonly string[], count: number, seed: number): ClassificationOutcomes {
  const logits = classes.map((_, index) => columnOf(shapes.normal, count, seed + 10 * index));
  const luck = columnOf(shapes.normal, count, seed + 1_000);
  const rows = Array.from({ length: count }, (_, row) => {
    const powers = logits.map((ofClass) => Math.exp(1.5 * ofClass[row]!));
    const total = powers.reduce((sum, power) => sum + power, 0);
    const best = powers.indexOf(Math.max(...powers));
    const actual = Math.abs(luck[row]!) < 1 ? best : row % classes.length;
    return { probabilities: powers.map((power) => power / total), best, actual };
  });
  return {
    classes,
    predictedClasses: rows.map(({ best }) => classes[best]!),
    actualClasses: rows.map(({ actual }) => classes[actual]!),
    probabilities: rows.map(({ probabilities }) =>
      Object.fromEntries(probabilities.map((chance, index) => [classes[index]!, chance])),
    ),
  };
}

const cases = Object.entries(tasks).flatMap(([task, summarize]) =>
  [rowsAnHour, fewRows].map((rows) => ({ task, rows, summarize: (seed: number) => summarize(rows, seed) })),
);
const results = cases.map(({ task, rows, summarize }) => {
  const made = Array.from({ length: 8 }, (_, i) => encodeSummary(summarize(100 * i)));
  // Each at an address of its own, as they come from the database.
  const stored = Array.from({ length: hourCount }, (_, hour) => made[hour % made.length]!.slice());
  const decoded = stored.map(decodeSummary);
  const merged = mergeSummaries(decoded);
  return {
    task,
    rows,
    bytesAnHour: stored.reduce((sum, { length }) => sum + length, 0) / hourCount,
    decodeMs: timeOf(repetitions, () => stored.map(decodeSummary)).min,
    mergeMs: timeOf(repetitions, () => mergeSummaries(decoded)).min,
    evaluateMs: timeOf(repetitions, () => evaluateSummary(merged)).min,
    togetherMs: timeOf(repetitions, () => evaluateSummary(mergeSummaries(stored.map(decodeSummary)))).min,
    summarizeMs: timeOf(repetitions, () => encodeSummary(summarize(7))).min,
  };
});

const machine = machineText(cpus()[0]?.model ?? 'unknown processor', cpus().length);
if (json) {
  console.log(JSON.stringify({ machine, hourCount, repetitions, results }, undefined, 2));
} else {
  const head = [
    'task',
    'rows an hour',
    'bytes an hour',
    'decode, ms',
    'merge, ms',
    'evaluate, ms',
    'together, ms',
    'make an hour',
  ];
  const table = new Table({ head, style: { head: [], border: [], compact: true } });
  for (const { task, rows, bytesAnHour, decodeMs, mergeMs, evaluateMs, togetherMs, summarizeMs } of results) {
    const times = [decodeMs, mergeMs, evaluateMs, togetherMs, summarizeMs].map((ms) => ms.toFixed(1));
    table.push([task, rows, Math.round(bytesAnHour), ...times]);
  }
  console.log(`${machine}\n${table.toString()}`);
}
