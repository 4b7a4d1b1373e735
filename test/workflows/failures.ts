import { WorkflowFailedError, WorkflowUpdateFailedError } from '@temporalio/client';
import { ActivityFailure, ApplicationFailure } from '@temporalio/common';

/** How a run, or an update of one, failed, as the Temporal UI shows it: the failure of its activity, or its own. */
export async function failureOf(
  running: Promise<unknown>,
): Promise<{ readonly type: string; readonly nonRetryable: boolean; readonly message: string }> {
  const error = await running.then(
    (result) => new Error(`the run completed with ${JSON.stringify(result)}`),
    (error: unknown) => error,
  );
  if (!(error instanceof WorkflowFailedError || error instanceof WorkflowUpdateFailedError)) throw error;
  const cause = error.cause instanceof ActivityFailure ? error.cause.cause : error.cause;
  if (!(cause instanceof ApplicationFailure)) throw error;
  return { type: cause.type ?? '', nonRetryable: cause.nonRetryable === true, message: cause.message };
}
