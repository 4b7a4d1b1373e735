/** What the steps of a retraining share. Each step may be repeated: what was done is found in `retraining_runs`. */

import { TidewatchError } from '../../core/errors.ts';
import type { Monitor } from '../../core/monitor/schema.ts';
import type { RetrainingPolicy } from '../../core/retraining/settings.ts';
import { formatDay } from '../../core/window.ts';
import type { Queryable } from '../../sql/database.ts';
import type { openAlert } from '../alerts/store.ts';
import type { ActivityDependencies } from '../dependencies.ts';
import type { RetrainingRun } from './store.ts';
import { findRetraining } from './store.ts';

export type RetrainingDependencies = Pick<
  ActivityDependencies,
  | 'database'
  | 'trainer'
  | 'trainerSecrets'
  | 'callbackTokens'
  | 'runCommand'
  | 'tellProgress'
  | 'countPollers'
  | 'promotionWebhook'
  | 'pagesUrl'
  | 'context'
>;

export interface RetrainingKey {
  readonly model: string;
  readonly retrainingId: string;
}

type RetrainingAlert = Omit<Parameters<typeof openAlert>[1], 'severity' | 'summary'>;

/** What people are told of a retraining beside its summary. */
export function alertOf(
  monitor: Monitor,
  run: RetrainingRun,
  provenance: { workflowId: string; runId: string },
): RetrainingAlert {
  // The last day itself, as people count.
  const days = (start: number, end: number): string => `${formatDay(start)} to ${formatDay(end - 1)}`;
  return {
    model: monitor.model,
    kind: 'retraining',
    subject: run.retraining_id,
    asOf: run.as_of,
    alerts: monitor.alerts,
    provenance,
    facts: [
      { name: 'Champion before', value: run.champion_version ?? 'none' },
      ...(run.challenger_version === null ? [] : [{ name: 'Challenger', value: run.challenger_version }]),
      { name: 'Trained on', value: days(run.training_start, run.training_end) },
      { name: 'Held out', value: days(run.holdout_start, run.holdout_end) },
    ],
  };
}

/** The stored run of a retraining that has begun. */
export async function requireRetraining(
  connection: Queryable,
  model: string,
  retrainingId: string,
): Promise<RetrainingRun> {
  const run = await findRetraining(connection, model, retrainingId);
  if (run === undefined) throw new Error(`retraining ${retrainingId} of ${model} is not in retraining_runs`);
  return run;
}

export function policyOf(monitor: Monitor): RetrainingPolicy {
  if (monitor.retraining === undefined)
    throw new TidewatchError('NO_RETRAINING_POLICY', { model: monitor.model });
  return monitor.retraining;
}
