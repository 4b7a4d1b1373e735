/** How a retraining ends. */

import type { Monitor } from '../../core/monitor/schema.ts';
import { isRunningState } from '../../core/retraining/states.ts';
import type { EndState, Helped } from '../../core/retraining/states.ts';
import { floorToDay } from '../../core/window.ts';
import type { Queryable } from '../../sql/database.ts';
import { lockUntilCommit, toTimestamp } from '../../sql/database.ts';
import { runOf } from '../activity-context.ts';
import { listPendingAlerts, resolveAlert } from '../alerts/store.ts';
import { findMonitor } from '../monitors/store.ts';
import { advanceWatermark } from '../processes/watermarks.ts';
import { reachedInstant, recordRetrainingEvent } from './progress.ts';
import type { RetrainingDependencies, RetrainingKey } from './retraining-run.ts';
import { alertOf, requireRetraining } from './retraining-run.ts';
import { archiveVersion } from './stages.ts';
import type { RetrainingRun } from './store.ts';

export interface Ending {
  readonly end: EndState;
  readonly reason: string;
  /** What was taken back of what had been done, in words. */
  readonly undone?: readonly string[];
}

export interface RetrainingEnd {
  readonly state: EndState;
  readonly reason: string;
  readonly helped: Helped | null;
  readonly pendingAlerts: readonly string[];
}

/** Ends a retraining: archives the version that does not serve, makes room for the next one, and tells people. Once. */
export function createConcludeRetraining(
  deps: Pick<RetrainingDependencies, 'database' | 'context'>,
): (ending: RetrainingKey & Ending) => Promise<RetrainingEnd> {
  return async function concludeRetraining({ model, retrainingId, ...ending }) {
    const { monitor } = await findMonitor(deps.database, model);
    return deps.database.transaction(async (connection) => {
      await lockUntilCommit(connection, `retraining:${model}`);
      const run = await requireRetraining(connection, model, retrainingId);
      if (isRunningState(run.state)) await conclude(connection, monitor, run, ending, runOf(deps.context()));
      const { state, helped } = await requireRetraining(connection, model, retrainingId);
      return {
        state: state as EndState,
        reason: wholeReason(ending),
        helped,
        pendingAlerts: await listPendingAlerts(connection, model),
      };
    });
  };
}

/** Ends a running retraining, in the transaction of the caller, who holds its lock. */
export async function conclude(
  connection: Queryable,
  monitor: Monitor,
  run: RetrainingRun,
  ending: Ending,
  provenance: { readonly workflowId: string; readonly runId: string },
): Promise<void> {
  const { model, promoted_as_of: promoted } = run;
  const asOf = await reachedInstant(connection, run);
  // What was cancelled or has failed after its promotion was taken back.
  const state = promoted !== null && ending.end !== 'kept' ? 'rolled-back' : ending.end;
  const whole = wholeReason(ending);
  await archiveVersion(
    connection,
    model,
    state === 'kept' ? run.champion_version : run.challenger_version,
    asOf,
  );
  await connection.execute(
    `update retraining_runs
     set state = $3, reason = reason || '; ' || $4::text, finished_at = now(), ended_as_of = $5, waits_until = null,
       traffic_share = 0, helped = case when $3 = 'kept' then coalesce(helped, 'unclear') else helped end
     where model = $1 and retraining_id = $2 and finished_at is null`,
    [model, run.retraining_id, state, whole, toTimestamp(asOf)],
  );
  const summary = `${words(state, run)}: ${whole}`;
  await recordRetrainingEvent(connection, run, { eventId: state, event: state, asOf, summary });
  const windowEnd = floorToDay(run.as_of);
  await advanceWatermark(connection, { model, process: 'retraining', asOf: run.as_of, windowEnd });
  await resolveAlert(connection, {
    ...alertOf(monitor, run, provenance),
    asOf,
    event: state,
    severity: severities[state],
    summary,
  });
}

function wholeReason({ reason, undone = [] }: Ending): string {
  return [reason, ...undone].join('; ');
}

const severities = {
  kept: 'info',
  rejected: 'info',
  cancelled: 'info',
  failed: 'warning',
  'rolled-back': 'warning',
} as const;

function words(state: EndState, run: RetrainingRun): string {
  const champion = run.champion_version ?? 'the serving version';
  const challenger = run.challenger_version ?? 'the challenger';
  switch (state) {
    case 'kept':
      return `${challenger} stays, ${helpedWords[run.helped ?? 'unclear']}`;
    case 'rolled-back':
      return `${champion} serves again, ${challenger} went back`;
    case 'rejected':
      return `${champion} stays, ${challenger} was rejected`;
    case 'failed':
    case 'cancelled':
      return `${champion} stays`;
  }
}

const helpedWords = {
  yes: 'it has helped',
  no: 'though it has not helped',
  unclear: 'whether it has helped is unclear',
} as const;
