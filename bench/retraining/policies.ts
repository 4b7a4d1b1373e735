/**
 * What do retraining policies make of two years of bikes and three quarters of a year of flights? Each has the demo's model
 * trained on trailing days and predict what comes, and is judged by the error as served and by how often it trained.
 *
 *     TIDEWATCH_DATA=<directory> npx tsx bench/retraining/policies.ts [--choose] [--starts] [--json file]
 *
 * `--choose` tries parameters on the bikes of 2011: `ours` below was chosen so. The directory holds the bikes of both years; without it
 * there are 2011 and the flights only.
 */

import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';

import Table from 'cli-table3';

import { rulesOf } from '../../core/degradation/rules.ts';
import type { MonitorInput } from '../../core/monitor/schema.ts';
import { metricTable, metricText } from '../../core/performance/metrics.ts';
import type { SimulatedVersion } from '../../core/retraining/served-history.ts';
import { simulatedPolicies, type SimulatedPolicy } from '../../core/retraining/simulated-policies.ts';
import {
  simulatePolicy,
  type RetrainingHistory,
  type SimulatedRun,
} from '../../core/retraining/simulation.ts';
import { dayMs, formatDay, parseInstant, type Window } from '../../core/window.ts';
import { bikes, bikesOfBothYears, flights, type Source } from '../estimation/cases.ts';
import { driftShares, evidenceOf } from './drift-days.ts';
import { countRows, createTrainer, monitorOf } from './histories.ts';

interface Case {
  readonly name: string;
  readonly source: Source;
  /** The first model is fitted on it. */
  readonly fit: Window;
  readonly span: Window;
}

/** What is chosen on the bikes of 2011 and reported on everything else. */
interface Parameters {
  /** Worse than its validation by so many percent. */
  readonly by: number;
  readonly certainty: 'interval' | 'point';
  readonly cooldownDays: number;
  /** Also after so many days of outcomes; 0: never. */
  readonly staleDays: number;
  readonly gate: { readonly better: string; readonly certainty: 'interval' | 'point' };
}

const ours: Parameters = {
  by: 20,
  certainty: 'interval',
  cooldownDays: 21,
  staleDays: 56,
  gate: { better: '0%', certainty: 'interval' },
};

const { values: options } = parseArgs({
  options: { choose: { type: 'boolean' }, starts: { type: 'boolean' }, json: { type: 'string' } },
});
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

function settingsOf(
  { source, span }: Case,
  { by, certainty, cooldownDays, staleDays, gate }: Parameters,
): Partial<MonitorInput> {
  const metric = source.model === 'flight-delay' ? 'log_loss' : 'rmse';
  const daily = countRows(source, span) / ((span.end - span.start) / dayMs);
  return {
    reference: { kind: 'fixed', start: formatDay(span.start), end: formatDay(span.start + 28 * dayMs) },
    degradation: { rules: [{ metric, worseThan: { baseline: 'validation', by: `${by}%` }, certainty }] },
    retraining: {
      trainer: { url: 'http://127.0.0.1:1' },
      trainingWindow: '45d',
      holdout: '7d',
      cooldown: `${cooldownDays}d`,
      triggers: {
        verdicts: ['critical'],
        ...(staleDays > 0 && { onNewOutcomes: Math.round(staleDays * daily) }),
      },
      gates: [{ metric, ...gate }],
    },
  };
}

/** Trains once for all policies of a case. */
function openCase(
  of: Case,
): (
  parameters: Parameters,
  choose: (all: readonly SimulatedPolicy[]) => readonly SimulatedPolicy[],
) => SimulatedRun[] {
  const { source, fit, span } = of;
  const train = createTrainer(source, monitorOf(source, settingsOf(of, ours)));
  const first = train(fit);
  let shares: ReturnType<typeof driftShares> | undefined;
  return (parameters, choose) => {
    const monitor = monitorOf(source, settingsOf(of, parameters));
    const policy = monitor.retraining!;
    const { reference } = monitor;
    const base: Omit<RetrainingHistory, 'driftOf'> = {
      monitor,
      policy,
      rules: rulesOf(monitor),
      span,
      first,
      countOutcomes: (window) => countRows(source, window),
    };
    const drift = (kind: 'ours' | 'evidently') => (asOf: number) => {
      shares ??= driftShares(source, referenceWindow(reference, span), span);
      return evidenceOf(shares[kind], asOf);
    };
    return choose(simulatedPolicies(policy)).flatMap((each) => {
      if (each.name !== 'on-drift-only') return [replay(each, { ...base, driftOf: () => undefined }, train)];
      return (['ours', 'evidently'] as const).map((kind) =>
        replay(
          { ...each, name: kind === 'ours' ? each.name : "on-drift-only (Evidently's rule)" },
          { ...base, driftOf: drift(kind) },
          train,
        ),
      );
    });
  };
}

