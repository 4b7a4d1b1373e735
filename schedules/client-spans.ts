/** Spans of what is asked of Temporal, whose context travels with it. */

import type { ClientInterceptors, WorkflowClientInterceptor } from '@temporalio/client';

/** What starts and changes runs; questions about them are no spans. Loaded only where it is wanted. */
export async function clientSpans(): Promise<ClientInterceptors> {
  const { OpenTelemetryWorkflowClientInterceptor } = await import('@temporalio/interceptors-opentelemetry');
  const spans = new OpenTelemetryWorkflowClientInterceptor();
  const changes: WorkflowClientInterceptor = {
    start: (input, next) => spans.start(input, next),
    startWithDetails: (input, next) => spans.startWithDetails(input, next),
    signal: (input, next) => spans.signal(input, next),
    signalWithStart: (input, next) => spans.signalWithStart(input, next),
    startUpdate: (input, next) => spans.startUpdate(input, next),
    startUpdateWithStart: (input, next) => spans.startUpdateWithStart(input, next),
    cancel: (input, next) => spans.cancel(input, next),
    terminate: (input, next) => spans.terminate(input, next),
  };
  return { workflow: [changes] };
}
