import { isRunningState } from '../../core/retraining/states.ts';
import type { EndState } from '../../core/retraining/states.ts';
import type { Queryable } from '../../sql/database.ts';
import { lockUntilCommit } from '../../sql/database.ts';
import { runOf } from '../activity-context.ts';
import { listPendingAlerts } from '../alerts/store.ts';
import { findMonitor } from '../monitors/store.ts';
import { conclude } from './conclude-retraining.ts';
import { handBack } from './new-reference.ts';
import type { RetrainingDependencies, RetrainingKey } from './retraining-run.ts';
import { requireRetraining } from './retraining-run.ts';
import { findChampion } from './stages.ts';
import type { RetrainingRun } from './store.ts';

/**
 * Ends a retraining whose workflow was ended from outside, so that its model has room for the next one. What serves goes on
 * serving: a promotion that was being taken back stays taken back. Of a hook that was asked and has not answered, people are told.
 */
export function createAbandonRetraining(
  deps: Pick<RetrainingDependencies, 'database' | 'context'>,
): (key: RetrainingKey) => Promise<{ readonly pendingAlerts: readonly string[] }> {
  return async function abandonRetraining({ model, retrainingId }) {
    const { monitor } = await findMonitor(deps.database, model);
    return deps.database.transaction(async (connection) => {
      await lockUntilCommit(connection, `retraining:${model}`);
      const run = await requireRetraining(connection, model, retrainingId);
      if (isRunningState(run.state)) {
        const end = await endOf(connection, run);
        const reference =
          end === 'rolled-back' ? await handBack(connection, { model, retrainingId }) : undefined;
        const asked = run.hook === 'promoting' || run.hook === 'reverting';
        const ending = {
          end,
          reason: 'its workflow was ended from outside',
          undone: [
            ...(reference?.reference === 'handed back' ? [reference.reason] : []),
            ...(asked ? [`the promotion hook was left ${run.hook}: see what serves`] : []),
          ],
        };
        await conclude(connection, monitor, run, ending, runOf(deps.context()));
      }
      return { pendingAlerts: await listPendingAlerts(connection, model) };
    });
  };
}

async function endOf(connection: Queryable, run: RetrainingRun): Promise<EndState> {
  if (run.promoted_as_of === null) return 'failed';
  return (await findChampion(connection, run.model)) === run.champion_version ? 'rolled-back' : 'kept';
}
