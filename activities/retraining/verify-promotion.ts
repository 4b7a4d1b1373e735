import { paybackOf } from '../../core/retraining/payback.ts';
import { floorToDay, formatInstant } from '../../core/window.ts';
import type { Queryable } from '../../sql/database.ts';
import { lockUntilCommit } from '../../sql/database.ts';
import { findMonitor } from '../monitors/store.ts';
import type { DaysAnswer } from './follow-rollout.ts';
import { lookAtBoth, outcomesAreIn } from './look.ts';
import { reachedInstant } from './progress.ts';
import type { RetrainingDependencies, RetrainingKey } from './retraining-run.ts';
import { policyOf, requireRetraining } from './retraining-run.ts';
import { versionsOf } from './stages.ts';
import type { StoredLook } from '../../core/retraining/stored-run.ts';
import type { RetrainingRun } from './store.ts';

/**
 * Compares the new champion with the version before on the outcomes since the promotion, and stores whether it has helped.
 * `failed`: it is clearly worse, and the policy wants it to go back; `passed`: its days are over and their outcomes known.
 */
export function createVerifyPromotion(
  deps: Pick<RetrainingDependencies, 'database'>,
): (key: RetrainingKey) => Promise<DaysAnswer> {
  return async function verifyPromotion({ model, retrainingId }) {
    const { monitor } = await findMonitor(deps.database, model);
    return deps.database.transaction(async (connection) => {
      await lockUntilCommit(connection, `retraining:${model}`);
      const run = await requireRetraining(connection, model, retrainingId);
      const { promoted_as_of: start, waits_until: until } = run;
      const reached = await reachedInstant(connection, run);
      const versions = versionsOf(run);
      if (start === null || until === null || versions === null) {
        const reason = 'there is no version before to hold it against';
        return { state: run.state, decision: 'passed', reason, asOf: formatInstant(reached), until: null };
      }
      const watch = { start, until, reached, previous: run.verification, versions };
      const look = await lookAtBoth(connection, monitor, watch);
      await storeLook(connection, run, look, policyOf(monitor).value?.perUnitOfError);
      const answer = { state: run.state, reason: look.reason, asOf: look.asOf, until: formatInstant(until) };
      if (look.decision === 'roll back' && policyOf(monitor).verify.rollBack === 'auto')
        return { ...answer, decision: 'failed' };
      const isOver = floorToDay(reached) >= until && (await outcomesAreIn(connection, monitor, watch));
      return { ...answer, decision: isOver ? 'passed' : 'waits' };
    });
  };
}

async function storeLook(
  connection: Queryable,
  { model, retraining_id: retrainingId, cost }: RetrainingRun,
  look: StoredLook,
  perUnitOfError: number | undefined,
): Promise<void> {
  const { gain, rows, day } = look;
  const payback = paybackOf({ cost, gain, outcomesPerDay: day === 0 ? 0 : rows / day, perUnitOfError });
  await connection.execute(
    'update retraining_runs set verification = $3, helped = $4 where model = $1 and retraining_id = $2',
    [model, retrainingId, JSON.stringify({ ...look, payback }), look.helped],
  );
}
