/**
 * How far is performance that is estimated before actuals arrive from what is realized, side by side with NannyML?
 *
 *     sh bench/make-peers-venv.sh <venv>
 *     [TIDEWATCH_DATA=<directory>] npx tsx bench/estimation/side-by-side.ts --venv <venv> [--only flights] [--each] [--json file]
 *
 * One of the demo's models is fitted to the first days of real data and then only served; the days after that are the
 * reference; all weeks and months (28 days) after the reference are estimated by both, from the same rows. Several lengths of
 * both are tried, as a single one says little: months are few, and errors of neighbouring weeks are alike.
 */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import Table from 'cli-table3';

import type { EstimationRows, Estimate } from '../../core/estimation/estimator.ts';
import { estimateMetrics, fitEstimator } from '../../core/estimation/estimator.ts';
import { sampleOf } from '../../core/multivariate/sample.ts';
import { evaluateSummary } from '../../core/performance/evaluate.ts';
import { summarizeClassification } from '../../core/performance/classification-summary.ts';
import { summarizeRegression } from '../../core/performance/regression-summary.ts';
import { valueOf } from '../../core/verdict.ts';
import { readOptions } from '../options.ts';
import { runProcess } from '../compare/process-run.ts';
import {
  bikes,
  bikesOfBothYears,
  caseOf,
  chunksOf,
  flights,
  stations,
  type EstimationCase,
  type ServedRow,
  type Source,
} from './cases.ts';

const options = readOptions({ venv: String, only: String, each: false, json: String });
const directory = process.env['TIDEWATCH_DATA'];
if (directory === undefined)
  console.log('TIDEWATCH_DATA names no directory: bikes of both years and stations are skipped.');

/** Days that the model is fitted to, then days of the reference. */
type Setting = readonly [fitDays: number, referenceDays: number];
const bothYears = bikesOfBothYears(directory);
const sources: readonly (readonly [Source, readonly Setting[]])[] = [
  [
    flights(),
    [
      [90, 60],
      [90, 91],
      [90, 122],
      [90, 153],
    ],
  ],
  [
    bikes(),
    [
      [59, 61],
      [59, 92],
      [59, 122],
      [90, 91],
      [120, 92],
      [151, 92],
    ],
  ],
  ...(bothYears === undefined
    ? []
    : [
        [
          bothYears,
          [
            [90, 184],
            [181, 184],
            [181, 365],
            [365, 92],
            [365, 182],
          ],
        ] as const,
      ]),
  ...stations(directory).map(
    (source) =>
      [
        source,
        [
          [90, 91],
          [120, 122],
          [181, 61],
        ],
      ] as const,
  ),
];

const classes = ['on-time', 'late'] as const;
const lengths = { weeks: 7, months: 28 } as const;
type Length = keyof typeof lengths;
const metricNames = { regression: ['mae', 'rmse'], classification: ['accuracy', 'f1', 'roc_auc'] } as const;
type Metric = (typeof metricNames)['regression' | 'classification'][number];

/** Of one metric, over the chunks of one length in one setting. */
interface Difference {
  readonly data: string;
  readonly setting: string;
  readonly length: Length;
  readonly metric: Metric;
  readonly chunks: number;
  readonly ours: number;
  readonly theirs: number;
  /** Chunks whose realized value is within our interval. */
  readonly inside: number;
}

function rowsOf({ task, columns }: EstimationCase, rows: readonly ServedRow[]): EstimationRows {
  const sample = sampleOf(
    columns,
    rows.map(({ time, features }) => ({ time, values: columns.map(({ name }) => features[name]) })),
  );
  return task === 'regression'
    ? { task, sample, predictions: Float64Array.from(rows, ({ prediction }) => Number(prediction)) }
    : {
        task,
        sample,
        predictedClasses: rows.map(({ prediction }) => String(prediction)),
        probabilities: rows.map(({ probabilities }) => probabilities ?? null),
        classes,
      };
}

/** F1 of the class that is to be found, as NannyML has it. */
function realizedOf(task: EstimationCase['task'], rows: readonly ServedRow[]): (metric: Metric) => number {
  const summary =
    task === 'regression'
      ? summarizeRegression({
          predictions: Float64Array.from(rows, ({ prediction }) => Number(prediction)),
          actuals: Float64Array.from(rows, ({ actual }) => Number(actual)),
        })
      : summarizeClassification({
          predictedClasses: rows.map(({ prediction }) => String(prediction)),
          actualClasses: rows.map(({ actual }) => String(actual)),
          probabilities: rows.map(({ probabilities }) => probabilities ?? null),
          classes,
        });
  const { metrics, details } = evaluateSummary(summary);
  return (metric) =>
    metric === 'f1' && details.task === 'classification'
      ? details.byClass['late']!.f1
      : valueOf(metrics[metric])!;
}

const estimateOf = ({ metrics, byClass }: Estimate, metric: Metric): number =>
  metric === 'f1' ? byClass!['late']!.f1 : valueOf(metrics[metric])!;

