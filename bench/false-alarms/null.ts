/**
 * Made data in which nothing has changed: how many runs over 20 features raise any alarm, and how often is a fault in one
 * of them seen?
 *
 *     npx tsx bench/false-alarms/null.ts [--runs 60] [--days 1,7,21,208] [--processes iid,ar.95] [--seed 1]
 */

import Table from 'cli-table3';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import type { RandomGenerator } from 'pure-rand/types/RandomGenerator';

import { readOptions } from '../options.ts';
import type { Series } from './series.ts';
import { judgeRun, judges, prepare, type Examined, type Fault, type Judgement } from './window-runs.ts';

const alpha = 0.05;
const featureCount = 20;
const referenceDays = 416;
const rowsPerDay = 24;
const options = readOptions({ runs: 60, days: '1,7,21,208', processes: String, seed: 1 });
const runCount = options.runs;
const random = xoroshiro128plus(options.seed);

/** Made hour by hour: standard deviation 1. */
const processes: Readonly<Record<string, { kind: Series['kind']; next: () => (hour: number) => number }>> = {
  iid: { kind: 'continuous', next: () => () => normal(random) },
  'ar.8': { kind: 'continuous', next: () => autoregressive(0.8) },
  'ar.95': { kind: 'continuous', next: () => autoregressive(0.95) },
  daily: {
    kind: 'continuous',
    next: () => {
      const noise = autoregressive(0.8);
      return (hour) => Math.sin((hour / 24) * 2 * Math.PI) + Math.SQRT1_2 * noise();
    },
  },
  levels: { kind: 'categorical', next: () => () => level(random) },
  'sticky levels': {
    kind: 'categorical',
    next: () => {
      let now = level(random);
      return () => {
        if (uniform(random) < 0.2) now = level(random);
        return now;
      };
    },
  },
};
const faults: Readonly<Record<'continuous' | 'categorical', Readonly<Record<string, Fault>>>> = {
  continuous: {
    none: (value) => value,
    '.25 sd': (value, deviation) => value + 0.25 * deviation,
    '.5 sd': (value, deviation) => value + 0.5 * deviation,
    '1 sd': (value, deviation) => value + deviation,
    'scale 1.5': (value) => 1.5 * value,
  },
  categorical: {
    none: (value) => value,
    'move .1': (value) => (value === 0 && uniform(random) < 0.25 ? 1 : value),
    'move .2': (value) => (value === 0 && uniform(random) < 0.5 ? 1 : value),
    'a new level': (value) => (value === 2 ? 9 : value),
  },
};

function autoregressive(coefficient: number): () => number {
  let value = normal(random);
  const noise = Math.sqrt(1 - coefficient ** 2);
  return () => (value = coefficient * value + noise * normal(random));
}

/** Box and Muller. */
function normal(generator: RandomGenerator): number {
  return Math.sqrt(-2 * Math.log(1 - uniform(generator))) * Math.cos(2 * Math.PI * uniform(generator));
}

/** Shares .4, .3, .2, .1. */
function level(generator: RandomGenerator): number {
  const at = uniform(generator);
  return at < 0.4 ? 0 : at < 0.7 ? 1 : at < 0.9 ? 2 : 3;
}

/** In [0, 1), 32 bits. */
function uniform(generator: RandomGenerator): number {
  return (generator.next() >>> 0) / 2 ** 32;
}

const wanted = options.processes?.split(',');
const started = performance.now();
const table = new Table({
  head: ['series', 'rows', 'fault', 'ours', 'KS or chi-squared, effective size, BH', 'Evidently', 'NannyML'],
  style: { head: [], border: [], compact: true },
});
for (const [process, { kind = 'continuous', next }] of Object.entries(processes)) {
  if (wanted !== undefined && !wanted.includes(process)) continue;
  for (const windowDays of options.days.split(',').map(Number)) {
    const runsHere = Math.min(runCount, windowDays > 100 ? 8 : Infinity);
    const ends = Array.from({ length: runsHere }, (_, i) => referenceDays + (i + 1) * windowDays);
    const runs: Examined[][] = ends.map(() => []);
    for (let feature = 0; feature < featureCount; feature += 1) {
      const value = next();
      const length = ends.at(-1)! * rowsPerDay;
      const series: Series = {
        name: `feature ${feature}`,
        days: Int32Array.from({ length }, (_, hour) => Math.floor(hour / rowsPerDay)),
        values: Float64Array.from({ length }, (_, hour) => value(hour)),
        kind,
      };
      const examine = prepare(series, { first: 0, end: referenceDays }, ends.at(-1)!, windowDays);
      // A run has its fault in one feature.
      for (const [i, end] of ends.entries()) {
        const all = Object.values(faults[kind]);
        runs[i]!.push(examine(end, i % featureCount === feature ? all : all.slice(0, 1))!);
      }
    }
    for (const [fault, name] of Object.keys(faults[kind]).entries()) {
      const judged = runs.map((run, i) => judgeRun(run, i % featureCount, fault, alpha));
      const percent = (is: (judgement: Judgement) => boolean): string =>
        ((100 * judged.filter(is).length) / judged.length).toFixed(0);
      table.push([
        fault === 0 ? process : '',
        fault === 0 ? windowDays * rowsPerDay : '',
        name,
        ...judges.map((judge) =>
          percent(({ called, calledAny }) => (fault === 0 ? calledAny : called)[judge]),
        ),
      ]);
    }
  }
}
console.log(
  `% of ${runCount} runs over ${featureCount} features (8 of 4,992 rows): any alarm without a fault, or one in the`,
);
console.log('feature that has the fault');
console.log(table.toString());
console.log(`${((performance.now() - started) / 1000).toFixed(0)} s`);
