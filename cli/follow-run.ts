/** Follows a run of a workflow until it has ended. */

import { setTimeout as pause } from 'node:timers/promises';

import { TidewatchError, reasonOf } from '../core/errors.ts';

export const noWorker = 'no worker answers yet; is `tidewatch worker` running with this task queue?';

export interface FollowedRun<Result, Progress> {
  readonly workflowId: string;
  readonly result: () => Promise<Result>;
  /** How far it is; undefined, or a failure, while nobody works on it. */
  readonly look: () => Promise<Progress | undefined>;
}

export interface FollowOptions<Progress> {
  readonly onProgress: (progress: Progress) => void;
  /** Called once when nobody works on it for a while: no worker polls the task queue. */
  readonly onSilence: () => void;
  readonly pollMs?: number;
  readonly silenceMs?: number;
}

/**
 * The result of a run, telling of its progress meanwhile; also across the runs it continues as.
 *
 * @throws TidewatchError `RUN_FAILED` when it ends without one
 */
export async function followRun<Result, Progress>(
  run: FollowedRun<Result, Progress>,
  { onProgress, onSilence, pollMs = 500, silenceMs = 10_000 }: FollowOptions<Progress>,
): Promise<Result> {
  const result = run.result().then(
    (value) => ({ value }),
    (error: unknown) => {
      const reason = innermostReason(error);
      throw new TidewatchError('RUN_FAILED', { workflowId: run.workflowId, reason }, { cause: error });
    },
  );
  const silence = setTimeout(onSilence, silenceMs);
  try {
    for (;;) {
      const ended = await Promise.race([result, pause(pollMs, undefined)]);
      if (ended !== undefined) return ended.value;
      // A query fails while no worker is there, and for a moment when the run continues as another one.
      const progress = await Promise.race([run.look().catch(() => undefined), result.then(() => undefined)]);
      if (progress === undefined) continue;
      clearTimeout(silence);
      onProgress(progress);
    }
  } finally {
    clearTimeout(silence);
  }
}

/** Temporal wraps what an activity threw twice; the words that help are the innermost. */
function innermostReason(error: unknown): string {
  let innermost = error;
  while (innermost instanceof Error && innermost.cause instanceof Error) innermost = innermost.cause;
  return reasonOf(innermost).replace(/\.$/, '');
}
