/** Whether a model would be retrained, by what and on what. */

import { decideToRetrain } from '../../activities/retraining/decide.ts';
import { specifyTraining } from '../../activities/retraining/specification.ts';
import { listMarkedHours } from '../../activities/processes/dirty-hours.ts';
import { findWatermark } from '../../activities/processes/watermarks.ts';
import { findServingVersion } from '../../activities/retraining/stages.ts';
import type { Monitor } from '../../core/monitor/schema.ts';
import type { RetrainingDecision } from '../../core/retraining/policy.ts';
import type { RetrainingPolicy } from '../../core/retraining/settings.ts';
import type { TrainingSpecification } from '../../core/retraining/specification.ts';
import { floorToDay, parseWindow } from '../../core/window.ts';
import type { Queryable } from '../../sql/database.ts';

export interface Outlook {
  readonly model: string;
  readonly asOf: number;
  readonly decision: RetrainingDecision;
  /** The version that it would be held against. */
  readonly champion: string | null;
  /** Both are missing where the monitor has no policy. */
  readonly policy?: RetrainingPolicy;
  readonly specification?: TrainingSpecification;
  /** Hours of the training window whose actuals have come and are not attached yet. */
  readonly unattachedHours: number;
  /** The newest instant that the degradation check has spoken for. */
  readonly checked?: number;
}

/** Reads only. */
export async function readOutlook(
  connection: Queryable,
  monitor: Monitor,
  asOf: number,
  by: 'policy' | 'hand',
): Promise<Outlook> {
  const { model, retraining: policy } = monitor;
  const checked = await findWatermark(connection, model, 'degradation-check');
  const specification = policy && (await specifyTraining(connection, monitor, asOf));
  return {
    model,
    asOf,
    decision: await decideToRetrain(connection, monitor, asOf, by),
    champion: await findServingVersion(connection, model, { asOf, before: floorToDay(asOf) }),
    ...(policy && specification && { policy, specification }),
    unattachedHours:
      specification === undefined ? 0 : await countUnattached(connection, model, specification),
    ...(checked !== undefined && { checked }),
  };
}

async function countUnattached(
  connection: Queryable,
  model: string,
  { training }: TrainingSpecification,
): Promise<number> {
  const { start, end } = parseWindow(training);
  return (await listMarkedHours(connection, model, 'outcomes')).filter((hour) => hour >= start && hour < end)
    .length;
}
