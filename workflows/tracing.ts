/**
 * The spans of workflows, for the bundle of workers that trace: Temporal's own interceptors, and what the run is about. Adds nothing to
 * histories, so that a run may begin with it and go on without it.
 */

import { context, trace } from '@opentelemetry/api';
import { extractContextFromHeaders } from '@temporalio/interceptors-opentelemetry/lib/instrumentation.js';
import {
  OpenTelemetryInboundInterceptor,
  OpenTelemetryInternalsInterceptor,
  OpenTelemetryOutboundInterceptor,
} from '@temporalio/interceptors-opentelemetry/lib/workflow/index.js';
import type {
  QueryInput,
  UpdateInput,
  WorkflowExecuteInput,
  WorkflowInboundCallsInterceptor,
  WorkflowInterceptors,
} from '@temporalio/workflow';
import { workflowInfo } from '@temporalio/workflow';

import { subjectOf } from '../core/process/run-fields.ts';
import { runSubject } from './run-log.ts';

/** Who asks for the progress of a run asks every second, and a validation changes nothing: neither is worth a span. */
class Inbound extends OpenTelemetryInboundInterceptor {
  /** The span of a run comes when it is over. An alert may be open for weeks: its span is its begin, and what it does hangs on that. */
  override async execute(
    input: WorkflowExecuteInput,
    next: (input: WorkflowExecuteInput) => Promise<unknown>,
  ): Promise<unknown> {
    const { workflowType } = workflowInfo();
    if (workflowType !== 'alertLifecycle') return super.execute(input, next);
    const caller = extractContextFromHeaders(input.headers) ?? context.active();
    const attributes = { ...subjectOf(input.args[0]) };
    const span = this.tracer.startSpan(`RunWorkflow:${workflowType}`, { attributes }, caller);
    span.end();
    return context.with(trace.setSpan(caller, span), () => next(input));
  }
  override async handleQuery(input: QueryInput, next: (input: QueryInput) => Promise<unknown>) {
    return next(input);
  }
  override validateUpdate(input: UpdateInput, next: (input: UpdateInput) => void): void {
    next(input);
  }
}

// The sandbox has one of it for each workflow.
let run: Partial<Readonly<Record<'trace_id' | 'span_id', string>>> = {};

/** Inside of the span of the run. */
const describing: WorkflowInboundCallsInterceptor = {
  execute(input, next) {
    const span = trace.getActiveSpan();
    const ids = span?.spanContext();
    run = ids === undefined ? {} : { trace_id: ids.traceId, span_id: ids.spanId };
    const [schedule] = workflowInfo().searchAttributes['TemporalScheduledById'] ?? [];
    span?.setAttributes({
      ...subjectOf(input.args[0]),
      ...(typeof schedule === 'string' && { schedule }),
    });
    const running = next(input);
    // The span ends after this. Beside the run, not behind it: what a run does must not wait for a turn more.
    running.then(
      () => span?.setAttributes(runSubject()),
      () => {},
    );
    return running;
  },
};

export function interceptors(): WorkflowInterceptors {
  return {
    inbound: [new Inbound(), describing],
    outbound: [
      new OpenTelemetryOutboundInterceptor(),
      // The SDK tells how a run ended when its span is over.
      { getLogAttributes: (attributes, next) => next({ ...run, ...attributes }) },
    ],
    internals: [new OpenTelemetryInternalsInterceptor()],
  };
}
