import type { Client } from '@temporalio/client';
import { WithStartWorkflowOperation, WorkflowUpdateFailedError } from '@temporalio/client';

import type { AlertName, AlertView } from '../../activities/alerts/alert-rows.ts';
import { lifecycleId } from '../../core/alert/alert.ts';
import type { AlertChangeName } from '../../core/alert/change.ts';
import { reasonOf, TidewatchError } from '../../core/errors.ts';
import { connectTemporal, withTemporalErrors } from '../../schedules/temporal-client.ts';
import { readConfiguration } from '../../worker/configuration.ts';
import { problemsOfUpdate } from '../../workflows/alert-updates.ts';
import type { alertLifecycle } from '../../workflows/alert-lifecycle.ts';
import { withDatabase } from '../database.ts';
import { userName } from '../user-name.ts';
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

/** A worker that is there answers sooner. */
const silenceMs = 10_000;

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
  const { temporal } = readConfiguration(process.env);
  const connection = await connectTemporal(temporal);
  const silence = setTimeout(() => {
    console.error('no worker answers yet; is `tidewatch worker` running with this task queue?');
  }, silenceMs);
  try {
    const alert = await update(connection.client, temporal.taskQueue, { model, alertKey }, change, {
      ...request,
      by,
    });
    console.log(json ? JSON.stringify(alert, undefined, 2) : `${alertKey}: ${answerText(change, alert)}`);
  } finally {
    clearTimeout(silence);
    await connection.close();
  }
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

async function update(
  client: Client,
  taskQueue: string,
  name: AlertName,
  change: AlertChangeName,
  request: object,
): Promise<AlertView> {
  try {
    return await withTemporalErrors(client, () =>
      client.workflow.executeUpdateWithStart<typeof alertLifecycle, AlertView, [object]>(change, {
        args: [request],
        startWorkflowOperation: new WithStartWorkflowOperation<typeof alertLifecycle>('alertLifecycle', {
          workflowId: lifecycleId(name.alertKey),
          taskQueue,
          args: [{ model: name.model, alertKey: name.alertKey }],
          workflowIdConflictPolicy: 'USE_EXISTING',
        }),
      }),
    );
  } catch (error) {
    if (!(error instanceof WorkflowUpdateFailedError)) throw error;
    // What an activity threw is wrapped once.
    const cause = error.cause?.cause ?? error.cause;
    throw new TidewatchError('UPDATE_REFUSED', { reason: reasonOf(cause) }, { cause: error });
  }
}
