import { alertKey as keyOf } from '../../core/alert/alert.ts';
import type { Monitor } from '../../core/monitor/schema.ts';
import type { RetrainingStateName } from '../../core/retraining/states.ts';
import { isRunningState } from '../../core/retraining/states.ts';
import type { WindowText } from '../../core/window.ts';
import { formatInstant, formatWindow, parseInstant, parseWindow } from '../../core/window.ts';
import type { Queryable } from '../../sql/database.ts';
import { lockUntilCommit } from '../../sql/database.ts';
import { runOf } from '../activity-context.ts';
import { findAlert } from '../../sql/read-alerts.ts';
import { listPendingAlerts, openAlert } from '../alerts/store.ts';
import { findServingVersion } from './stages.ts';
import { findMonitor } from '../monitors/store.ts';
import { recordRetrainingEvent } from './progress.ts';
import type { RetrainingDependencies, RetrainingKey } from './retraining-run.ts';
import { alertOf, policyOf } from './retraining-run.ts';
import { specifyTraining } from './specification.ts';
import type { RetrainingRun } from './store.ts';
import { findRetraining, findRunningRetraining, insertRetraining } from './store.ts';

export type BeginRetrainingResult =
  | {
      readonly decision: 'refused';
      readonly reason: string;
      /** The retraining that holds the model's one place. */
      readonly holder?: RetrainingKey & { readonly workflowId: string };
    }
  | {
      readonly decision: 'begun';
      readonly retrainingId: string;
      /** Further than `training` where this run takes up the work of one that was ended from outside. */
      readonly state: RetrainingStateName;
      readonly holdout: WindowText;
      readonly pendingAlerts: readonly string[];
    };

/** Claims the model's one place for a running retraining, freezes what it is trained on, and tells people that it started. */
export function createBeginRetraining(
  deps: Pick<RetrainingDependencies, 'database' | 'context'>,
): (input: { model: string; asOf: string; reason: string }) => Promise<BeginRetrainingResult> {
  return async function beginRetraining({ model, asOf: asOfText, reason }) {
    const asOf = parseInstant(asOfText);
    const { monitor } = await findMonitor(deps.database, model);
    policyOf(monitor);
    const retrainingId = formatInstant(asOf);
    const run = runOf(deps.context());

    return deps.database.transaction(async (connection) => {
      await lockUntilCommit(connection, `retraining:${model}`);
      const existing = await findRetraining(connection, model, retrainingId);
      // Of a terminated or reset run, the next one of its workflow id takes up the work.
      const mine =
        existing?.workflow_id === run.workflowId &&
        (isRunningState(existing.state) || existing.run_id === run.runId);
      if (existing !== undefined && !mine) return refused(existing);
      const holder = await findRunningRetraining(connection, model);
      if (holder !== undefined && !mine) return refused(holder);
      const begun = existing ?? (await start(connection, monitor, { asOf, reason, run }));
      await openAlert(connection, {
        ...alertOf(monitor, begun, run),
        severity: 'info',
        event: 'started',
        summary: (await isTold(connection, model, reason)) ? 'since it is degraded' : reason,
      });
      return {
        decision: 'begun',
        retrainingId,
        state: begun.state,
        holdout: formatWindow({ start: begun.holdout_start, end: begun.holdout_end }),
        pendingAlerts: await listPendingAlerts(connection, model),
      };
    });
  };
}

/** Has the open alert of the degradation said so, a moment ago? */
async function isTold(connection: Queryable, model: string, reason: string): Promise<boolean> {
  const alertKey = keyOf('degradation', model, 'performance');
  const degradation = await findAlert(connection, { model, alertKey });
  return (
    degradation !== undefined &&
    degradation.life.state !== 'resolved' &&
    degradation.latest.summary === reason
  );
}

/** Freezes what it is trained on. */
async function start(
  connection: Queryable,
  monitor: Monitor,
  {
    asOf,
    reason,
    run,
  }: { readonly asOf: number; readonly reason: string; readonly run: ReturnType<typeof runOf> },
): Promise<RetrainingRun> {
  const { model } = monitor;
  const specification = await specifyTraining(connection, monitor, asOf);
  const holdout = parseWindow(specification.holdout);
  const begun = await insertRetraining(connection, {
    model,
    retrainingId: formatInstant(asOf),
    reason,
    asOf,
    specification,
    training: parseWindow(specification.training),
    holdout,
    championVersion: await findServingVersion(connection, model, { asOf, before: holdout.end }),
    ...run,
  });
  const event = { eventId: begun.state, event: begun.state, asOf, summary: reason };
  await recordRetrainingEvent(connection, begun, event);
  return begun;
}

function refused(holder: RetrainingRun): BeginRetrainingResult {
  const { model, retraining_id: retrainingId, workflow_id: workflowId, state } = holder;
  if (!isRunningState(state)) {
    return { decision: 'refused', reason: `the retraining as of ${retrainingId} is ${state} already` };
  }
  return {
    decision: 'refused',
    reason: `another retraining of ${model}, started as of ${formatInstant(holder.as_of)}, is ${underWay(holder)}; one at a time`,
    holder: { model, retrainingId, workflowId },
  };
}

/** `verifying until 2011-05-04T00:00:00Z` */
function underWay({ state, waits_until: until }: Pick<RetrainingRun, 'state' | 'waits_until'>): string {
  return until === null ? `still ${state}` : `${state} until ${formatInstant(until)}`;
}
