/** `tidewatch forget`. */

import { noPushgateway, openPushgateway } from '../../activities/metrics/pushgateway.ts';
import { formatDay } from '../../core/window.ts';
import { installation } from '../../core/storage/settings.ts';
import { connectTemporal } from '../../schedules/temporal-client.ts';
import type { Database } from '../../sql/database.ts';
import { requireKnownSchema } from '../../sql/migrator.ts';
import { readForgotten } from '../../sql/read-removals.ts';
import { readConfiguration } from '../../worker/configuration.ts';
import { userName } from '../../worker/user-name.ts';
import { isTyped } from '../confirm.ts';
import { withDatabase } from '../database.ts';
import { readMonitorFiles } from '../monitor-files.ts';
import { print, printable, printJson, printNote } from '../print.ts';
import { openBar, openLine } from '../progress-bar.ts';
import { elsewhereOf, type Elsewhere } from './elsewhere.ts';
import { forgetModel } from './forget-model.ts';
import { forgottenJson, forgottenText, planJson, planLines, type Forgotten } from './forget-text.ts';
import {
  isNothing,
  planForgetting,
  refuseInUse,
  refuseUnknown,
  requireOwner,
  type ForgetPlan,
} from './plan-forgetting.ts';

export interface ForgetOptions {
  readonly plan?: true;
  readonly yes?: true;
  readonly by?: string;
  readonly monitors: string;
  readonly json?: true;
}

/** One holds the lock, another does the work. */
const connections = 2;

export async function runForget(model: string, options: ForgetOptions): Promise<void> {
  const { temporal, pushgatewayUrl } = readConfiguration(process.env);
  await withDatabase(
    'tidewatch-forget',
    async (database) => {
      await requireOwner(database);
      // What a newer version keeps of the model, this one would leave.
      await requireKnownSchema(database, '`tidewatch forget`');
      if (model === installation) await refuseUnknown(database, model);
      const connection = await connectTemporal(temporal);
      const { client } = connection;
      const pushgateway = pushgatewayUrl === undefined ? undefined : openPushgateway(pushgatewayUrl);
      try {
        await forgetOrTell(database, elsewhereOf(model, { client, pushgateway, database }), model, options);
      } finally {
        await connection.close();
      }
    },
    connections,
  );
}

async function forgetOrTell(
  database: Database,
  elsewhere: Elsewhere,
  model: string,
  options: ForgetOptions,
): Promise<void> {
  const plan = await planWithLine(database, elsewhere, model);
  if (isNothing(plan) && plan.begun === undefined) {
    const at = await readForgotten(database, model);
    if (at === null) await refuseUnknown(database, model);
    else if (options.json) printJson({ ...planJson(plan), forgotten: true });
    else print(printable(`nothing is left of ${model}: it was forgotten on ${formatDay(at)}`));
    return;
  }
  if (options.plan) {
    if (options.json) printJson(planJson(plan));
    else for (const line of planLines(plan)) print(printable(line));
    return;
  }
  refuseInUse(plan);
  if (!(await isWanted(plan, options))) {
    if (options.json) printJson(planJson(plan));
    else print('nothing was deleted');
    return;
  }
  const forgotten = await forgetWithBar(database, elsewhere, plan, options.by ?? userName());
  if (options.json) printJson(forgottenJson(forgotten));
  else print(printable(`${model} is forgotten: ${forgottenText(forgotten)}`));
  await printNotes(model, plan, options);
}

async function planWithLine(database: Database, elsewhere: Elsewhere, model: string): Promise<ForgetPlan> {
  const line = openLine();
  try {
    return await planForgetting(database, elsewhere, model, (table) => line.update(`counting ${table}`));
  } finally {
    line.close();
  }
}

async function isWanted(plan: ForgetPlan, { yes, json }: ForgetOptions): Promise<boolean> {
  if (!json) for (const line of planLines(plan)) print(printable(line));
  // The last step of one that was wanted before.
  if (isNothing(plan)) return true;
  const { model } = plan;
  return isTyped(model, `Type ${printable(model)} to delete all of it: `, {
    yes,
    json,
    instead: '--plan shows what would be deleted',
  });
}

async function forgetWithBar(
  database: Database,
  elsewhere: Elsewhere,
  plan: ForgetPlan,
  by: string,
): Promise<Forgotten> {
  const bar = await openBar('rows');
  const total = [...plan.rows.values()].reduce((sum, count) => sum + count, 0);
  let done = 0;
  try {
    return await forgetModel(database, elsewhere, plan, {
      by,
      onProgress: (deleted, table) => {
        done += deleted;
        bar.update(done, Math.max(done, total), `  ${table}`);
      },
    });
  } finally {
    bar.close();
  }
}

/** What it has not reached, and would bring some of it back. */
async function printNotes(
  model: string,
  { groups }: ForgetPlan,
  { monitors, json }: ForgetOptions,
): Promise<void> {
  const file = await findFile(monitors, model);
  if (file !== undefined)
    printNote(`${file} is still there: delete it, or the next \`tidewatch apply\` watches the model anew`);
  if (groups === undefined && !json) printNote(noPushgateway);
}

/** Of a directory that is not there, or cannot be read, nobody knows: this is a note, and no condition. */
async function findFile(directory: string, model: string): Promise<string | undefined> {
  try {
    const { monitors } = await readMonitorFiles(directory);
    return monitors.find(({ monitor }) => monitor.model === model)?.file;
  } catch {
    return undefined;
  }
}
