import { changeable, overText, type RetrainingChangeName } from '../../core/retraining/change.ts';
import { TidewatchError } from '../../core/errors.ts';
import { changeText } from '../../core/retraining/retraining-words.ts';
import { isRunningState } from '../../core/retraining/states.ts';
import { changeRetraining as change } from '../../worker/change-retraining.ts';
import { userName } from '../../worker/user-name.ts';
import { problemsOfRequest } from '../../workflows/retraining-updates.ts';
import { withDatabase } from '../database.ts';
import { requireValidUpdate } from '../require-valid-update.ts';
import { updateSettings } from '../update-settings.ts';
import { requireRetraining } from './require-retraining.ts';
import { print, printJson, printable } from '../print.ts';

export interface ChangeOptions {
  readonly change: RetrainingChangeName;
  readonly by?: string;
  readonly note?: string;
  readonly for?: string;
  readonly json?: true;
}

/** `tidewatch retrainings approve`, `reject`, `cancel` and `extend`: about the retraining that is under way. */
export async function changeRetraining(
  model: string,
  { change: name, json, by = userName(), ...request }: ChangeOptions,
): Promise<void> {
  requireValidUpdate(`retrainings ${name}`, problemsOfRequest(name, { ...request, by }));
  const found = await withDatabase('tidewatch-retrainings', (database) => requireRetraining(database, model));
  const { retrainingId, workflowId } = found;
  if (!isRunningState(found.state)) {
    const reason = overText(changeable(found));
    throw new TidewatchError('RETRAINING_NOT_CHANGED', { model, retrainingId, reason });
  }
  const key = { model, retrainingId, workflowId };
  const view = await change(updateSettings(), { ...key, change: name, request: { ...request, by } });
  if (json) printJson(view);
  else print(`${model} as of ${retrainingId}: ${changeText(printable(view))}`);
}
