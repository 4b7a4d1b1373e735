/** What a trainer is asked, and which trainer that is: from the stored run and its monitor. */

import { TidewatchError } from '../../core/errors.ts';
import type { Monitor } from '../../core/monitor/schema.ts';
import type { TrainingRequest } from '../../core/retraining/trainer-contract.ts';
import type { TrainerSettings } from '../../core/retraining/trainer-settings.ts';
import { formatWindow } from '../../core/window.ts';
import type { ActivityDependencies } from '../dependencies.ts';
import { findMonitor } from '../monitors/store.ts';
import { policyOf, requireRetraining, type RetrainingKey } from './retraining-run.ts';
import { findToldSpecification, type RetrainingRun } from './store.ts';
import type { TrainerAddress } from './trainers/http.ts';

export type TrainerKind = TrainerSettings['kind'];
export type TrainerOf<Kind extends TrainerKind> = Extract<TrainerSettings, { kind: Kind }>;

interface Training<Trainer> {
  readonly run: RetrainingRun;
  readonly trainer: Trainer;
}

/** The stored run and the trainer of its monitor. */
export async function findTraining(
  { database }: Pick<ActivityDependencies, 'database'>,
  { model, retrainingId }: RetrainingKey,
): Promise<Training<TrainerSettings>> {
  const { monitor } = await findMonitor(database, model);
  const run = await requireRetraining(database, model, retrainingId);
  return { run, trainer: trainerOf(monitor) };
}

/**
 * The same where the trainer must be of a kind.
 *
 * @throws TidewatchError `TRAINER_CHANGED` when the monitor was changed since the training was planned
 */
export async function findTrainingBy<Kind extends TrainerKind>(
  kind: Kind,
  deps: Pick<ActivityDependencies, 'database'>,
  key: RetrainingKey,
): Promise<Training<TrainerOf<Kind>>> {
  const { run, trainer } = await findTraining(deps, key);
  if (trainer.kind !== kind)
    throw new TidewatchError('TRAINER_CHANGED', { model: key.model, kind: trainer.kind });
  return { run, trainer: trainer as TrainerOf<Kind> };
}

function trainerOf(monitor: Monitor): TrainerSettings {
  return policyOf(monitor).trainer;
}

export async function trainingRequest(
  { database }: Pick<ActivityDependencies, 'database'>,
  run: RetrainingRun,
): Promise<TrainingRequest> {
  const specification = await findToldSpecification(database, run);
  return {
    retrainingId: run.retraining_id,
    model: run.model,
    purpose: 'retraining',
    training: formatWindow({ start: run.training_start, end: run.training_end }),
    holdout: formatWindow({ start: run.holdout_start, end: run.holdout_end }),
    exclude: (specification?.exclude ?? []).map(({ start, end }) => ({ start, end })),
    ...(specification !== null && {
      specification: { hash: specification.hash, rows: specification.rows },
    }),
  };
}

/**
 * Where an HTTP trainer is, with the headers that it wants.
 *
 * @throws TidewatchError `TRAINER_SETTING_MISSING`
 */
export function trainerAddress(
  { trainerSecrets }: Pick<ActivityDependencies, 'trainerSecrets'>,
  model: string,
  { url, headers }: TrainerOf<'http'>,
): TrainerAddress {
  const values = Object.entries(headers).map(([name, { env: variable }]) => {
    const value = trainerSecrets[variable];
    if (value === undefined) throw new TidewatchError('TRAINER_SETTING_MISSING', { model, variable });
    return [name, value] as const;
  });
  return { url, headers: Object.fromEntries(values) };
}
