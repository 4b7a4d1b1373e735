import type { Monitor } from '../../core/monitor/schema.ts';
import type { RetrainingDecision } from '../../core/retraining/policy.ts';
import { decideRetraining } from '../../core/retraining/policy.ts';
import { trainingWindows } from '../../core/retraining/windows.ts';
import type { Level } from '../../core/verdict.ts';
import type { Queryable } from '../../sql/database.ts';
import { countOutcomes, findRetrainingState } from './store.ts';

/** Should this model be retrained as of an instant, after a verdict of this level? Reads; starts nothing. */
export async function decideToRetrain(
  connection: Queryable,
  monitor: Monitor,
  asOf: number,
  level: Level,
): Promise<RetrainingDecision> {
  const policy = monitor.retraining;
  if (policy === undefined) return { decision: 'wait', reason: 'the monitor has no retraining policy' };
  const { training } = trainingWindows(asOf, policy);
  return decideRetraining(policy, {
    asOf,
    level,
    ...(await findRetrainingState(connection, monitor.model)),
    outcomesInTrainingWindow: await countOutcomes(connection, monitor.model, training),
  });
}
