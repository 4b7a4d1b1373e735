/** What an activity knows about the run it belongs to. Passed in with the dependencies, so that tests need no Temporal. */

import { Context } from '@temporalio/activity';

import { secondMs } from '../core/window.ts';

export interface ActivityContext {
  readonly workflowId: string;
  readonly runId: string;
  /** Says that the activity is alive, and where it would resume. */
  readonly heartbeat: (resumePoint: unknown) => void;
  /** The resume point of an earlier attempt that was lost; undefined in a first attempt. */
  readonly resumePoint: unknown;
  /** Fires when the run is cancelled or the worker shuts down. */
  readonly cancelled: AbortSignal;
}

/** The context of the activity that Temporal is running here. */
export function temporalContext(): ActivityContext {
  const context = Context.current();
  const { workflowExecution, heartbeatDetails } = context.info;
  return {
    workflowId: workflowExecution?.workflowId ?? '',
    runId: workflowExecution?.runId ?? '',
    heartbeat: (resumePoint) => context.heartbeat(resumePoint),
    resumePoint: heartbeatDetails,
    cancelled: context.cancellationSignal,
  };
}

/** Of the 30 seconds after which a worker counts as lost, a sixth. */
const heartbeatMs = 5 * secondMs;

/** Says that the activity is alive, for as long as the work takes: it waits for others, and has no steps to tell of. */
export async function heartbeating<T>(
  { heartbeat }: Pick<ActivityContext, 'heartbeat'>,
  work: () => Promise<T>,
  resumePoint: () => unknown = () => undefined,
): Promise<T> {
  const beat = setInterval(() => heartbeat(resumePoint()), heartbeatMs);
  try {
    return await work();
  } finally {
    clearInterval(beat);
  }
}

/** The part of the context that goes with every stored number. */
export function runOf({ workflowId, runId }: ActivityContext): { workflowId: string; runId: string } {
  return { workflowId, runId };
}
