/**
 * How often does a verdict call drift in real series where nothing was injected, and how often does it see a shift?
 *
 *     TIDEWATCH_DATA=<directory> npx tsx bench/false-alarms/real.ts [--days 1] [--groups bikes,rates] [--each] [--alarms] [--json file]
 */

import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';

import { isMethodName } from '../../core/statistics/registry.ts';
import { readers, type SeriesGroup } from './series.ts';
import { judgeRun, prepare, type Examined, type Fault, type Rates } from './window-runs.ts';

const alpha = 0.05;
const rateYears = 10;
const { values: options } = parseArgs({
  options: {
    days: { type: 'string', default: '7' },
    groups: { type: 'string' },
    method: { type: 'string' },
    each: { type: 'boolean', default: false },
    alarms: { type: 'boolean', default: false },
    json: { type: 'string' },
  },
});
const windowDays = Number(options.days);
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

interface FeatureRates extends Rates {
  readonly name: string;
  readonly alarms: readonly string[];
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
  return group.series.map(({ name }, feature) => {
    const ours = shifts.map(() => 0);
    const plain = shifts.map(() => 0);
    const alarms: string[] = [];
    const judged = runs.filter((run) => run[feature] !== undefined);
    for (const [i, run] of runs.entries()) {
      if (run[feature] === undefined) continue;
      for (const fault of shifts.keys()) {
        const judgement = judgeRun(run, feature, fault, alpha);
        if (judgement.plain) plain[fault]! += 1;
        if (judgement.ours.drifted !== 'yes') continue;
        ours[fault]! += 1;
        if (fault === 0)
          alarms.push(`day ${ends[i]}, ${judgement.ours.question}: ${judgement.ours.verdict.reason}`);
      }
    }
    const shares = (counts: readonly number[]): number[] => counts.map((count) => count / judged.length);
    return { name: `${group.name}.${name}`, ours: shares(ours), plain: shares(plain), alarms };
  });
}

const percent = (rates: readonly number[]): string =>
  rates.map((rate) => (100 * rate).toFixed(1).padStart(6)).join('');
const meanOf = (rates: readonly (readonly number[])[]): number[] =>
  shifts.map((_, s) => rates.reduce((sum, rate) => sum + rate[s]!, 0) / rates.length);

const wanted = options.groups?.split(',');
const started = performance.now();
const byGroup = Object.entries(readers(directory))
  .filter(([name]) => wanted === undefined || wanted.includes(name))
  .map(([name, read]) => ({ name, features: examineGroup(read()) }));
console.log(
  `% of windows of ${windowDays} days with an alarm   ours: false .25 .5 1 2 sd | KS, effective size, BH`,
);
for (const { name, features } of byGroup) {
  for (const feature of options.each ? features : []) {
    console.log(`  ${feature.name.padEnd(22)}${percent(feature.ours)} |${percent(feature.plain)}`);
    for (const alarm of options.alarms ? feature.alarms : []) console.log(`      ${alarm}`);
  }
  console.log(
    `${name.padEnd(24)}${percent(meanOf(features.map(({ ours }) => ours)))} |${percent(meanOf(features.map(({ plain }) => plain)))}`,
  );
}
const groupMeans = (side: keyof Rates): number[] =>
  meanOf(byGroup.map(({ features }) => meanOf(features.map((feature) => feature[side]))));
console.log(`${'mean of groups'.padEnd(24)}${percent(groupMeans('ours'))} |${percent(groupMeans('plain'))}`);
console.log(`${((performance.now() - started) / 1000).toFixed(0)} s`);
if (options.json !== undefined) writeFileSync(options.json, JSON.stringify({ windowDays, byGroup }, null, 1));
