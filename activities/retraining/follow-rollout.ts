import type { Monitor } from '../../core/monitor/schema.ts';
import type { RetrainingStateName } from '../../core/retraining/states.ts';
import type { RetrainingPolicy } from '../../core/retraining/settings.ts';
import { durationMs, floorToDay, formatInstant, parseInstant } from '../../core/window.ts';
import type { Queryable } from '../../sql/database.ts';
import { lockUntilCommit } from '../../sql/database.ts';
import { findMonitor } from '../monitors/store.ts';
import { lookAtBoth, outcomesAreIn } from './look.ts';
import type { Watch } from './look.ts';
import { reach, reachedInstant } from './progress.ts';
import type { RetrainingDependencies, RetrainingKey } from './retraining-run.ts';
import { policyOf, requireRetraining } from './retraining-run.ts';
import { castShadow, versionsOf } from './stages.ts';
import type { Rollout } from '../../core/retraining/stored-run.ts';
import type { RetrainingRun } from './store.ts';

/** How something that goes on for days stands. */
export interface DaysAnswer {
  readonly state: RetrainingStateName;
  readonly decision: 'waits' | 'passed' | 'failed';
  readonly reason: string;
  /** How far the time has come that it goes by, and when it is over. */
  readonly asOf: string;
  readonly until: string | null;
}

/**
 * Lets the challenger predict beside the champion, in the shadow or for a share of the traffic, and compares both on what both
 * have predicted. It fails as soon as the challenger is clearly worse, or when it cannot be compared at the end.
 */
export function createFollowRollout(
  deps: Pick<RetrainingDependencies, 'database'>,
): (key: RetrainingKey) => Promise<DaysAnswer> {
  return async function followRollout({ model, retrainingId }) {
    const { monitor } = await findMonitor(deps.database, model);
    const { rollout: settings } = policyOf(monitor);
    return deps.database.transaction(async (connection) => {
      await lockUntilCommit(connection, `retraining:${model}`);
      const run = await requireRetraining(connection, model, retrainingId);
      const reached = await reachedInstant(connection, run);
      const answer = { state: run.state, asOf: formatInstant(reached), until: null };
      const versions = versionsOf(run);
      if (run.state === 'promoting' || run.promoted_as_of !== null)
        return { ...answer, decision: 'passed', reason: 'it has passed' };
      if (run.rollout === null && settings.kind === 'none')
        return { ...answer, decision: 'passed', reason: 'no rollout is asked for' };
      if (versions === null) throw new Error(`retraining ${retrainingId} of ${model} lacks a version`);
      const { rollout, until } =
        run.rollout === null
          ? await start(connection, run, { kind: settings.kind as Rollout['kind'], settings, reached })
          : { rollout: run.rollout, until: run.waits_until ?? reached };
      const watch = {
        start: parseInstant(rollout.start),
        until,
        reached,
        previous: rollout.look ?? null,
        versions,
      };
      return {
        ...(await judge(connection, monitor, { run, rollout, watch })),
        state: rollout.kind,
        asOf: answer.asOf,
        until: formatInstant(until),
      };
    });
  };
}

async function start(
  connection: Queryable,
  run: RetrainingRun,
  {
    kind,
    settings,
    reached,
  }: {
    readonly kind: Rollout['kind'];
    readonly settings: RetrainingPolicy['rollout'];
    readonly reached: number;
  },
): Promise<{ rollout: Rollout; until: number }> {
  const until = floorToDay(reached) + durationMs(settings.for);
  const rollout: Rollout = { kind, start: formatInstant(reached) };
  const trafficShare = kind === 'canary' ? settings.share : 0;
  const what = kind === 'canary' ? `serves ${trafficShare * 100}% of the traffic` : 'predicts in the shadow';
  await castShadow(connection, run.model, run.challenger_version!);
  await storeRollout(connection, run, rollout);
  await reach(connection, run, {
    state: kind,
    asOf: reached,
    summary: `${run.challenger_version} ${what} until ${formatInstant(until)}`,
    waitsUntil: until,
    trafficShare,
  });
  return { rollout, until };
}

async function judge(
  connection: Queryable,
  monitor: Monitor,
  { run, rollout, watch }: { readonly run: RetrainingRun; readonly rollout: Rollout; readonly watch: Watch },
): Promise<Pick<DaysAnswer, 'decision' | 'reason'>> {
  const { decision: decided, by, note } = run.approval ?? {};
  if (decided === 'rejected') {
    return { decision: 'failed', reason: `rejected by ${by}${note === undefined ? '' : `: ${note}`}` };
  }
  const look = await lookAtBoth(connection, monitor, watch);
  await storeRollout(connection, run, { ...rollout, look });
  const reason = `in the ${rollout.kind}: ${look.reason}`;
  if (look.decision === 'roll back') return { decision: 'failed', reason };
  const isOver =
    floorToDay(watch.reached) >= watch.until && (await outcomesAreIn(connection, monitor, watch));
  if (!isOver) return { decision: 'waits', reason };
  if ('notComputable' in look.gain) {
    return {
      decision: 'failed',
      reason: `${reason}; ${questions[rollout.kind]}`,
    };
  }
  return { decision: look.helped === 'no' ? 'failed' : 'passed', reason };
}

/** Of a challenger that has predicted nothing. */
const questions = {
  shadow: 'does the serving system let every version of stage shadow predict?',
  canary: 'does the serving system give the challenger its share of the traffic?',
} as const satisfies Record<Rollout['kind'], string>;

async function storeRollout(
  connection: Queryable,
  { model, retraining_id: retrainingId }: RetrainingRun,
  rollout: Rollout,
): Promise<void> {
  await connection.execute(
    'update retraining_runs set rollout = $3 where model = $1 and retraining_id = $2',
    [model, retrainingId, JSON.stringify(rollout)],
  );
}