function referenceWindow(reference: ReturnType<typeof monitorOf>['reference'], span: Window): Window {
  return reference.kind === 'fixed' ? days(reference.start, reference.end) : span;
}

function replay(
  policy: SimulatedPolicy,
  history: RetrainingHistory,
  train: (training: Window) => SimulatedVersion,
): SimulatedRun {
  const simulation = simulatePolicy(policy, history);
  let step = simulation.next();
  while (!step.done) step = simulation.next(train(step.value.training));
  return step.value;
}

const promotedOf = ({ starts }: SimulatedRun) => starts.filter(({ end }) => end === 'promoted');
const sureOf = (run: SimulatedRun) =>
  promotedOf(run).filter(
    ({ gain }) => gain && 'interval' in gain && 'low' in gain.interval && gain.interval.low > 0,
  );

function rowOf(run: SimulatedRun, against: SimulatedRun | undefined): string[] {
  const value = 'value' in run.value ? run.value.value : Number.NaN;
  const other = against !== undefined && 'value' in against.value ? against.value.value : Number.NaN;
  return [
    run.name,
    'value' in run.value ? metricText(run.metric, run.value.value) : run.value.notComputable,
    `${((100 * (value - other)) / other).toFixed(1)}%`,
    String(run.starts.length),
    String(promotedOf(run).length),
    String(sureOf(run).length),
  ];
}

function report(name: string, runs: readonly SimulatedRun[]): void {
  const fourWeekly = runs.find((run) => run.name === 'four-weekly');
  const label = metricTable[runs[0]!.metric].label;
  const table = new Table({
    head: [name, label, 'against four-weekly', 'trainings', 'promotions', 'surely better'],
    style: { head: [], border: [], compact: true },
  });
  for (const run of runs) table.push(rowOf(run, fourWeekly));
  console.log(table.toString());
  if (!options.starts) return;
  for (const run of runs)
    for (const { asOf, end, reason } of run.starts)
      console.log(`${run.name}, ${formatDay(asOf)}: ${end}, ${reason}`);
}

if (options.choose) {
  const simulate = openCase(bikes2011);
  const fixed = simulate(ours, (all) =>
    all.filter(({ name }) => ['never', 'weekly', 'four-weekly'].includes(name)),
  );
  const tried = [10, 20, 30].flatMap((by) =>
    (['interval', 'point'] as const).flatMap((certainty) =>
      [14, 21, 28].flatMap((cooldownDays) =>
        [0, 56].flatMap((staleDays) =>
          (
            [
              { better: '2%', certainty: 'point' },
              { better: '0%', certainty: 'interval' },
            ] as const
          ).flatMap((gate) =>
            simulate({ by, certainty, cooldownDays, staleDays, gate }, (all) =>
              all.filter(({ name }) => name === 'ours'),
            ).map((run) => ({
              ...run,
              name: `worse by ${by}% (${certainty}), cooldown ${cooldownDays} d, ${staleDays === 0 ? 'no refresh' : `refresh after ${staleDays} d`}, gate ${gate.better} (${gate.certainty})`,
            })),
          ),
        ),
      ),
    ),
  );
  report('bikes 2011', [...fixed, ...tried]);
} else {
  const results = [bikes2011, ...reported].map((each) => ({
    name: each.name,
    runs: openCase(each)(ours, (all) => all),
  }));
  for (const { name, runs } of results) report(name, runs);
  if (options.json !== undefined) writeFileSync(options.json, JSON.stringify(results, null, 1));
}
