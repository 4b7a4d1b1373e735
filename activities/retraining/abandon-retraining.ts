import { isRunningState } from '../../core/retraining/states.ts';
import { lockUntilCommit } from '../../sql/database.ts';
import { runOf } from '../activity-context.ts';
import { listPendingAlerts } from '../alerts/store.ts';
import { findMonitor } from '../monitors/store.ts';
import { conclude } from './conclude-retraining.ts';
import type { RetrainingDependencies, RetrainingKey } from './retraining-run.ts';
import { requireRetraining } from './retraining-run.ts';

/**
 * Ends a retraining whose workflow was ended from outside, so that its model has room for the next one. What serves goes on
 * serving; of a hook that was asked and has not answered, people are told.
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
        const asked = run.hook === 'promoting' || run.hook === 'reverting';
        const ending = {
          end: run.promoted_as_of === null ? ('failed' as const) : ('kept' as const),
          reason: 'its workflow was ended from outside',
          undone: asked ? [`the promotion hook was left ${run.hook}: see what serves`] : [],
        };
        await conclude(connection, monitor, run, ending, runOf(deps.context()));
      }
      return { pendingAlerts: await listPendingAlerts(connection, model) };
    });
  };
}
