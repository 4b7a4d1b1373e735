/**
 * In the bundle of the workflows of the fault suite: an attempt of an activity ends after seconds, not after the minutes that it may take,
 * so that a worker that is killed costs no more. Much longer than any takes, also where all processors are taken.
 */

import type { WorkflowInterceptorsFactory } from '@temporalio/workflow';

export const attemptMs = 15_000;

export const interceptors: WorkflowInterceptorsFactory = () => ({
  outbound: [
    {
      scheduleActivity: (input, next) =>
        next({ ...input, options: { ...input.options, startToCloseTimeout: attemptMs } }),
    },
  ],
});
