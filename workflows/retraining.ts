import { ActivityFailure, CancellationScope, isCancellation } from '@temporalio/workflow';

import { asOfOf, decodeInput } from './input.ts';
import type { ResultOf, RunFacts } from './steps.ts';
import { decisions, pushMetrics, scans } from './steps.ts';
import { train } from './train.ts';

/**
 * Asks the trainer for a challenger, waits for it, compares it with the champion on held-out recent outcomes, and
 * promotes or rejects it.
 *
 * Guaranteed: at most one a model at a time; each step may be repeated; people hear how it started and how it ended,
 * a failure and a cancellation included.
 */
export async function retraining(input: unknown): Promise<RetrainingResult> {
  const { model, reason, ...rest } = decodeInput('retraining', input);
  const asOf = asOfOf(rest);
  const begun = await decisions.beginRetraining({ model, asOf, reason: reason ?? 'started by hand' });
  if (begun.decision === 'refused') return { state: 'refused', reason: begun.reason, asOf };
  const { retrainingId } = begun;

  let end: Ended;
  try {
    await tell(model, begun.pendingAlerts);
    const trained = await train({ model, retrainingId });
    if (trained.state === 'failed') throw new TrainingFailed(trained.reason);
    await decisions.recordChallenger({ model, retrainingId, ...trained });
    await scans.attachActuals({ model, asOf, window: begun.holdout });
    end = await decisions.judgeChallenger({ model, retrainingId });
  } catch (error) {
    const reason = reasonOfFailure(error);
    if (reason === undefined) throw error;
    // Also when this run is cancelled: the model's one place for a retraining must not stay taken.
    end = await CancellationScope.nonCancellable(async () => {
      const { undone } = await decisions.cancelTraining({ model, retrainingId });
      const whole = undone === null ? reason : `${reason}; ${undone}`;
      return decisions.failRetraining({ model, retrainingId, reason: whole });
    });
  }
  return CancellationScope.nonCancellable(async () => {
    const metrics = await pushMetrics({ model, process: 'retraining' });
    const { pendingAlerts, ...result } = end;
    await tell(model, pendingAlerts);
    return { ...result, retrainingId, asOf, metrics };
  });
}

type Ended = ResultOf<'judgeChallenger'>;

interface RetrainingResult {
  readonly asOf: string;
  readonly state: Ended['state'] | 'refused';
  readonly reason: string;
  readonly retrainingId?: string;
  readonly metrics?: RunFacts['metrics'];
}

class TrainingFailed extends Error {}

/** Why a retraining could not be carried through; undefined for a defect of this code. */
function reasonOfFailure(error: unknown): string | undefined {
  if (isCancellation(error)) return 'it was cancelled';
  if (error instanceof ActivityFailure) return error.cause?.message ?? error.message;
  return error instanceof TrainingFailed ? error.message : undefined;
}

async function tell(model: string, alertKeys: readonly string[]): Promise<void> {
  if (alertKeys.length > 0) await decisions.wakeAlerts({ model, alertKeys });
}
