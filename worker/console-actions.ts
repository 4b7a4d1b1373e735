/** What people do on pages of the console, carried out by Temporal updates as the commands do. */

import { createHash } from 'node:crypto';

import type { ActionWords, ConsoleActions } from '../console/server/actions.ts';
import { TidewatchError } from '../core/errors.ts';
import { changeable, overText } from '../core/retraining/change.ts';
import { isRunningState } from '../core/retraining/states.ts';
import type { Database } from '../sql/database.ts';
import { findAlert } from '../sql/read-alerts.ts';
import { findShownRetraining } from '../sql/read-retrainings.ts';
import { problemsOfUpdate } from '../workflows/alert-updates.ts';
import { problemsOfRequest } from '../workflows/retraining-updates.ts';
import { changeAlert } from './change-alert.ts';
import { changeRetraining } from './change-retraining.ts';
import type { Configuration } from './configuration.ts';
import type { UpdateSettings } from './send-update.ts';

/** Each connects to Temporal when it is asked for: a console shows its pages while Temporal is away. */
export function consoleActions(
  database: Database,
  temporal: Pick<
    Configuration['temporal'],
    'address' | 'security' | 'payloadKeys' | 'namespace' | 'taskQueue' | 'traced'
  >,
): ConsoleActions {
  const settings: UpdateSettings = {
    temporal,
    onSilence: (seconds) => {
      throw new TidewatchError('UPDATE_UNANSWERED', { seconds, taskQueue: temporal.taskQueue });
    },
  };
  return {
    changeAlert: async ({ model, alertKey, change, words }) => {
      const { seen: _, ...request } = words;
      requireValid(problemsOfUpdate(change, request), change);
      if ((await findAlert(database, { model, alertKey })) === undefined)
        throw new TidewatchError('UNKNOWN_ALERT', { alertKey, hint: '' });
      const updateId = idOf(alertKey, change, words);
      return changeAlert(settings, { model, alertKey, change, request, updateId });
    },
    changeRetraining: async ({ model, retrainingId, change, words }) => {
      const { seen: _, ...request } = words;
      requireValid(problemsOfRequest(change, request), change);
      const found = await findShownRetraining(database, model, retrainingId);
      if (found === undefined) throw new TidewatchError('UNKNOWN_RETRAINING', { model, retrainingId });
      const updateId = idOf(`${model} ${retrainingId}`, change, words);
      const { workflowId } = found;
      const send = changeRetraining(settings, { model, retrainingId, workflowId, change, request, updateId });
      return send.catch(async (error: unknown) => {
        const isNotRunning = error instanceof TidewatchError && error.code === 'RETRAINING_NOT_CHANGED';
        const ended = isNotRunning && (await findShownRetraining(database, model, retrainingId));
        if (!ended || isRunningState(ended.state)) throw error;
        // Whoever was too late knows only the page as it was.
        const reason = overText(changeable(ended));
        throw new TidewatchError('RETRAINING_NOT_CHANGED', { model, retrainingId, reason }, { cause: error });
      });
    },
  };
}

function requireValid(
  [problem]: readonly { readonly field: string; readonly reason: string }[],
  change: string,
): void {
  if (problem === undefined) return;
  const { field, reason } = problem;
  throw new TidewatchError('INVALID_OPTION', { option: field === '' ? change : field, reason });
}

/** The same form of the same page, however often it is sent. */
function idOf(subject: string, change: string, words: ActionWords): string {
  const sent = Object.entries(words).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256')
    .update(JSON.stringify([subject, change, sent]))
    .digest('hex');
}
