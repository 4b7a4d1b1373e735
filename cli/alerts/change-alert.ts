import { WithStartWorkflowOperation } from '@temporalio/client';

import type { AlertView } from '../../activities/alerts/alert-rows.ts';
import { lifecycleId } from '../../core/alert/alert.ts';
import type { AlertChangeName } from '../../core/alert/change.ts';
import { TidewatchError } from '../../core/errors.ts';
import { problemsOfUpdate } from '../../workflows/alert-updates.ts';
import type { alertLifecycle } from '../../workflows/alert-lifecycle.ts';
import { withDatabase } from '../database.ts';
import { sendUpdate } from '../send-update.ts';
import { userName } from '../../worker/user-name.ts';
import { stateText } from './alert-text.ts';
import { requireAlert } from './store.ts';

export interface ChangeOptions {
  readonly change: AlertChangeName;
  readonly by?: string;
  readonly note?: string;
  readonly for?: string;
  readonly until?: string;
  readonly json?: true;
}

/** `tidewatch alerts acknowledge`, `snooze`, `resolve` and `comment`: an update of the life cycle, which is started where it does not run. */
export async function changeAlert(
  alertKey: string,
  { change, json, by = userName(), ...request }: ChangeOptions,
): Promise<void> {
  if (change === 'snooze' && (request.for === undefined) === (request.until === undefined)) {
    const reason = 'write either --for, such as 4h, or --until, such as 2026-02-03T09:00:00Z';
    throw new TidewatchError('INVALID_OPTION', { option: '--for', reason });
  }
  requireValid(change, { ...request, by });
  const { model } = await withDatabase('tidewatch-alerts', (database) => requireAlert(database, alertKey));
  const alert = await sendUpdate((client, taskQueue) =>
    client.workflow.executeUpdateWithStart<typeof alertLifecycle, AlertView, [object]>(change, {
      args: [{ ...request, by }],
      startWorkflowOperation: new WithStartWorkflowOperation<typeof alertLifecycle>('alertLifecycle', {
        workflowId: lifecycleId(alertKey),
        taskQueue,
        args: [{ model, alertKey }],
        workflowIdConflictPolicy: 'USE_EXISTING',
      }),
    }),
  );
  console.log(json ? JSON.stringify(alert, undefined, 2) : `${alertKey}: ${answerText(change, alert)}`);
}

function answerText(change: AlertChangeName, alert: AlertView): string {
  const state = stateText(alert);
  if (change === 'comment') return `the comment is stored; ${state}`;
  if (change === 'resolve')
    return `${state}; a check that still finds the trouble reopens it, snooze it to be left alone`;
  return state;
}

/** The options have the names of the fields. */
function requireValid(change: AlertChangeName, request: object): void {
  const [problem] = problemsOfUpdate(change, request);
  if (problem === undefined) return;
  const option = problem.field === '' ? `alerts ${change}` : `--${problem.field}`;
  throw new TidewatchError('INVALID_OPTION', { option, reason: problem.reason });
}
