/**
 * What do retraining policies make of two years of bikes and three quarters of a year of flights? Each has the demo's model
 * trained on trailing days and predict what comes, and is judged by the error as served and by how often it trained.
 *
 *     TIDEWATCH_DATA=<directory> npx tsx bench/retraining/policies.ts [--choose] [--starts] [--json file]
 *
 * The models have no randomness, so that a repetition is another start: four, a week apart. `--choose` tries parameters on the
 * bikes of 2011 alone, where `ours` was fixed: see RESULTS.md. The directory holds the bikes of both years; without it there are 2011 and the
 * flights only.
 */

import { writeFileSync } from 'node:fs';

import Table from 'cli-table3';

import { metricTable, metricText } from '../../core/performance/metrics.ts';
import type { SimulatedRun } from '../../core/retraining/simulation.ts';
import { formatDay, parseInstant, type Window } from '../../core/window.ts';
import { readOptions } from '../options.ts';
import { bikes, bikesOfBothYears, flights } from '../estimation/cases.ts';
import { choose, gridAround, parameterText, roomOf } from './choice.ts';
import { openCase, type Case, type Parameters, type Replay } from './replay.ts';
import { outcomeOf, pool, promotedOf, sureOf, type Pooled } from './outcome.ts';

const ours: Parameters = {
  by: 20,
  certainty: 'interval',
  overDays: 7,
  cooldownDays: 21,
  refreshDays: 56,
  holdoutDays: 7,
  gate: { better: '2%', certainty: '80%' },
};
/** Days after the start of a case. */
const startDays = [0, 7, 14, 21];

const options = readOptions({ choose: false, starts: false, json: String });
const days = (start: string, end: string): Window => ({
  start: parseInstant(`${start}T00:00:00Z`),
  end: parseInstant(`${end}T00:00:00Z`),
});
const both = bikesOfBothYears(process.env['TIDEWATCH_DATA']);
if (both === undefined)
  console.log(
    'TIDEWATCH_DATA names no directory with bike_hourly_2011_2012.csv: the bikes of 2012 are skipped.',
  );
const bikes2011: Case = {
  name: 'bikes 2011',
  source: both ?? bikes(),
  fit: days('2011-01-01', '2011-03-01'),
  span: days('2011-03-01', '2012-01-01'),
};
const reported: readonly Case[] = [
  ...(both === undefined
    ? []
    : [
        {
          name: 'bikes 2012',
          source: both,
          fit: days('2011-11-10', '2011-12-25'),
          span: days('2012-01-01', '2013-01-01'),
        },
      ]),
  {
    name: 'flights 2013',
    source: flights(),
    fit: days('2013-01-01', '2013-04-01'),
    span: days('2013-04-01', '2014-01-01'),
  },
];

function reportRuns(name: string, runs: readonly SimulatedRun[]): void {
  const fourWeekly = runs.find((run) => run.name === 'four-weekly')!;
  const label = metricTable[runs[0]!.metric].label;
  const table = new Table({
    head: [name, label, 'against four-weekly', 'trainings', 'promotions', 'surely better'],
    style: { head: [], border: [], compact: true },
  });
  for (const run of runs)
    table.push([
      run.name,
      'value' in run.value ? metricText(run.metric, run.value.value) : run.value.notComputable,
      percent(outcomeOf(run, fourWeekly).error),
      String(run.starts.length),
      String(promotedOf(run).length),
      String(sureOf(run).length),
    ]);
  console.log(table.toString());
  if (!options.starts) return;
  for (const run of runs)
    for (const { asOf, end, reason, gain } of run.starts)
      console.log(`${run.name}, ${formatDay(asOf)}: ${end}, ${reason}${gainText(gain)}`);
}

function gainText(gain: SimulatedRun['starts'][number]['gain']): string {
  if (gain === undefined) return '';
  if ('notComputable' in gain) return `; as served: ${gain.notComputable}`;
  const { value, interval } = gain;
  const sure = 'low' in interval ? `${percent(interval.low)} to ${percent(interval.high)}` : 'no interval';
  return `; as served ${percent(value)} (${sure}) of ${gain.rows} rows`;
}

function percent(share: number): string {
  return `${share > 0 ? '+' : ''}${(100 * share).toFixed(1)}%`;
}

/** A policy against four-weekly retraining, over several starts. */
function poolStarts(
  replays: readonly Replay[],
  fourWeekly: readonly SimulatedRun[],
  parameters: Parameters,
): Pooled {
  return pool(
    replays.map(({ simulate }, i) =>
      outcomeOf(simulate(parameters, (name) => name === 'ours')[0]!, fourWeekly[i]!),
    ),
  );
}

function reportPooled(all: readonly (Pooled & { readonly name: string })[]): void {
  const table = new Table({
    head: [
      `${startDays.length} starts each`,
      'error against four-weekly',
      'trainings',
      'promotions',
      'surely better',
      'starts that reach all',
    ],
    style: { head: [], border: [], compact: true },
  });
  for (const { name, error, trainings, promotions, sure, reached } of all)
    table.push([
      name,
      `${percent(error.mean)} (${percent(error.least)} to ${percent(error.most)})`,
      `${(100 * trainings).toFixed(0)}%`,
      String(promotions),
      promotions === 0 ? '0' : `${sure} (${((100 * sure) / promotions).toFixed(0)}%)`,
      String(reached),
    ]);
  console.log(table.toString());
}

function openStarts(of: Case): { replays: readonly Replay[]; fourWeekly: readonly SimulatedRun[] } {
  const replays = startDays.map(openCase(of, ours));
  const fourWeekly = replays.map(({ simulate }) => simulate(ours, (name) => name === 'four-weekly')[0]!);
  return { replays, fourWeekly };
}

if (options.choose) {
  const { replays, fourWeekly } = openStarts(bikes2011);
  const tried = gridAround(ours).map((parameters) => ({
    parameters,
    name: parameterText(parameters),
    ...poolStarts(replays, fourWeekly, parameters),
  }));
  reportPooled(tried.toSorted((a, b) => roomOf(b) - roomOf(a)));
  console.log(`chosen: ${parameterText(choose(tried).parameters)}`);
} else {
  console.log(`policy: ${parameterText(ours)}`);
  const results = [bikes2011, ...reported].map((of) => {
    const { replays, fourWeekly } = openStarts(of);
    const runs = [...replays[0]!.simulate(ours, () => true), ...replays[0]!.inHindsight(ours, 10)];
    reportRuns(of.name, runs);
    return { name: of.name, runs, ...poolStarts(replays, fourWeekly, ours) };
  });
  reportPooled(results);
  if (options.json !== undefined) writeFileSync(options.json, JSON.stringify(results, null, 1));
}
