import { findMonitor } from '../../activities/monitors/store.ts';
import {
  planRestoration,
  restoreVersion as restore,
  type Restoration,
} from '../../activities/retraining/restore-version.ts';
import { userName } from '../../worker/user-name.ts';
import { audited, noteDetails } from '../audited.ts';
import { isConfirmed } from '../confirm.ts';
import { withDatabase } from '../database.ts';
import { print, printJson, printable } from '../print.ts';

export interface RestoreOptions {
  readonly to?: string;
  readonly note?: string;
  readonly by?: string;
  readonly yes?: true;
  readonly json?: true;
}

/** `tidewatch retrainings restore`: a version that served before serves again, with a row of who did it and why. */
export async function restoreVersion(
  model: string,
  { to: version, note, by = userName(), yes, json }: RestoreOptions,
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
    const done = await audited(database, {
      by,
      action: 'version.restore',
      model,
      subject: plan.version,
      details: noteDetails(note),
      work: () => restore(database, { model, version: plan.version }),
      said: (restored) => `${restored.version} serves again, ${restored.replaced} is archived`,
    });
    if (json) printJson({ model, ...done, by, note: note ?? null });
    else print(restoredText(model, printable(done), monitor.retraining?.promotion.hook !== undefined));
  });
}

function restoredText(model: string, { version, replaced }: Restoration, hasHook: boolean): string {
  const hook = hasHook ? ' (its promotion hook was not called)' : '';
  return `${model}: version ${version} serves again, ${replaced} is archived. Tell the serving system${hook}, unless it reads the view model_aliases.`;
}
