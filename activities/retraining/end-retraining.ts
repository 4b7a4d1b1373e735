/** How a retraining ends: the challenger is promoted or rejected, or it failed. */

import type { Monitor } from '../../core/monitor/schema.ts';
import type { Evaluation } from '../../core/performance/evaluate.ts';
import { judgeChallenger as judge } from '../../core/retraining/challenger.ts';
import { isRunningState } from '../../core/retraining/states.ts';
import type { EndState } from '../../core/retraining/states.ts';
import { floorToDay } from '../../core/window.ts';
import type { Queryable } from '../../sql/database.ts';
import { lockUntilCommit } from '../../sql/database.ts';
import { runOf } from '../activity-context.ts';
import { listPendingAlerts, resolveAlert } from '../alerts/store.ts';
import { ensureLearned, ensureReported } from '../importance/ensure-importances.ts';
import { findMonitor } from '../monitors/store.ts';
import { evaluateRows } from '../performance/outcome-rows.ts';
import { advanceWatermark } from '../processes/watermarks.ts';
import type { RetrainingDependencies, RetrainingKey } from './retraining-run.ts';
import { alertOf, policyOf, requireRetraining } from './retraining-run.ts';
import type { RetrainingRun } from './store.ts';
import { archiveVersion, endRetraining, promoteVersion, readPairedOutcomes } from './store.ts';

export interface RetrainingEnd {
  readonly state: EndState;
  readonly reason: string;
  readonly pendingAlerts: readonly string[];
}

/** Compares the challenger with the champion on held-out outcomes; promotes or rejects it and tells people. */
export function createJudgeChallenger(
  deps: RetrainingDependencies,
): (key: RetrainingKey) => Promise<RetrainingEnd> {
  return async function judgeChallenger({ model, retrainingId }) {
    const { monitor } = await findMonitor(deps.database, model);
    return deps.database.transaction(async (connection) => {
      await lockUntilCommit(connection, `retraining:${model}`);
      const run = await requireRetraining(connection, model, retrainingId);
      const ended = await endOf(connection, run);
      if (ended !== undefined) return ended;
      const { champion_version: championVersion, challenger_version: challengerVersion } = run;
      if (challengerVersion === null)
        throw new Error(`retraining ${retrainingId} of ${model} has no challenger yet`);
      const metric = policyOf(monitor).metric ?? (monitor.task === 'regression' ? 'rmse' : 'log_loss');
      const holdout = { start: run.holdout_start, end: run.holdout_end };
      const paired =
        championVersion === null
          ? { champion: [], challenger: [] }
          : await readPairedOutcomes(connection, model, holdout, championVersion, challengerVersion);
      const champion = evaluateRows(monitor, paired.champion);
      const challenger = evaluateRows(monitor, paired.challenger);
      const metricOf = (evaluation: Evaluation) =>
        evaluation.metrics[metric] ?? { notComputable: evaluation.verdict.reason };
      const judgement = judge({
        metric,
        champion: metricOf(champion),
        challenger: metricOf(challenger),
        rows: paired.champion.length,
        minimumImprovement: policyOf(monitor).minimumImprovement,
      });
      const promoted = judgement.decision === 'promote';
      if (promoted) {
        await promoteVersion(connection, model, challengerVersion, run.as_of);
        await ensureReported(connection, monitor, challengerVersion);
        await ensureLearned(connection, monitor, challengerVersion, holdout);
      } else await archiveVersion(connection, model, challengerVersion, run.as_of);
      return conclude(connection, monitor, run, runOf(deps.context()), {
        state: promoted ? 'kept' : 'rejected',
        reason: judgement.reason,
        comparison: { metric, rows: paired.champion.length, champion, challenger, judgement },
      });
    });
  };
}

/** Ends a retraining that could not be carried through, and tells people. */
export function createFailRetraining(
  deps: RetrainingDependencies,
): (key: RetrainingKey & { reason: string }) => Promise<RetrainingEnd> {
  return async function failRetraining({ model, retrainingId, reason }) {
    const { monitor } = await findMonitor(deps.database, model);
    return deps.database.transaction(async (connection) => {
      await lockUntilCommit(connection, `retraining:${model}`);
      const run = await requireRetraining(connection, model, retrainingId);
      const ended = await endOf(connection, run);
      if (ended !== undefined) return ended;
      if (run.challenger_version !== null)
        await archiveVersion(connection, model, run.challenger_version, run.as_of);
      return conclude(connection, monitor, run, runOf(deps.context()), {
        state: 'failed',
        reason,
        comparison: null,
      });
    });
  };
}

/** How an earlier attempt of this step ended the retraining, when one did. */
async function endOf(connection: Queryable, run: RetrainingRun): Promise<RetrainingEnd | undefined> {
  const { model, state, reason } = run;
  if (isRunningState(state)) return undefined;
  return { state, reason, pendingAlerts: await listPendingAlerts(connection, model) };
}

async function conclude(
  connection: Queryable,
  monitor: Monitor,
  run: RetrainingRun,
  provenance: { workflowId: string; runId: string },
  end: Parameters<typeof endRetraining>[2],
): Promise<RetrainingEnd> {
  const { model } = monitor;
  await endRetraining(connection, run, end);
  await advanceWatermark(connection, {
    model,
    process: 'retraining',
    asOf: run.as_of,
    windowEnd: floorToDay(run.as_of),
  });
  const words = {
    kept: `${run.challenger_version} replaces ${run.champion_version}`,
    'rolled-back': `${run.champion_version} serves again`,
    rejected: `${run.champion_version} stays, ${run.challenger_version} was rejected`,
    failed: `${run.champion_version ?? 'the serving version'} stays`,
    cancelled: `${run.champion_version ?? 'the serving version'} stays`,
  };
  await resolveAlert(connection, {
    ...alertOf(monitor, run, provenance),
    event: end.state === 'kept' ? 'promoted' : end.state,
    severity: end.state === 'failed' || end.state === 'rolled-back' ? 'warning' : 'info',
    summary: `${words[end.state]}: ${end.reason}`,
  });
  return { state: end.state, reason: end.reason, pendingAlerts: await listPendingAlerts(connection, model) };
}
