/**
 * How often does a verdict call drift in real series where nothing was injected, and how often does it see a shift?
 *
 *     TIDEWATCH_DATA=<directory> npx tsx bench/false-alarms/real.ts [--days 1] [--groups bikes,rates] [--method population-stability-index] [--reference 31] [--alpha 0.05] [--each] [--alarms] [--json file]
 */

import { writeFileSync } from 'node:fs';

import Table from 'cli-table3';

import { isMethodName } from '../../core/statistics/registry.ts';
import { readOptions } from '../options.ts';
import { readers, type SeriesGroup } from './series.ts';
import { byJudge, judgeRun, judges, prepare, type Examined, type Fault, type Judge } from './window-runs.ts';

const rateYears = 10;
const {
  days: windowDays,
  alpha,
  ...options
} = readOptions({
  days: 7,
  groups: String,
  method: String,
  reference: Number,
  alpha: 0.05,
  each: false,
  alarms: false,
  json: String,
});
const directory = process.env['TIDEWATCH_DATA'];
if (directory === undefined) {
  console.log('Skipped: TIDEWATCH_DATA does not name a directory with the real series.');
  process.exit(0);
}

/** In standard deviations of the reference; 0: nothing is injected. */
const shifts = [0, 0.25, 0.5, 1, 2] as const;

/** Up in one window, down in the next. */
const faultsOf = (window: number): Fault[] =>
  shifts.map((shift) => (value, deviation) => value + (window % 2 === 0 ? 1 : -1) * shift * deviation);

/** Judge -> shares of windows with an alarm, for each of the shifts. */
type Rates = Readonly<Record<Judge, readonly number[]>>;

interface FeatureRates {
  readonly name: string;
  readonly rates: Rates;
  readonly alarms: readonly string[];
}

/** With only the first days as its reference, where asked for. */
function shortened(group: SeriesGroup): SeriesGroup {
  const referenceDays = options.reference ?? group.referenceDays;
  return { ...group, referenceDays };
}

function windowEnds(group: SeriesGroup): readonly number[] {
  const last = Math.max(...group.series.map(({ days }) => days.at(-1)! + 1));
  const step = windowDays * (windowDays === 1 ? 3 : 1) * group.every;
  const first = group.referenceDays === 'rolling' ? last - 365 * rateYears : group.referenceDays + windowDays;
  return Array.from({ length: Math.floor((last - first) / step) + 1 }, (_, i) => first + i * step);
}

function examineGroup(group: SeriesGroup): FeatureRates[] {
  const ends = windowEnds(group);
  const chosen = options.method !== undefined && isMethodName(options.method) ? options.method : undefined;
  const runs: (Examined | undefined)[][] = ends.map(() => []);
  for (const series of group.series) {
    const { referenceDays } = group;
    const fixed =
      referenceDays === 'rolling'
        ? undefined
        : prepare(series, { first: series.days[0]!, end: referenceDays }, ends.at(-1)!, windowDays, chosen);
    for (const [i, end] of ends.entries()) {
      const start = end - windowDays;
      const examine = fixed ?? prepare(series, { first: start - 371, end: start }, end, windowDays, chosen);
      runs[i]!.push(examine(end, faultsOf(i)));
    }
  }
  return group.series.flatMap(({ name }, feature) => {
    const counts = { ours: [0], plain: [0], evidently: [0], nannyml: [0] } satisfies Record<Judge, number[]>;
    const alarms: string[] = [];
    const judged = runs.filter((run) => run[feature] !== undefined);
    // A day of exchange rates is one row.
    if (judged.length === 0) return [];
    for (const [i, run] of runs.entries()) {
      if (run[feature] === undefined) continue;
      for (const fault of shifts.keys()) {
        const { called, drift } = judgeRun(run, feature, fault, alpha);
        for (const judge of judges)
          counts[judge][fault] = (counts[judge][fault] ?? 0) + Number(called[judge]);
        if (fault === 0 && called.ours)
          alarms.push(`day ${ends[i]}, ${drift.question}: ${drift.verdict.reason}`);
      }
    }
    const rates = byJudge((judge) => counts[judge].map((count) => count / judged.length));
    return { name: `${group.name}.${name}`, rates, alarms };
  });
}

const meanOf = (all: readonly Rates[]): Rates =>
  byJudge((judge) =>
    shifts.map((_, shift) => all.reduce((sum, rates) => sum + rates[judge][shift]!, 0) / all.length),
  );
const row = (name: string, rates: Rates): string[] => [
  name,
  ...judges.map((judge) => rates[judge].map((rate) => (100 * rate).toFixed(1).padStart(5)).join(' ')),
];

const wanted = options.groups?.split(',');
const started = performance.now();
const byGroup = Object.entries(readers(directory))
  .filter(([name]) => wanted === undefined || wanted.includes(name))
  .map(([name, read]) => ({ name, features: examineGroup(shortened(read())) }))
  .filter(({ features }) => features.length > 0);
const table = new Table({
  head: ['', 'ours', 'KS, effective size, BH', 'Evidently', 'NannyML'],
  style: { head: [], border: [], compact: true },
});
for (const { name, features } of byGroup) {
  if (options.each) for (const feature of features) table.push(row(feature.name, feature.rates));
  table.push(row(name, meanOf(features.map(({ rates }) => rates))));
}
const features = byGroup.flatMap(({ features }) => features);
table.push(row('mean of features', meanOf(features.map(({ rates }) => rates))));
table.push(
  row('mean of groups', meanOf(byGroup.map(({ features }) => meanOf(features.map(({ rates }) => rates))))),
);
console.log(
  `% of windows of ${windowDays} days with an alarm: nothing injected, then a shift of .25, .5, 1 and 2 sd`,
);
console.log(table.toString());
for (const { name, alarms } of options.alarms ? features : [])
  for (const alarm of alarms) console.log(`${name}, ${alarm}`);
console.log(`${((performance.now() - started) / 1000).toFixed(0)} s`);
if (options.json !== undefined) writeFileSync(options.json, JSON.stringify({ windowDays, byGroup }, null, 1));
