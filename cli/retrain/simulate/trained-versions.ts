/** The versions of a simulation: each is trained once, read, and deleted. */

import type { Database } from '../../../sql/database.ts';
import {
  databaseNow,
  deleteMisnamed,
  deleteSimulated,
  findRejection,
  readHours,
} from '../../../activities/retraining/simulated-versions.ts';
import { specifyTraining } from '../../../activities/retraining/specification.ts';
import { reasonOf, TidewatchError } from '../../../core/errors.ts';
import { hoursIn, type SimulatedVersion } from '../../../core/retraining/served-history.ts';
import type { SimulatedTraining } from '../../../core/retraining/simulation.ts';
import {
  simulationPrefix,
  type TrainingAnswer,
  type TrainingRequest,
  type TrainingSucceeded,
} from '../../../core/retraining/trainer-contract.ts';
import { formatDay, formatWindow, parseWindow, windowKey, type Window } from '../../../core/window.ts';
import { predictedShare, type StoredHistory } from './read-history.ts';

/** Gives how a training ended. When it is aborted the trainer is told, and the reason of the signal is thrown. */
export type AskTrainer = (
  request: TrainingRequest,
  stopped: AbortSignal,
) => Promise<Exclude<TrainingAnswer, { state: 'running' }>>;

export interface Simulation {
  readonly database: Database;
  readonly history: StoredHistory;
  readonly ask: AskTrainer;
  /** What tells this simulation from every other one: a trainer answers the same id the same again. */
  readonly id: string;
  readonly stopped: AbortSignal;
  /** Whether predictions are left where they are, until the next simulation of the model. */
  readonly keeps: boolean;
  readonly onTrained: (trained: number) => void;
}

export interface TrainedVersions {
  /** Trains, unless the same window has been trained on already. */
  readonly train: (training: SimulatedTraining) => Promise<SimulatedVersion>;
  readonly counts: () => { readonly trainings: number; readonly cost: number | null };
}

/**
 * Versions that are trained when they are asked for, one at a time.
 *
 * @throws (train) TidewatchError `SIMULATED_TRAINING_FAILED`, `SIMULATED_VERSION_NAME`, `SIMULATED_VERSION_SILENT`, and what
 * asking throws where the trainer is away, or may not be asked
 */
export function openTrainedVersions(simulation: Simulation): TrainedVersions {
  const versions = new Map<string, SimulatedVersion>();
  const costs: (number | undefined)[] = [];
  return {
    async train(training) {
      const key = windowKey(training.training);
      const existing = versions.get(key);
      if (existing !== undefined) return existing;
      const { version, answer } = await trainOne(simulation, training);
      versions.set(key, version);
      costs.push(answer.cost);
      simulation.onTrained(versions.size);
      return version;
    },
    counts: () => ({ trainings: versions.size, cost: costOf(simulation, costs) }),
  };
}

/** Null where neither the trainer nor the budget says anything of costs. */
function costOf({ history: { policy } }: Simulation, costs: readonly (number | undefined)[]): number | null {
  const assumed = policy.budget?.perTraining;
  if (assumed === undefined && costs.every((cost) => cost === undefined)) return null;
  return costs.reduce<number>((sum, cost) => sum + (cost ?? assumed ?? 0), 0);
}

async function trainOne(
  simulation: Simulation,
  training: SimulatedTraining,
): Promise<{ readonly version: SimulatedVersion; readonly answer: TrainingSucceeded }> {
  const { database, history, keeps } = simulation;
  const { monitor } = history;
  const request = await requestOf(simulation, training);
  const holdout = parseWindow(request.holdout);
  const since = await databaseNow(database);
  const answer = await succeeded(simulation, request);
  const { version } = answer;
  if (!version.startsWith(simulationPrefix)) {
    const deleted = await deleteMisnamed(database, monitor.model, version, holdout, since);
    throw new TidewatchError('SIMULATED_VERSION_NAME', { model: monitor.model, version, deleted });
  }
  const hours = await readHours(database, monitor, version, holdout);
  const predicted = hours.reduce((rows, { summary }) => rows + summary.rows, 0);
  await requirePredictions(simulation, version, holdout, predicted);
  if (!keeps) await deleteSimulated(database, monitor.model, version, holdout);
  return { answer, version: { version, outcomesIn: hoursIn(hours) } };
}

async function requestOf(
  { database, history: { monitor, span }, id }: Simulation,
  { asOf, training }: SimulatedTraining,
): Promise<TrainingRequest> {
  const { hash, rows, exclude } = await specifyTraining(database, monitor, asOf);
  return {
    retrainingId: `${simulationPrefix}${id}-${formatDay(training.start)}-${formatDay(training.end)}`,
    model: monitor.model,
    purpose: 'simulation',
    training: formatWindow(training),
    // To the end of the history: nobody knows yet for how long it will serve.
    holdout: formatWindow({ start: training.end, end: span.end }),
    exclude: exclude.map(({ start, end }) => ({ start, end })),
    specification: { hash, rows },
  };
}

async function succeeded({ ask, stopped }: Simulation, request: TrainingRequest): Promise<TrainingSucceeded> {
  const failed = (reason: string, cause?: unknown): TidewatchError =>
    new TidewatchError(
      'SIMULATED_TRAINING_FAILED',
      { model: request.model, training: spanText(parseWindow(request.training)), reason },
      { cause },
    );
  try {
    const answer = await ask(request, stopped);
    if (answer.state === 'succeeded') return answer;
    throw failed(answer.reason);
  } catch (error) {
    stopped.throwIfAborted();
    // A trainer that is away or a setting that is missing says best itself what to do.
    if (error instanceof TidewatchError && error.code !== 'TRAINER_REFUSED') throw error;
    throw failed(reasonOf(error).replace(/\.$/, ''), error);
  }
}

async function requirePredictions(
  { database, history: { monitor, countInstances } }: Simulation,
  version: string,
  holdout: Window,
  predicted: number,
): Promise<void> {
  const rows = countInstances(holdout);
  if (predicted >= predictedShare * rows) return;
  const { model } = monitor;
  const reason = await findRejection(database, model, version);
  throw new TidewatchError('SIMULATED_VERSION_SILENT', {
    model,
    version,
    predicted,
    rows,
    holdout: spanText(holdout),
    rejection: reason === undefined ? '' : ` (others were rejected: ${reason})`,
  });
}

function spanText({ start, end }: Window): string {
  return `${formatDay(start)} to ${formatDay(end)}`;
}
