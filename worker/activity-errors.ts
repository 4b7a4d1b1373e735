/**
 * Turns errors of the catalog into Temporal failures: the code as type, and no retry where the same input fails again. What answers a
 * person who asked for something that cannot be done is no fault, and no warning in the log.
 */

import type { ActivityInboundCallsInterceptor } from '@temporalio/worker';
import { ApplicationFailure, ApplicationFailureCategory } from '@temporalio/common';

import { TidewatchError, type ErrorCode } from '../core/errors.ts';
import { redacted, redactedValue } from './redaction.ts';

const answers: ReadonlySet<ErrorCode> = new Set([
  'ALERT_NOT_CHANGED',
  'RETRAINING_NOT_CHANGED',
  'UNKNOWN_ALERT',
]);

/** @param secrets are in no failure and no result, which Temporal keeps and shows */
export function activityErrors(secrets: readonly string[] = []): ActivityInboundCallsInterceptor {
  return {
    async execute(input, next) {
      try {
        return redactedValue(await next(input), secrets);
      } catch (error) {
        redacted(error, secrets);
        if (!(error instanceof TidewatchError)) throw error;
        throw ApplicationFailure.create({
          message: error.message,
          type: error.code,
          nonRetryable: !error.retryable,
          ...(answers.has(error.code) && { category: ApplicationFailureCategory.BENIGN }),
          ...(error.cause instanceof Error && { cause: error.cause }),
        });
      }
    },
  };
}
