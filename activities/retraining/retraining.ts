/** The steps of a retraining. Each may be repeated: what was done is found in `retraining_runs`. */

import type { Monitor, RetrainingPolicy } from '../../core/monitor/schema.ts';
import { TidewatchError } from '../../core/errors.ts';
import type { Evaluation } from '../../core/performance/evaluate.ts';
import { judgeChallenger as judge } from '../../core/retraining/challenger.ts';
import { trainingWindows } from '../../core/retraining/windows.ts';
import type { WindowText } from '../../core/window.ts';
import {
  durationMs,
  floorToDay,
  formatInstant,
  formatWindow,
  hourMs,
  parseInstant,
} from '../../core/window.ts';
import type { Queryable } from '../../sql/database.ts';
import { lockUntilCommit } from '../../sql/database.ts';
import { runOf } from '../activity-context.ts';
import { listPendingAlerts, openAlert, resolveAlert } from '../alerts/store.ts';
import { findServingVersion } from '../degradation/store.ts';
import type { ActivityDependencies } from '../dependencies.ts';
import { findMonitor } from '../monitors/store.ts';
import { evaluateRows } from '../performance/evaluate-performance.ts';
import { advanceWatermark } from '../processes/watermarks.ts';
import type { RetrainingEndState, RetrainingRun } from './store.ts';
import {
  archiveVersion,
  endAbandonedRetrainings,
  endRetraining,
  findRetraining,
  findRetrainingState,
  insertRetraining,
  promoteVersion,
  readPairedOutcomes,
  recordChallenger,
} from './store.ts';

type Deps = Pick<ActivityDependencies, 'database' | 'trainer' | 'context'>;

export interface RetrainingKey {
  readonly model: string;
  readonly retrainingId: string;
}

export type BeginRetrainingResult =
  | { readonly decision: 'refused'; readonly reason: string }
  | {
      readonly decision: 'begun';
      readonly retrainingId: string;
      readonly holdout: WindowText;
      readonly pollMs: number;
      readonly timeoutMs: number;
      readonly pendingAlerts: readonly string[];
    };

export interface RetrainingEnd {
  readonly state: RetrainingEndState;
  readonly reason: string;
  readonly pendingAlerts: readonly string[];
}

/** Claims the model's one place for a running retraining, and tells people that it started. */
export function createBeginRetraining(
  deps: Deps,
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
      const mine = existing?.workflow_id === run.workflowId && existing.run_id === run.runId;
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
          championVersion: await findServingVersion(connection, model, holdout.end),
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
        pollMs: pollMs(policy),
        timeoutMs,
        pendingAlerts: await listPendingAlerts(connection, model),
      };
    });
  };
}

/** Asks the trainer; asking again for the same retraining does not train twice. */
export function createStartTraining(deps: Deps): (key: RetrainingKey) => Promise<void> {
  return async function startTraining({ model, retrainingId }) {
    const { monitor } = await findMonitor(deps.database, model);
    const run = await requireRetraining(deps.database, model, retrainingId);
    await deps.trainer.start(policyOf(monitor).trainer.url, {
      retrainingId,
      model,
      training: formatWindow({ start: run.training_start, end: run.training_end }),
      holdout: formatWindow({ start: run.holdout_start, end: run.holdout_end }),
    });
  };
}

export type TrainingState =
  | { readonly state: 'running' }
  | { readonly state: 'succeeded'; readonly version: string }
  | { readonly state: 'failed'; readonly reason: string };

/** Asks how the training is going; a finished one is registered as a shadow version. */
export function createReadTraining(deps: Deps): (key: RetrainingKey) => Promise<TrainingState> {
  return async function readTraining({ model, retrainingId }) {
    const { monitor } = await findMonitor(deps.database, model);
    const run = await requireRetraining(deps.database, model, retrainingId);
    const answer = await deps.trainer.read(policyOf(monitor).trainer.url, retrainingId);
    if (answer.state !== 'succeeded') return answer;
    await deps.database.transaction((connection) => recordChallenger(connection, run, answer));
    return { state: 'succeeded', version: answer.version };
  };
}

/** Compares the challenger with the champion on held-out outcomes; promotes or rejects it and tells people. */
export function createJudgeChallenger(deps: Deps): (key: RetrainingKey) => Promise<RetrainingEnd> {
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
      if (promoted) await promoteVersion(connection, model, challengerVersion, run.as_of);
      else await archiveVersion(connection, model, challengerVersion, run.as_of);
      return conclude(connection, monitor, run, runOf(deps.context()), {
        state: promoted ? 'promoted' : 'rejected',
        reason: judgement.reason,
        comparison: { metric, rows: paired.champion.length, champion, challenger, judgement },
      });
    });
  };
}

/** Ends a retraining that could not be carried through, and tells people. */
export function createFailRetraining(
  deps: Deps,
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
  if (state === 'training' || state === 'validating') return undefined;
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
    promoted: `${run.challenger_version} replaces ${run.champion_version}`,
    rejected: `${run.champion_version} stays, ${run.challenger_version} was rejected`,
    failed: `${run.champion_version ?? 'the serving version'} stays`,
  };
  await resolveAlert(connection, {
    ...alertOf(monitor, run, provenance),
    event: end.state,
    severity: end.state === 'failed' ? 'warning' : 'info',
    summary: `${words[end.state]}: ${end.reason}`,
  });
  return { state: end.state, reason: end.reason, pendingAlerts: await listPendingAlerts(connection, model) };
}

function alertOf(monitor: Monitor, run: RetrainingRun, provenance: { workflowId: string; runId: string }) {
  const days = (start: number, end: number): string => `${formatInstant(start)} to ${formatInstant(end)}`;
  return {
    model: monitor.model,
    kind: 'retraining',
    subject: run.retraining_id,
    asOf: run.as_of,
    routes: monitor.alerts.routes,
    provenance,
    facts: [
      { name: 'Champion', value: run.champion_version ?? 'none' },
      ...(run.challenger_version === null ? [] : [{ name: 'Challenger', value: run.challenger_version }]),
      { name: 'Trained on', value: days(run.training_start, run.training_end) },
      { name: 'Held out', value: days(run.holdout_start, run.holdout_end) },
    ],
  } as const;
}

async function requireRetraining(
  connection: Queryable,
  model: string,
  retrainingId: string,
): Promise<RetrainingRun> {
  const run = await findRetraining(connection, model, retrainingId);
  if (run === undefined) throw new Error(`retraining ${retrainingId} of ${model} is not in retraining_runs`);
  return run;
}

function policyOf(monitor: Monitor): RetrainingPolicy {
  if (monitor.retraining === undefined)
    throw new TidewatchError('NO_RETRAINING_POLICY', { model: monitor.model });
  return monitor.retraining;
}

function pollMs(policy: RetrainingPolicy): number {
  const [, amount, unit] = /^(\d+)(ms|s|m)$/.exec(policy.trainer.poll)!;
  return Number(amount) * { ms: 1, s: 1000, m: 60_000 }[unit as 'ms' | 's' | 'm'];
}
