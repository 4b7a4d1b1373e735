import { needsApproval } from '../../core/retraining/approval.ts';
import { durationMs } from '../../core/window.ts';
import type { Queryable } from '../../sql/database.ts';
import { lockUntilCommit } from '../../sql/database.ts';
import { runOf } from '../activity-context.ts';
import { wallClock } from '../alerts/alert-rows.ts';
import { listPendingAlerts } from '../alerts/store.ts';
import { findMonitor } from '../monitors/store.ts';
import { reach, reachedInstant } from './progress.ts';
import type { RetrainingDependencies, RetrainingKey } from './retraining-run.ts';
import { policyOf, requireRetraining } from './retraining-run.ts';
import type { Approval } from '../../core/retraining/stored-run.ts';
import type { RetrainingRun } from './store.ts';
import { tellOfStep } from './tell.ts';

export interface ApprovalAnswer {
  readonly decision: 'not needed' | 'approved' | 'rejected' | 'waits';
  readonly reason: string;
  /** Milliseconds that are left to whoever is asked. */
  readonly waitsMs: number;
  readonly pendingAlerts: readonly string[];
}

/** Asks a person where the policy wants it, once, and gives what was decided; when the time is over, it is rejected. */
export function createRequestApproval(
  deps: Pick<RetrainingDependencies, 'database' | 'context'>,
): (key: RetrainingKey) => Promise<ApprovalAnswer> {
  return async function requestApproval({ model, retrainingId }) {
    const { monitor } = await findMonitor(deps.database, model);
    return deps.database.transaction(async (connection) => {
      await lockUntilCommit(connection, `retraining:${model}`);
      const run = await requireRetraining(connection, model, retrainingId);
      const settings = policyOf(monitor).approval;
      const now = await wallClock(connection);
      const waitsUntil = run.waits_until ?? now + durationMs(settings.timeout);
      const approval = run.approval ?? needsApproval(settings, run.comparison?.gates ?? []);
      if (run.approval === null) {
        await storeApproval(connection, run, approval);
        if (approval.needed) {
          const asOf = await reachedInstant(connection, run);
          const shown = run.comparison === null ? '' : ` (${run.comparison.reason})`;
          const summary = `${run.challenger_version} is better than ${run.champion_version}${shown}, and waits for approval: ${approval.reason}`;
          await reach(connection, run, { state: 'awaiting-approval', asOf, summary, waitsUntil });
          const news = { event: 'awaiting-approval', severity: 'warning', summary, asOf } as const;
          await tellOfStep(connection, monitor, run, runOf(deps.context()), news);
        }
      }
      return {
        ...answerOf(approval, waitsUntil - now),
        pendingAlerts: await listPendingAlerts(connection, model),
      };
    });
  };
}

function answerOf(approval: Approval, leftMs: number): Omit<ApprovalAnswer, 'pendingAlerts'> {
  const { needed, reason, decision, by = 'somebody', note } = approval;
  if (!needed) return { decision: 'not needed', reason, waitsMs: 0 };
  if (decision === 'approved') {
    return { decision, reason: `approved by ${by}${note === undefined ? '' : `: ${note}`}`, waitsMs: 0 };
  }
  if (decision !== undefined) {
    const words = `${decision} by ${by}${note === undefined ? '' : `: ${note}`}`;
    return { decision: 'rejected', reason: words, waitsMs: 0 };
  }
  if (leftMs <= 0) {
    return { decision: 'rejected', reason: `nobody has approved it in time (${reason})`, waitsMs: 0 };
  }
  return { decision: 'waits', reason, waitsMs: leftMs };
}

/** Stores whether a person is asked, or what was decided. */
export async function storeApproval(
  connection: Queryable,
  { model, retraining_id: retrainingId }: Pick<RetrainingRun, 'model' | 'retraining_id'>,
  approval: Approval,
): Promise<void> {
  await connection.execute(
    'update retraining_runs set approval = $3 where model = $1 and retraining_id = $2',
    [model, retrainingId, JSON.stringify(approval)],
  );
}
