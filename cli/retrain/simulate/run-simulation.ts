/** Replays a history under several policies, with real trainings. */

import { deleteAllSimulated } from '../../../activities/retraining/simulated-versions.ts';
import { TidewatchError } from '../../../core/errors.ts';
import { createEvaluator, type SimulatedVersion } from '../../../core/retraining/served-history.ts';
import type { SimulatedPolicy } from '../../../core/retraining/simulated-policies.ts';
import {
  simulatePolicy,
  type RetrainingHistory,
  type SimulatedRun,
} from '../../../core/retraining/simulation.ts';
import { tryWhileLocked } from '../../../sql/database.ts';
import { openTrainedVersions, type Simulation, type TrainedVersions } from './trained-versions.ts';

export interface SimulationResult {
  readonly runs: readonly SimulatedRun[];
  readonly first: string;
  /** Predictions that a simulation had left which was ended before it could delete them. */
  readonly leftovers: number;
  readonly trainings: number;
  readonly cost: number | null;
}

/**
 * One simulation of a model at a time. What its trainer stores is deleted as soon as it is read, and whatever is left of it at
 * the end, however it ends; what is left of one whose process was killed, at the beginning.
 *
 * @throws TidewatchError `SIMULATION_RUNNING`, `SIMULATION_STOPPED`, and what `openTrainedVersions` throws
 */
export async function runSimulation(
  simulation: Simulation,
  policies: readonly SimulatedPolicy[],
): Promise<SimulationResult> {
  const { database, stopped, keeps } = simulation;
  const { model } = simulation.history.monitor;
  const result = await tryWhileLocked(database, `simulation:${model}`, async () => {
    const leftovers = await deleteAllSimulated(database, model);
    let isDone = false;
    try {
      const versions = openTrainedVersions(simulation);
      const result = {
        ...(await replayAll(simulation, policies, versions)),
        leftovers,
        ...versions.counts(),
      };
      isDone = true;
      return result;
    } catch (error) {
      if (stopped.aborted) throw new TidewatchError('SIMULATION_STOPPED', { model }, { cause: error });
      throw error;
    } finally {
      if (!isDone || !keeps) await deleteAllSimulated(database, model);
    }
  });
  if (result === undefined) throw new TidewatchError('SIMULATION_RUNNING', { model });
  return result;
}

async function replayAll(
  { history: stored, stopped }: Simulation,
  policies: readonly SimulatedPolicy[],
  versions: TrainedVersions,
): Promise<{ readonly runs: readonly SimulatedRun[]; readonly first: string }> {
  const first = await firstVersion(stored.first, versions);
  const history: RetrainingHistory = { ...stored, first, evaluate: createEvaluator(stored.monitor) };
  const runs: SimulatedRun[] = [];
  for (const policy of policies) {
    const replay = simulatePolicy(policy, history);
    let step = replay.next();
    while (!step.done) {
      stopped.throwIfAborted();
      step = replay.next(await versions.train(step.value));
    }
    runs.push(step.value);
  }
  return { runs, first: first.version };
}

/** Before the replay, what served; from there on, what was trained for it. */
async function firstVersion(
  first: Simulation['history']['first'],
  { train }: TrainedVersions,
): Promise<SimulatedVersion> {
  if (!('training' in first)) return first;
  const { version, outcomesIn } = await train(first.training);
  return { version, outcomesIn: (window) => [...first.before(window), ...outcomesIn(window)] };
}
