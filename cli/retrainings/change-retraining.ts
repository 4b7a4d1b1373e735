import { WorkflowNotFoundError, WorkflowUpdateFailedError } from '@temporalio/client';

import type { RetrainingView } from '../../activities/retraining/change-retraining.ts';
import { reasonOf, TidewatchError } from '../../core/errors.ts';
import type { RetrainingChangeName } from '../../core/retraining/change.ts';
import { connectTemporal, withTemporalErrors } from '../../schedules/temporal-client.ts';
import { readConfiguration } from '../../worker/configuration.ts';
import { withDatabase } from '../database.ts';
import { userName } from '../user-name.ts';
import { stateText } from './retraining-text.ts';
import { requireRetraining } from './store.ts';

export interface ChangeOptions {
  readonly change: RetrainingChangeName;
  readonly by?: string;
  readonly note?: string;
  readonly for?: string;
  readonly json?: true;
}

/** A worker that is there answers sooner. */
const silenceMs = 10_000;

/** `tidewatch retrainings approve`, `reject`, `cancel` and `extend`: an update of the run of the retraining that is under way. */
export async function changeRetraining(
  model: string,
  { change, json, by = userName(), ...request }: ChangeOptions,
): Promise<void> {
  const { retrainingId, workflowId } = await withDatabase('tidewatch-retrainings', (database) =>
    requireRetraining(database, model),
  );
  const { temporal } = readConfiguration(process.env);
  const connection = await connectTemporal(temporal);
  const silence = setTimeout(() => {
    console.error('no worker answers yet; is `tidewatch worker` running with this task queue?');
  }, silenceMs);
  try {
    const view = await withTemporalErrors(connection.client, () =>
      connection.client.workflow
        .getHandle(workflowId)
        .executeUpdate<RetrainingView, [object]>(change, { args: [{ ...request, by }] }),
    );
    const text = stateText({ state: view.state, waitsUntil: view.waitsUntil ?? null });
    console.log(
      json
        ? JSON.stringify(view, undefined, 2)
        : `${model} as of ${retrainingId}: ${view.decision === undefined ? '' : `${view.decision} by ${view.by}, `}${text}`,
    );
  } catch (error) {
    throw refused(error, { model, retrainingId });
  } finally {
    clearTimeout(silence);
    await connection.close();
  }
}

function refused(error: unknown, name: { readonly model: string; readonly retrainingId: string }): unknown {
  if (error instanceof WorkflowUpdateFailedError) {
    // What an activity threw is wrapped once.
    const cause = error.cause?.cause ?? error.cause;
    return new TidewatchError('UPDATE_REFUSED', { reason: reasonOf(cause) }, { cause: error });
  }
  if (error instanceof WorkflowNotFoundError) {
    const reason = `its workflow does not run (${reasonOf(error)})`;
    return new TidewatchError('RETRAINING_NOT_CHANGED', { ...name, reason }, { cause: error });
  }
  return error;
}
