/** Turns errors of the catalog into Temporal failures: the code as type, and no retry where the same input fails again. */

import type { ActivityInboundCallsInterceptor } from '@temporalio/worker';
import { ApplicationFailure } from '@temporalio/common';

import { TidewatchError } from '../core/errors.ts';

export const activityErrors: ActivityInboundCallsInterceptor = {
  async execute(input, next) {
    try {
      return await next(input);
    } catch (error) {
      if (!(error instanceof TidewatchError)) throw error;
      throw ApplicationFailure.create({
        message: error.message,
        type: error.code,
        nonRetryable: !error.retryable,
        ...(error.cause instanceof Error && { cause: error.cause }),
      });
    }
  },
};
