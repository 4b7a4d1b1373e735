/** What leaves this process of a span: a list of attributes. Whatever else a library notes stays here, so that no secret and no value of a feature can go out. */

import type { AttributeValue } from '@opentelemetry/api';
import type { ReadableSpan, Span, SpanProcessor } from '@opentelemetry/sdk-trace-base';

import { runFields } from '../../core/process/run-fields.ts';

/** Attribute -> what it is called outside; Temporal's interceptors have names of their own. */
const shown: ReadonlyMap<string, string> = new Map([
  ...runFields.map((field) => [field, field] as const),
  ['temporalWorkflowId', 'workflowId'],
  ['run_id', 'runId'],
  ...[
    'schedule',
    'taskQueue',
    'command',
    'channel',
    'error.type',
    'db.system.name',
    'db.query.summary',
    'db.response.status_code',
    'http.request.method',
    'http.response.status_code',
    'server.address',
    'server.port',
  ].map((name) => [name, name] as const),
]);

/**
 * A span as it goes out. The words of an error may repeat what was in a row, or a password: it is told by its kind; the words are in the log
 * line with the same trace.
 */
function shownSpan(span: ReadableSpan): ReadableSpan {
  const attributes: Record<string, AttributeValue> = {};
  for (const [name, value] of Object.entries(span.attributes)) {
    const as = shown.get(name);
    // A list would hold more than one thing: none of these is one.
    if (as !== undefined && isPlain(value)) attributes[as] = value;
  }
  const exception = span.events.map((event) => event.attributes?.['exception.type']).find(isPlain);
  if (exception !== undefined) attributes['error.type'] ??= exception;
  return {
    name: span.name,
    kind: span.kind,
    spanContext: () => span.spanContext(),
    ...(span.parentSpanId !== undefined && { parentSpanId: span.parentSpanId }),
    startTime: span.startTime,
    endTime: span.endTime,
    duration: span.duration,
    ended: span.ended,
    status: { code: span.status.code },
    attributes,
    links: [],
    events: [],
    resource: span.resource,
    instrumentationLibrary: span.instrumentationLibrary,
    droppedAttributesCount: 0,
    droppedEventsCount: 0,
    droppedLinksCount: 0,
  };
}

function isPlain(value: unknown): value is string | number | boolean {
  return ['string', 'number', 'boolean'].includes(typeof value);
}

/** Passes on what is shown of the spans of wanted traces. */
export function showing(next: SpanProcessor, isWanted: (traceId: string) => boolean): SpanProcessor {
  return {
    onStart: (span: Span, parent) => next.onStart(span, parent),
    onEnd: (span) => {
      if (isWanted(span.spanContext().traceId)) next.onEnd(shownSpan(span));
    },
    forceFlush: () => next.forceFlush(),
    shutdown: () => next.shutdown(),
  };
}
