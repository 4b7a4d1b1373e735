/**
 * In the bundles of the workflows of the fault suite: an attempt of an activity ends after seconds, not after the minutes that it may take,
 * so that a worker that is killed costs no more; and one that has failed is followed by the next within two seconds, not within a minute or
 * five, however many came before. An attempt gets much longer than any takes, also where all processors are taken.
 */

import type { WorkflowInterceptorsFactory } from '@temporalio/workflow';

export const attemptMs = 10_000;

export const interceptors: WorkflowInterceptorsFactory = () => ({
  outbound: [
    {
      scheduleActivity: (input, next) => {
        const { options } = input;
        const retry = { ...options.retry, initialInterval: '1s', maximumInterval: '2s' } as const;
        return next({ ...input, options: { ...options, startToCloseTimeout: attemptMs, retry } });
      },
    },
  ],
});
