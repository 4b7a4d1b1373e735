/** Takes a model out of the database, Temporal and the Pushgateway, with an account of it. */

import {
  forgetRows,
  batchSizes,
  endWatching,
  type BatchSizes,
} from '../../activities/storage/forget-rows.ts';
import { findForgetting, forgetAction, readAccount } from '../../activities/storage/forget-store.ts';
import { TidewatchError } from '../../core/errors.ts';
import { tryWhileLocked, type Database } from '../../sql/database.ts';
import { audited } from '../audited.ts';
import type { Elsewhere } from './elsewhere.ts';
import { refuseInUse, splitRuns, type ForgetPlan } from './plan-forgetting.ts';
import { forgottenText, type Forgotten } from './forget-text.ts';

interface How {
  readonly by: string;
  readonly sizes?: BatchSizes;
  readonly onProgress?: (deleted: number, table: string) => void;
}

/**
 * Does what a plan says. It may die anywhere: done again, it goes on, and ends with the same. First nothing computes anything of the
 * model any more; then its rows go; the account is closed at last.
 *
 * @throws TidewatchError `FORGETTING_UNDER_WAY`; `MODEL_IN_USE` where a run has begun since the plan; `MODEL_BUSY`, `MODEL_STILL_WRITTEN`
 */
export async function forgetModel(
  database: Database,
  elsewhere: Elsewhere,
  plan: Pick<ForgetPlan, 'model' | 'rows'>,
  how: How,
): Promise<Forgotten> {
  const { model, rows } = plan;
  const done = await tryWhileLocked(database, `forget:${model}`, () =>
    audited(database, {
      by: how.by,
      action: forgetAction,
      model,
      subject: model,
      details: Object.fromEntries([...rows].map(([table, count]) => [table, String(count)])),
      work: () => forget(database, elsewhere, model, how),
      said: forgottenText,
    }),
  );
  if (done === undefined) throw new TidewatchError('FORGETTING_UNDER_WAY', { model });
  return done;
}

async function forget(
  database: Database,
  elsewhere: Elsewhere,
  model: string,
  { sizes = batchSizes, onProgress = () => {} }: How,
): Promise<Forgotten> {
  const forgetting = (await findForgetting(database, model))!;
  const schedules = await elsewhere.deleteSchedules();
  const { runs, lives } = splitRuns(await elsewhere.listRuns());
  refuseInUse({ model, schedules: [], runs });
  await endWatching(database, { model, forgetting });
  await elsewhere.endRuns(lives);
  await forgetRows(database, { model, forgetting, sizes, onProgress });
  const groups = (await elsewhere.listGroups()) ?? [];
  for (const group of groups) await elsewhere.deleteGroup(group);
  return {
    model,
    rows: await readAccount(database, model, forgetting),
    schedules,
    groups: groups.length,
  };
}
