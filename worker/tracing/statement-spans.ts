/** A span for each SQL statement of what is traced. */

import { SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';

import type { ObserveStatement } from '../../sql/observed-statements.ts';
import { statementSummary } from '../../sql/statement-summary.ts';

const tracer = trace.getTracer('tidewatch/sql');

/** Health checks and other statements outside of any run are no traces. */
export const statementSpans: ObserveStatement = (text) => {
  if (trace.getActiveSpan()?.isRecording() !== true) return undefined;
  const summary = statementSummary(text);
  const span = tracer.startSpan(summary, {
    kind: SpanKind.CLIENT,
    attributes: { 'db.system.name': 'postgresql', 'db.query.summary': summary },
  });
  return (error) => {
    if (error !== undefined) {
      const { code } = error as { readonly code?: unknown };
      if (typeof code === 'string') span.setAttribute('db.response.status_code', code);
      span.setAttribute('error.type', typeof code === 'string' ? code : 'Error');
      span.setStatus({ code: SpanStatusCode.ERROR });
    }
    span.end();
  };
};
