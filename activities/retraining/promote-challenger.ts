import { TidewatchError } from '../../core/errors.ts';
import type { Monitor } from '../../core/monitor/schema.ts';
import { durationMs, floorToDay } from '../../core/window.ts';
import type { Queryable } from '../../sql/database.ts';
import { lockUntilCommit, toTimestamp } from '../../sql/database.ts';
import { heartbeating, runOf } from '../activity-context.ts';
import { listPendingAlerts } from '../alerts/store.ts';
import { ensureLearned, ensureReported } from '../importance/ensure-importances.ts';
import { findMonitor } from '../monitors/store.ts';
import { reach, reachedInstant } from './progress.ts';
import { callPromotionHook } from './promotion-hook.ts';
import type { RetrainingDependencies, RetrainingKey } from './retraining-run.ts';
import { policyOf, requireRetraining } from './retraining-run.ts';
import { exchangeChampion, findChampion } from './stages.ts';
import type { RetrainingRun } from './store.ts';
import { tellOfStep } from './tell.ts';

export interface Promotion {
  readonly pendingAlerts: readonly string[];
}

/**
 * Makes the challenger the champion: asks the promotion hook of the serving system first, then changes the stages in one
 * transaction. The version before goes on in the shadow.
 *
 * @throws TidewatchError `CHAMPION_CHANGED` when another version serves than the one it was compared with; whatever the hook throws
 */
export function createPromoteChallenger(
  deps: RetrainingDependencies,
): (promotion: RetrainingKey & { readonly reason: string }) => Promise<Promotion> {
  const promoteNow = async (promotion: RetrainingKey & { readonly reason: string }): Promise<Promotion> => {
    const { model, retrainingId, reason } = promotion;
    const { monitor } = await findMonitor(deps.database, model);
    const run = await claim(deps, monitor, { model, retrainingId });
    if (run.hook === 'promoting') await callPromotionHook(deps, monitor, run, 'promote');
    return deps.database.transaction(async (connection) => {
      await lockUntilCommit(connection, `retraining:${model}`);
      const now = await requireRetraining(connection, model, retrainingId);
      // A try that was thought to be lost may have come first.
      if (now.state === 'promoting') await promote(deps, connection, monitor, now, reason);
      return { pendingAlerts: await listPendingAlerts(connection, model) };
    });
  };
  return async function promoteChallenger(promotion) {
    return heartbeating(deps.context(), () => promoteNow(promotion));
  };
}

/** Notes that it is about to happen, before anybody outside hears of it. */
async function claim(
  deps: RetrainingDependencies,
  monitor: Monitor,
  { model, retrainingId }: RetrainingKey,
): Promise<RetrainingRun> {
  return deps.database.transaction(async (connection) => {
    await lockUntilCommit(connection, `retraining:${model}`);
    const run = await requireRetraining(connection, model, retrainingId);
    if (run.promoted_as_of !== null) return { ...run, hook: null };
    const champion = await findChampion(connection, model);
    if (champion !== null && champion !== run.champion_version) {
      throw new TidewatchError('CHAMPION_CHANGED', {
        model,
        champion,
        compared: run.champion_version ?? 'none',
      });
    }
    if (run.state === 'promoting') return run;
    await reach(connection, run, {
      state: 'promoting',
      asOf: await reachedInstant(connection, run),
      summary: `${run.challenger_version} is to replace ${run.champion_version}`,
      waitsUntil: null,
      trafficShare: run.traffic_share,
    });
    if (policyOf(monitor).promotion.hook !== undefined) await noteHook(connection, run, 'promoting');
    return requireRetraining(connection, model, retrainingId);
  });
}

async function promote(
  deps: RetrainingDependencies,
  connection: Queryable,
  monitor: Monitor,
  run: RetrainingRun,
  reason: string,
): Promise<void> {
  const { model, challenger_version: challenger, champion_version: champion } = run;
  const asOf = await reachedInstant(connection, run);
  const summary = `${challenger} replaces ${champion}: ${reason}`;
  await exchangeChampion(connection, model, { to: challenger!, from: champion, asOf });
  if (run.hook === 'promoting') await noteHook(connection, run, 'promoted');
  await connection.execute(
    `update retraining_runs set promoted_as_of = $3, reason = reason || '; ' || $4::text
     where model = $1 and retraining_id = $2`,
    [model, run.retraining_id, toTimestamp(asOf), reason],
  );
  const waitsUntil = floorToDay(asOf) + durationMs(policyOf(monitor).verify.for);
  await reach(connection, run, { state: 'verifying', asOf, summary, waitsUntil });
  await ensureReported(connection, monitor, challenger!);
  await ensureLearned(connection, monitor, challenger!, { start: run.holdout_start, end: run.holdout_end });
  const news = { event: 'promoted', severity: 'info', summary, asOf } as const;
  await tellOfStep(connection, monitor, run, runOf(deps.context()), news);
}

/** Notes what the hook was asked, or has answered. */
export async function noteHook(
  connection: Queryable,
  { model, retraining_id: retrainingId }: RetrainingRun,
  hook: NonNullable<RetrainingRun['hook']>,
): Promise<void> {
  await connection.execute('update retraining_runs set hook = $3 where model = $1 and retraining_id = $2', [
    model,
    retrainingId,
    hook,
  ]);
}
