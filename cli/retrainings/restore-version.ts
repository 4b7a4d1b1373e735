import { findMonitor } from '../../activities/monitors/store.ts';
import {
  planRestoration,
  restoreVersion as restore,
  type Restoration,
} from '../../activities/retraining/restore-version.ts';
import { noteOutcome, noteRequest } from '../../console/server/audit.ts';
import { reasonOf } from '../../core/errors.ts';
import type { Database } from '../../sql/database.ts';
import { userName } from '../../worker/user-name.ts';
import { isConfirmed } from '../confirm.ts';
import { withDatabase } from '../database.ts';
import { print, printJson, printable } from '../print.ts';

export interface RestoreOptions {
  readonly version?: string;
  readonly note?: string;
  readonly by?: string;
  readonly yes?: true;
  readonly json?: true;
}

/** `tidewatch retrainings restore`: a version that served before serves again, with a row of who did it and why. */
export async function restoreVersion(
  model: string,
  { version, note, by = userName(), yes, json }: RestoreOptions,
): Promise<void> {
  await withDatabase('tidewatch-retrainings', async (database) => {
    const { monitor } = await findMonitor(database, model);
    const plan = await planRestoration(database, { model, version });
    const shown = printable(plan);
    if (!json) print(`${model}: version ${shown.version} would serve again in place of ${shown.replaced}`);
    const instead = 'without it nothing is changed';
    if (!(await isConfirmed('Restore it?', { yes, json, instead }))) {
      print('nothing was changed');
      return;
    }
    const done = await audited(database, { model, version: plan.version, note, by });
    if (json) printJson({ model, ...done, by, note: note ?? null });
    else print(restoredText(model, printable(done), monitor.retraining?.promotion.hook !== undefined));
  });
}

async function audited(
  database: Database,
  { model, version, note, by }: { model: string; version: string; note: string | undefined; by: string },
): Promise<Restoration> {
  const auditId = await noteRequest(database, {
    viewer: { name: by, role: 'operator' },
    action: 'version.restore',
    model,
    subject: version,
    details: note === undefined ? {} : { note },
  });
  try {
    const done = await restore(database, { model, version });
    await noteOutcome(database, auditId, 'done', `${version} serves again, ${done.replaced} is archived`);
    return done;
  } catch (error) {
    await noteOutcome(database, auditId, 'failed', reasonOf(error));
    throw error;
  }
}

function restoredText(model: string, { version, replaced }: Restoration, hasHook: boolean): string {
  const hook = hasHook ? ' (its promotion hook was not called)' : '';
  return `${model}: version ${version} serves again, ${replaced} is archived. Tell the serving system${hook}, unless it reads the view model_aliases.`;
}
