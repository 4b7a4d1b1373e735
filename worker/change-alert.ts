/** What a person does to an alert: an update of its life cycle, which is started where it does not run. */

import { WithStartWorkflowOperation } from '@temporalio/client';

import { lifecycleId } from '../core/alert/alert.ts';
import type { AlertChangeName } from '../core/alert/change.ts';
import type { AlertName, AlertView } from '../core/alert/stored-alert.ts';
import { startShown } from '../schedules/search-attributes.ts';
import type { alertLifecycle } from '../workflows/alert-lifecycle.ts';
import { sendUpdate, type UpdateSettings } from './send-update.ts';

export interface AlertRequest extends AlertName {
  readonly change: AlertChangeName;
  /** The object of the update. */
  readonly request: object;
  /** The same again is done once. */
  readonly updateId?: string;
}

/** @throws what `sendUpdate` throws */
export async function changeAlert(
  settings: UpdateSettings,
  { model, alertKey, change, request, updateId }: AlertRequest,
): Promise<AlertView> {
  return sendUpdate(settings, (client, taskQueue) =>
    startShown({ model }, (typedSearchAttributes) =>
      client.workflow.executeUpdateWithStart<typeof alertLifecycle, AlertView, [object]>(change, {
        args: [request],
        ...(updateId !== undefined && { updateId }),
        startWorkflowOperation: new WithStartWorkflowOperation<typeof alertLifecycle>('alertLifecycle', {
          workflowId: lifecycleId(alertKey),
          taskQueue,
          args: [{ model, alertKey }],
          workflowIdConflictPolicy: 'USE_EXISTING',
          typedSearchAttributes,
        }),
      }),
    ),
  );
}
