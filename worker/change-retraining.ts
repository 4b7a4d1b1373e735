/** What a person asks of a retraining: an update of its run. */

import { WorkflowNotFoundError } from '@temporalio/client';

import { reasonOf, TidewatchError } from '../core/errors.ts';
import type { RetrainingChangeName, RetrainingView } from '../core/retraining/change.ts';
import { sendUpdate, type UpdateSettings } from './send-update.ts';

export interface RetrainingRequest {
  readonly model: string;
  readonly retrainingId: string;
  readonly workflowId: string;
  readonly change: RetrainingChangeName;
  /** The object of the update. */
  readonly request: object;
  /** The same again is done once. */
  readonly updateId?: string;
}

/** @throws TidewatchError `RETRAINING_NOT_CHANGED` when it does not run; else what `sendUpdate` throws */
export async function changeRetraining(
  settings: UpdateSettings,
  { model, retrainingId, workflowId, change, request, updateId }: RetrainingRequest,
): Promise<RetrainingView> {
  return sendUpdate(settings, (client) =>
    client.workflow.getHandle(workflowId).executeUpdate<RetrainingView, [object]>(change, {
      args: [request],
      ...(updateId !== undefined && { updateId }),
    }),
  ).catch((error: unknown) => {
    if (!(error instanceof WorkflowNotFoundError)) throw error;
    const reason = `its workflow does not run (${reasonOf(error)})`;
    throw new TidewatchError('RETRAINING_NOT_CHANGED', { model, retrainingId, reason }, { cause: error });
  });
}
