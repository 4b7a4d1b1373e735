import { reasonOf, TidewatchError } from '../../core/errors.ts';
import { lockUntilCommit } from '../../sql/database.ts';
import { heartbeating } from '../activity-context.ts';
import { findMonitor } from '../monitors/store.ts';
import { reachedInstant } from './progress.ts';
import { noteHook } from './promote-challenger.ts';
import { callPromotionHook } from './promotion-hook.ts';
import type { RetrainingDependencies, RetrainingKey } from './retraining-run.ts';
import { requireRetraining } from './retraining-run.ts';
import { exchangeChampion, findChampion } from './stages.ts';
import type { RetrainingRun } from './store.ts';

/**
 * Takes a promotion back, as far as it has come: the stages first, then the hook of the serving system. Gives in words what was
 * undone; nothing where nothing was promoted, or the retraining is over.
 */
export function createRevertPromotion(
  deps: RetrainingDependencies,
): (key: RetrainingKey) => Promise<{ readonly undone: readonly string[] }> {
  const revertNow = async (key: RetrainingKey): Promise<{ readonly undone: readonly string[] }> => {
    const { monitor } = await findMonitor(deps.database, key.model);
    const run = await exchangeBack(deps, key);
    const { champion_version: champion, challenger_version: challenger, promoted_as_of: promoted } = run;
    const undone = promoted === null ? [] : [`${champion} serves again`];
    if (run.hook === null) return { undone };
    if (run.hook === 'reverting') {
      try {
        await callPromotionHook(deps, monitor, run, 'revert');
      } catch (error) {
        // One that refuses for good does not keep the retraining from ending; one that is away is tried again.
        if (!(error instanceof TidewatchError) || error.retryable) throw error;
        const problem = `the promotion hook could not be told (${reasonOf(error)}): the serving system may still use ${challenger}`;
        return { undone: [...undone, problem] };
      }
      await deps.database.transaction((connection) => noteHook(connection, run, 'reverted'));
    }
    return { undone: [...undone, `the promotion hook was told to use ${champion}`] };
  };
  return async function revertPromotion(key) {
    return heartbeating(deps.context(), () => revertNow(key));
  };
}

async function exchangeBack(
  { database }: Pick<RetrainingDependencies, 'database'>,
  { model, retrainingId }: RetrainingKey,
): Promise<RetrainingRun> {
  return database.transaction(async (connection) => {
    await lockUntilCommit(connection, `retraining:${model}`);
    const run = await requireRetraining(connection, model, retrainingId);
    const { champion_version: champion, challenger_version: challenger, promoted_as_of: promoted } = run;
    const isServing = challenger !== null && (await findChampion(connection, model)) === challenger;
    if (promoted !== null && isServing && champion !== null) {
      const asOf = await reachedInstant(connection, run);
      await exchangeChampion(connection, model, { to: champion, from: challenger, asOf });
    }
    if (run.hook === 'promoting' || run.hook === 'promoted') await noteHook(connection, run, 'reverting');
    return requireRetraining(connection, model, retrainingId);
  });
}
