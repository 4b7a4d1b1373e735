/** What log lines and the span of an activity say of the run that it belongs to. */

import type { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import type { ActivityInterceptors } from '@temporalio/worker';
import { trace } from '@opentelemetry/api';

import type { RunField } from '../core/process/run-fields.ts';
import { subjectOf } from '../core/process/run-fields.ts';

type Fields = Partial<Readonly<Record<RunField, string>>>;

/** Each activity has one of these. Without tracing there is no span, and nothing is said of it. */
export function activityFields({ info, log }: Context): ActivityInterceptors {
  let fields: Fields = {};
  return {
    inbound: {
      async execute(input, next) {
        const subject = subjectOf(input.args[0]);
        const span = trace.getActiveSpan();
        const { activityType, attempt, workflowType } = info;
        span?.setAttributes({ ...subject, activityType, attempt, ...(workflowType && { workflowType }) });
        const context = span?.spanContext();
        // Kept: the SDK tells how an activity ended when its span is over.
        fields = {
          ...subject,
          ...(context !== undefined && { trace_id: context.traceId, span_id: context.spanId }),
        };
        log.debug('activity started');
        try {
          return await next(input);
        } catch (error) {
          if (error instanceof ApplicationFailure && error.type) span?.setAttribute('error.type', error.type);
          throw error;
        }
      },
    },
    outbound: { getLogAttributes: (attributes, next) => next({ ...fields, ...attributes }) },
  };
}
