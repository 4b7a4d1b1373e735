/** What a retraining would be trained on, read from what is stored. */

import { createHash } from 'node:crypto';

import type { Monitor } from '../../core/monitor/schema.ts';
import { mainMetricOf } from '../../core/retraining/gates.ts';
import { periodWindow } from '../../core/retraining/periods.ts';
import { lastRegimeChange } from '../../core/retraining/regime-change.ts';
import type { TrainingSpecification } from '../../core/retraining/specification.ts';
import { exclusionsOf, trainingContent } from '../../core/retraining/specification.ts';
import type { TrainingFacts, TrainingWindows } from '../../core/retraining/windows.ts';
import { trainingWindows } from '../../core/retraining/windows.ts';
import type { Window } from '../../core/window.ts';
import { durationMs, floorToDay, windowWithout } from '../../core/window.ts';
import type { Queryable } from '../../sql/database.ts';
import { canonicalJson } from '../monitors/configuration.ts';
import {
  findFirstOutcome,
  readDailyErrors,
  readDriftDays,
  readTrainingDays,
  readTrainingSegments,
} from './policy-store.ts';
import { policyOf } from './retraining-run.ts';

/** The windows of a retraining as of an instant, and the parts of the training window that are trained on. */
export async function readTrainingWindows(
  connection: Queryable,
  monitor: Monitor,
  asOf: number,
): Promise<TrainingWindows & { readonly parts: readonly Window[] }> {
  const policy = policyOf(monitor);
  const windows = trainingWindows(asOf, policy, await readTrainingFacts(connection, monitor, asOf));
  return { ...windows, parts: windowWithout(windows.training, policy.exclude.map(periodWindow)) };
}

/** Freezes what a retraining is trained on. Reads; stores nothing. */
export async function specifyTraining(
  connection: Queryable,
  monitor: Monitor,
  asOf: number,
): Promise<TrainingSpecification> {
  const { model } = monitor;
  const { parts, ...windows } = await readTrainingWindows(connection, monitor, asOf);
  const content = trainingContent({
    model,
    windows,
    exclude: exclusionsOf(windows, policyOf(monitor).exclude),
    days: await readTrainingDays(connection, model, parts),
    segments: await readTrainingSegments(connection, model, parts),
  });
  // Why the window is so long, and what has been summarized by now, is not what is trained on.
  const { reason: _, segments: __, ...trainedOn } = content;
  const hash = createHash('sha256').update(canonicalJson(trainedOn)).digest('hex').slice(0, 32);
  return { ...content, hash };
}

/** What the training window as of an instant rests on: only what its kind needs. */
export async function readTrainingFacts(
  connection: Queryable,
  monitor: Monitor,
  asOf: number,
): Promise<TrainingFacts> {
  const { model, current, task } = monitor;
  const { trainingWindow, ...policy } = policyOf(monitor);
  if (trainingWindow.kind === 'expanding') {
    return { firstOutcome: await findFirstOutcome(connection, model), lastChange: null };
  }
  if (trainingWindow.kind === 'trailing') return { firstOutcome: null, lastChange: null };
  const end = floorToDay(asOf);
  const span = { start: end - durationMs(policy.holdout) - durationMs(trainingWindow.atMost), end };
  const metric = mainMetricOf(policy, task);
  const errors = await readDailyErrors(connection, model, metric, span);
  const drift = await readDriftDays(connection, model, current, span);
  return { firstOutcome: null, lastChange: lastRegimeChange({ metric, errors, drift }) };
}
