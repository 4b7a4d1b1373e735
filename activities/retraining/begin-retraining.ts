import { trainingWindows } from '../../core/retraining/windows.ts';
import type { WindowText } from '../../core/window.ts';
import { durationMs, formatInstant, formatWindow, hourMs, parseInstant } from '../../core/window.ts';
import { lockUntilCommit } from '../../sql/database.ts';
import { runOf } from '../activity-context.ts';
import { listPendingAlerts, openAlert } from '../alerts/store.ts';
import { findServingVersion } from '../degradation/store.ts';
import { findMonitor } from '../monitors/store.ts';
import type { RetrainingDependencies } from './retraining-run.ts';
import { alertOf, policyOf } from './retraining-run.ts';
import {
  endAbandonedRetrainings,
  findRetraining,
  findRetrainingState,
  insertRetraining,
  isRunning,
} from './store.ts';

export type BeginRetrainingResult =
  | { readonly decision: 'refused'; readonly reason: string }
  | {
      readonly decision: 'begun';
      readonly retrainingId: string;
      readonly holdout: WindowText;
      readonly pendingAlerts: readonly string[];
    };

/** Claims the model's one place for a running retraining, and tells people that it started. */
export function createBeginRetraining(
  deps: RetrainingDependencies,
): (input: { model: string; asOf: string; reason: string }) => Promise<BeginRetrainingResult> {
  return async function beginRetraining({ model, asOf: asOfText, reason }) {
    const asOf = parseInstant(asOfText);
    const { monitor } = await findMonitor(deps.database, model);
    const policy = policyOf(monitor);
    const { training, holdout } = trainingWindows(asOf, policy);
    const retrainingId = formatInstant(asOf);
    const timeoutMs = durationMs(policy.trainer.timeout);
    const run = runOf(deps.context());

    return deps.database.transaction(async (connection) => {
      await lockUntilCommit(connection, `retraining:${model}`);
      await endAbandonedRetrainings(connection, model, timeoutMs + hourMs);
      const existing = await findRetraining(connection, model, retrainingId);
      // Of a terminated or reset run, the next one of its workflow id takes up the work.
      const mine =
        existing?.workflow_id === run.workflowId && (isRunning(existing) || existing.run_id === run.runId);
      if (existing !== undefined && !mine) {
        return {
          decision: 'refused',
          reason: `the retraining as of ${retrainingId} is ${existing.state} already`,
        };
      }
      const begun =
        existing ??
        (await insertRetraining(connection, {
          model,
          retrainingId,
          reason,
          asOf,
          training,
          holdout,
          championVersion: await findServingVersion(connection, model, { asOf, before: holdout.end }),
          ...run,
        }));
      if (begun === undefined) {
        const { lastStartedAsOf } = await findRetrainingState(connection, model);
        const since = lastStartedAsOf === null ? '' : `, started as of ${formatInstant(lastStartedAsOf)},`;
        return {
          decision: 'refused',
          reason: `another retraining of ${model}${since} is still running; one at a time`,
        };
      }
      await openAlert(connection, {
        ...alertOf(monitor, begun, run),
        severity: 'info',
        event: 'started',
        summary: reason,
      });
      return {
        decision: 'begun',
        retrainingId,
        holdout: formatWindow(holdout),
        pendingAlerts: await listPendingAlerts(connection, model),
      };
    });
  };
}
