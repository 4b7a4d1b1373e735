/** A simulation as people read it. */

import Table from 'cli-table3';

import { formatSignificant } from '../../../core/number-text.ts';
import {
  betterBy,
  countText,
  metricTable,
  metricText,
  percentText,
} from '../../../core/performance/metrics.ts';
import type { SimulatedRun } from '../../../core/retraining/simulation.ts';
import { simulationPrefix } from '../../../core/retraining/trainer-contract.ts';
import { dayMs, formatDay } from '../../../core/window.ts';
import { plain } from '../../compare/column-table.ts';
import type { Screen } from '../../paint.ts';
import type { StoredHistory } from './read-history.ts';
import type { PlannedSimulation } from './simulate.ts';
import type { ShownSimulation } from './simulation-json.ts';

/** What would be asked for at most. */
export function planText(planned: PlannedSimulation, { paint }: Screen): string {
  const { history, policies, trainings, cost } = planned;
  const { trainer } = history.policy;
  const table = new Table({ ...plain, head: ['policy', 'trainings'] });
  for (const { name, trainings, isExact } of policies)
    table.push([name, `${isExact || trainings === 0 ? '' : 'at most '}${trainings}`]);
  return [
    headOf(history, paint),
    table.toString(),
    `at most ${countText(trainings, 'training')} ${viaText(trainer)}, each window once${costText(cost, ', assumed to cost ')}`,
    'training' in history.first
      ? 'one of them is of the version that serves at first: none has predicted all of these days'
      : `version ${history.first.version} serves at first`,
    paint(
      'dim',
      'each version predicts from the end of its training to the end of these days; nothing that serves is touched, and nothing stays',
    ),
  ].join('\n');
}

function viaText(trainer: PlannedSimulation['history']['policy']['trainer']): string {
  switch (trainer.kind) {
    case 'http':
      return `by ${trainer.url}`;
    case 'temporal':
      return `on task queue ${trainer.taskQueue}`;
    case 'command':
      return `by ${trainer.command.join(' ')}`;
  }
}

/** Error against number of trainings, a row a policy. */
export function simulationText(shown: ShownSimulation, { paint }: Screen): string {
  const { history, runs, first, trainings, cost, leftovers, kept } = shown;
  const label = runs[0] === undefined ? '' : metricTable[runs[0].metric].label;
  const never = runs.find(({ name }) => name === 'never');
  const table = new Table({
    ...plain,
    head: [
      'policy',
      `${label} (95% interval)`,
      ...(never === undefined ? [] : ['than never']),
      'trainings',
      'promoted',
      'surely better',
    ],
  });
  for (const run of runs) {
    const { name, starts } = run;
    table.push([
      name,
      valueText(run),
      ...(never === undefined ? [] : [againstText(run, never)]),
      starts.length,
      starts.filter(({ end }) => end === 'promoted').length,
      starts.filter(
        ({ gain }) => gain && 'interval' in gain && 'low' in gain.interval && gain.interval.low > 0,
      ).length,
    ]);
  }
  return [
    headOf(history, paint),
    table.toString(),
    `${countText(trainings, 'training')}${costText(cost, ', cost ')}; version ${first} served at first`,
    ...(leftovers === 0
      ? []
      : [`${countText(leftovers, 'prediction')} that an earlier simulation had left were deleted first`]),
    ...(kept
      ? [
          `their predictions are kept until the next simulation: role shadow, versions that begin with ${simulationPrefix}`,
        ]
      : []),
    paint(
      'dim',
      'by all actuals that are known now; a challenger serves from the day after, without approval, rollout or roll-back; surely better: than the version before, over all the time that it served',
    ),
  ].join('\n');
}

function headOf({ monitor: { model }, span }: StoredHistory, paint: Screen['paint']): string {
  const days = countText((span.end - span.start) / dayMs, 'day');
  return `${paint('bold', model)}: ${days}, ${formatDay(span.start)} to ${formatDay(span.end - dayMs)}`;
}

function valueText({ metric, value, interval }: SimulatedRun): string {
  if ('notComputable' in value) return value.notComputable;
  const bounds = interval?.map((bound) => metricText(metric, bound)).join(' to ');
  return `${metricText(metric, value.value)}${bounds === undefined ? '' : ` (${bounds})`}`;
}

/** `37% better` */
function againstText({ name, metric, value }: SimulatedRun, never: SimulatedRun): string {
  if (name === never.name || !('value' in value) || !('value' in never.value)) return '';
  const by = betterBy(metric, value.value, never.value.value);
  if (by === undefined || by === 0 || never.value.value === 0) return '';
  return `${percentText(Math.abs(by / never.value.value))} ${by > 0 ? 'better' : 'worse'}`;
}

function costText(cost: number | null, words: string): string {
  return cost === null ? '' : `${words}${formatSignificant(cost)}`;
}
