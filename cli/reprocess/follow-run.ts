/** Follows a reprocessing by its query, until it has ended. */

import { setTimeout as pause } from 'node:timers/promises';

import type { ReprocessingCounts, ReprocessingProgress } from '../../workflows/reprocessing.ts';
import { TidewatchError, reasonOf } from '../../core/errors.ts';

/** The part of a workflow handle that is needed. */
export interface FollowedRun {
  readonly workflowId: string;
  readonly result: () => Promise<ReprocessingCounts>;
  readonly query: (name: 'progress') => Promise<ReprocessingProgress>;
}

export interface FollowOptions {
  readonly onProgress: (progress: ReprocessingProgress) => void;
  /** Called once when nobody answers the query for a while: no worker polls the task queue. */
  readonly onSilence: () => void;
  readonly pollMs?: number;
  readonly silenceMs?: number;
}

/**
 * The result of a run, telling of its progress meanwhile; also across the runs it continues as.
 *
 * @throws TidewatchError `RUN_FAILED` when it ends without one
 */
export async function followRun(
  run: FollowedRun,
  { onProgress, onSilence, pollMs = 500, silenceMs = 10_000 }: FollowOptions,
): Promise<ReprocessingCounts> {
  const result = run.result().catch((error: unknown) => {
    const reason = innermostReason(error);
    throw new TidewatchError('RUN_FAILED', { workflowId: run.workflowId, reason }, { cause: error });
  });
  const silence = setTimeout(onSilence, silenceMs);
  try {
    for (;;) {
      const counts = await Promise.race([result, pause(pollMs, undefined)]);
      if (counts !== undefined) return counts;
      // A query fails while no worker is there, and for a moment when the run continues as another one.
      const progress = await Promise.race([
        run.query('progress').catch(() => undefined),
        result.then(() => undefined),
      ]);
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
