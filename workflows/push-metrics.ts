import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import {
  ActivityFailure,
  CancellationScope,
  isCancellation,
  log,
  ParentClosePolicy,
  patched,
  startChild,
} from '@temporalio/workflow';

import type { Activities } from '../activities/index.ts';
import { metricsPush } from './metrics-push.ts';
import { listedAlike } from './show-outcome.ts';
import { pushes } from './steps.ts';

type Group = Parameters<Activities['pushMetrics']>[0];

/** What a run says of its gauges. */
export interface PushFacts {
  /** `not configured`: the worker has no PUSHGATEWAY_URL, and nobody misses them. */
  readonly metrics: 'pushed' | 'not configured' | 'not pushed';
  /** Why they were not pushed, and what to do. */
  readonly metricsReason?: string;
}

/** What every run says of itself beside its result. */
export interface RunFacts extends PushFacts {
  /** The instant that the run spoke for. */
  readonly asOf: string;
}

/**
 * Pushes a process's gauges. A Pushgateway that is away neither fails the run nor keeps its result and its alerts back for more than
 * seconds: what was computed is stored, and `metricsPush` goes on trying.
 */
export async function pushMetrics(group: Group): Promise<PushFacts> {
  try {
    const { samples } = await pushes.pushMetrics(group);
    return { metrics: samples === null ? 'not configured' : 'pushed' };
  } catch (error) {
    if (!(error instanceof ActivityFailure)) throw error;
    const metricsReason = error.cause?.message ?? error.message;
    log.warn('metrics were not pushed; metricsPush and the next run of this process try again', {
      cause: metricsReason,
    });
    const isWorthAnother = error.retryState !== 'NON_RETRYABLE_FAILURE' && !isCancellation(error);
    // Runs that came here before had tried for ten minutes, and ended.
    if (isWorthAnother && patched('metricsPush')) await pushLater(group);
    return { metrics: 'not pushed', metricsReason };
  }
}

/** One run a group, whoever asks: what it pushes are the newest stored rows. */
async function pushLater(group: Group): Promise<void> {
  try {
    await CancellationScope.nonCancellable(() =>
      startChild(metricsPush, {
        workflowId: `metrics-push:${group.process}:${group.model}`,
        args: [group],
        // It outlives the run that started it.
        parentClosePolicy: ParentClosePolicy.ABANDON,
        ...listedAlike(),
      }),
    );
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  }
}
