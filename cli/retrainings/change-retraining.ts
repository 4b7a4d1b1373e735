import { WorkflowNotFoundError } from '@temporalio/client';

import type { RetrainingView } from '../../activities/retraining/change-retraining.ts';
import { reasonOf, TidewatchError } from '../../core/errors.ts';
import type { RetrainingChangeName } from '../../core/retraining/change.ts';
import { withDatabase } from '../database.ts';
import { sendUpdate } from '../send-update.ts';
import { userName } from '../../worker/user-name.ts';
import { stateText } from './retraining-text.ts';
import { requireRetraining } from './store.ts';

export interface ChangeOptions {
  readonly change: RetrainingChangeName;
  readonly by?: string;
  readonly note?: string;
  readonly for?: string;
  readonly json?: true;
}

/** `tidewatch retrainings approve`, `reject`, `cancel` and `extend`: an update of the run of the retraining that is under way. */
export async function changeRetraining(
  model: string,
  { change, json, by = userName(), ...request }: ChangeOptions,
): Promise<void> {
  const { retrainingId, workflowId } = await withDatabase('tidewatch-retrainings', (database) =>
    requireRetraining(database, model),
  );
  const view = await sendUpdate((client) =>
    client.workflow
      .getHandle(workflowId)
      .executeUpdate<RetrainingView, [object]>(change, { args: [{ ...request, by }] }),
  ).catch((error: unknown) => {
    if (!(error instanceof WorkflowNotFoundError)) throw error;
    const reason = `its workflow does not run (${reasonOf(error)})`;
    throw new TidewatchError('RETRAINING_NOT_CHANGED', { model, retrainingId, reason }, { cause: error });
  });
  const text = stateText({ state: view.state, waitsUntil: view.waitsUntil ?? null });
  console.log(
    json
      ? JSON.stringify(view, undefined, 2)
      : `${model} as of ${retrainingId}: ${view.decision === undefined ? '' : `${view.decision} by ${view.by}, `}${text}`,
  );
}
