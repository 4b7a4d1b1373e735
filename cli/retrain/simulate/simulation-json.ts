import type { SimulatedRun, SimulatedStart } from '../../../core/retraining/simulation.ts';
import { formatDay, formatInstant } from '../../../core/window.ts';
import type { SimulationResult } from './run-simulation.ts';
import type { StoredHistory } from './read-history.ts';
import type { PlannedSimulation } from './simulate.ts';

export interface ShownSimulation extends SimulationResult {
  readonly history: StoredHistory;
  readonly kept: boolean;
}

/** What a simulation would ask for, for scripts. */
export function planJson({ history, policies, trainings, cost }: PlannedSimulation): object {
  return {
    ...headOf(history),
    firstVersion: 'training' in history.first ? null : history.first.version,
    policies,
    trainings,
    cost,
  };
}

/** A simulation for scripts: days as `2011-05-20`, null where there is nothing. */
export function simulationJson({
  history,
  runs,
  first,
  trainings,
  cost,
  leftovers,
}: ShownSimulation): object {
  return {
    ...headOf(history),
    metric: runs[0]?.metric ?? null,
    firstVersion: first,
    trainings,
    cost,
    leftovers,
    policies: runs.map(runJson),
  };
}

function headOf({ monitor: { model }, span }: StoredHistory): object {
  return { model, from: formatDay(span.start), to: formatDay(span.end) };
}

function runJson({ name, value, interval, starts }: SimulatedRun): object {
  return {
    name,
    value: 'value' in value ? value.value : null,
    ...('notComputable' in value && { notComputable: value.notComputable }),
    interval,
    trainings: starts.length,
    promotions: starts.filter(({ end }) => end === 'promoted').length,
    starts: starts.map(startJson),
  };
}

function startJson({ asOf, ...start }: SimulatedStart): object {
  return { asOf: formatInstant(asOf), ...start };
}