async function compare(one: EstimationCase): Promise<Difference[]> {
  const chunks = Object.fromEntries(
    Object.entries(lengths).map(([length, days]) => [length, chunksOf(one, days)]),
  ) as Record<Length, readonly (readonly ServedRow[])[]>;
  const theirs = await nannyml(one, chunks);
  const actuals = one.reference.map(({ actual }) => actual);
  const estimator = fitEstimator(rowsOf(one, one.reference), actuals as number[] | string[]);
  if ('notComputable' in estimator) throw new Error(estimator.notComputable);
  return (Object.keys(lengths) as Length[]).flatMap((length) => {
    const each = chunks[length].map((rows, chunk) => {
      const estimate = estimateMetrics(estimator, rowsOf(one, rows));
      if ('notComputable' in estimate) throw new Error(estimate.notComputable);
      return { estimate, theirs: theirs[length]![chunk]!, realized: realizedOf(one.task, rows) };
    });
    const mean = (of: (chunk: (typeof each)[number]) => number): number =>
      each.reduce((sum, chunk) => sum + of(chunk), 0) / each.length;
    return metricNames[one.task].map((metric): Difference => {
      return {
        data: one.data.startsWith('bikes') || one.data.startsWith('flights') ? one.data : 'stations 2014',
        setting: `${one.data}: ${one.fitDays} + ${one.referenceDays} days`,
        length,
        metric,
        chunks: each.length,
        ours: mean(({ estimate, realized }) => Math.abs(estimateOf(estimate, metric) - realized(metric))),
        theirs: mean(({ theirs, realized }) => Math.abs(theirs[metric]! - realized(metric))),
        inside: each.filter(({ estimate: { intervals }, realized }) => {
          const interval = intervals[metric];
          // The interval of F1 is of the mean over classes, not of one.
          if (interval === undefined || metric === 'f1') return false;
          return interval.low <= realized(metric) && realized(metric) <= interval.high;
        }).length,
      };
    });
  });
}

type PeerEstimates = Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, number>>>>>>;

/** Length -> chunk -> metric -> estimate. */
async function nannyml(
  { task, columns, reference }: EstimationCase,
  chunks: Readonly<Record<Length, readonly (readonly ServedRow[])[]>>,
): Promise<PeerEstimates> {
  const place = mkdtempSync(join(tmpdir(), 'tidewatch-estimation-'));
  try {
    const names = columns.map(({ name }) => name);
    const numbers = new Map<ServedRow, Partial<Record<Length, number>>>();
    for (const [length, all] of Object.entries(chunks)) {
      for (const [chunk, rows] of all.entries()) {
        for (const row of rows) numbers.set(row, { ...numbers.get(row), [length]: chunk });
      }
    }
    const line = (row: ServedRow, chunkOf: (length: Length) => number | string): string =>
      [
        ...names.map((name) => row.features[name] ?? ''),
        row.prediction,
        row.actual,
        row.probabilities?.['late'] ?? '',
        ...(Object.keys(lengths) as Length[]).map(chunkOf),
      ].join(',');
    const head = [...names, 'prediction', 'actual', 'probability', ...Object.keys(lengths)].join(',');
    const lines = [
      ...reference.map((row) => line(row, () => -1)),
      // A row of a chunk that is cut off has no number.
      ...[...numbers].map(([row, of]) => line(row, (length) => of[length] ?? '')),
    ];
    writeFileSync(join(place, 'rows.csv'), [head, ...lines].join('\n'));
    const categorical = columns.filter(({ kind }) => kind === 'categorical').map(({ name }) => name);
    writeFileSync(
      join(place, 'case.json'),
      JSON.stringify({ task, features: names, categorical, positive: 'late', lengths: Object.keys(lengths) }),
    );
    const { output } = await runProcess([
      join(options.venv ?? '', 'bin', 'python'),
      'bench/estimation/peers/nannyml_estimates.py',
      join(place, 'rows.csv'),
      join(place, 'case.json'),
    ]);
    return JSON.parse(output.trim().split('\n').at(-1)!) as PeerEstimates;
  } finally {
    rmSync(place, { recursive: true });
  }
}

const differences: Difference[] = [];
for (const [source, settings] of sources) {
  if (options.only !== undefined && !source.data.startsWith(options.only)) continue;
  for (const [fitDays, referenceDays] of settings) {
    console.error(`${source.data}: model of ${fitDays} days, reference of ${referenceDays}`);
    differences.push(...(await compare(caseOf(source, fitDays, referenceDays))));
  }
}
if (options.json !== undefined) writeFileSync(options.json, JSON.stringify(differences, undefined, 1));

const groups = new Map<string, Difference[]>();
for (const one of differences) {
  const key = [options.each ? one.setting : one.data, one.length, one.metric].join('|');
  groups.set(key, [...(groups.get(key) ?? []), one]);
}
const head = ['', '', '', 'chunks', 'ours', 'NannyML', 'ours / NannyML', 'settings not worse', 'inside 95%'];
const table = new Table({ head, style: { head: [], border: [], compact: true } });
for (const [key, group] of groups) {
  const mean = (of: (one: Difference) => number): number =>
    group.reduce((sum, one) => sum + of(one), 0) / group.length;
  const [ours, theirs] = [mean((one) => one.ours), mean((one) => one.theirs)];
  const chunks = group.reduce((sum, one) => sum + one.chunks, 0);
  const inside = group.reduce((sum, one) => sum + one.inside, 0);
  table.push([
    ...key.split('|'),
    chunks,
    ours.toPrecision(3),
    theirs.toPrecision(3),
    (ours / theirs).toFixed(3),
    `${group.filter((one) => one.ours <= one.theirs).length} of ${group.length}`,
    group[0]!.metric === 'f1' ? '' : `${((100 * inside) / chunks).toFixed(0)}%`,
  ]);
}
console.log(table.toString());
