/**
 * A span for each HTTP request of what is traced, by `fetch` and by `node:http`, which tell of their requests themselves. Of the address only
 * host and port are read: the path of a webhook is a secret.
 */

import { subscribe, unsubscribe } from 'node:diagnostics_channel';

import type { Span } from '@opentelemetry/api';
import { context, propagation, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { isTracingSuppressed } from '@opentelemetry/core';

const tracer = trace.getTracer('tidewatch/http');

/** https://github.com/nodejs/undici/blob/v6.21.0/docs/docs/api/DiagnosticsChannel.md */
interface FetchRequest {
  readonly origin: string | URL;
  readonly method: string;
  addHeader(name: string, value: string): unknown;
}

/** https://nodejs.org/docs/latest-v20.x/api/diagnostics_channel.html#http */
interface NodeRequest {
  readonly method: string;
  readonly protocol: string;
  readonly host: string;
  getHeader(name: string): unknown;
}

/** Watches until the function that it returns is called. */
export function watchRequests(): () => void {
  const spans = new WeakMap<object, Span>();
  const begin = (request: object, method: string, origin: () => URL): Span | undefined => {
    const active = context.active();
    // What sends the spans asks for none.
    if (isTracingSuppressed(active) || trace.getSpan(active)?.isRecording() !== true) return undefined;
    const { hostname, port, protocol } = origin();
    const span = tracer.startSpan(method, {
      kind: SpanKind.CLIENT,
      attributes: {
        'http.request.method': method,
        'server.address': hostname,
        'server.port': Number(port) || (protocol === 'https:' ? 443 : 80),
      },
    });
    spans.set(request, span);
    return span;
  };
  const answered = (request: object, status: number): void => {
    const span = spans.get(request);
    span?.setAttribute('http.response.status_code', status);
    if (status >= 400)
      span?.setAttribute('error.type', String(status)).setStatus({ code: SpanStatusCode.ERROR });
  };
  const end = (request: object, error?: unknown): void => {
    const span = spans.get(request);
    if (error !== undefined) {
      const { code, name } = error as { readonly code?: unknown; readonly name?: unknown };
      const kind = typeof code === 'string' ? code : typeof name === 'string' ? name : 'Error';
      span?.setAttribute('error.type', kind).setStatus({ code: SpanStatusCode.ERROR });
    }
    span?.end();
    spans.delete(request);
  };

  const listeners: Readonly<Record<string, (message: never) => void>> = {
    'undici:request:create': ({ request }: { request: FetchRequest }) => {
      const span = begin(request, request.method, () => new URL(request.origin));
      if (span === undefined) return;
      // Trainers and hooks of the user may go on with the trace.
      propagation.inject(trace.setSpan(context.active(), span), request, {
        set: (to, name, value) => void to.addHeader(name, value),
      });
    },
    'undici:request:headers': (told: { request: object; response: { statusCode: number } }) =>
      answered(told.request, told.response.statusCode),
    'undici:request:trailers': ({ request }: { request: object }) => end(request),
    'undici:request:error': ({ request, error }: { request: object; error: unknown }) => end(request, error),
    'http.client.request.start': ({ request }: { request: NodeRequest }) =>
      void begin(request, request.method, () => {
        const host = request.getHeader('host');
        return new URL(`${request.protocol}//${typeof host === 'string' ? host : request.host}`);
      }),
    'http.client.response.finish': (told: { request: object; response: { statusCode: number } }) => {
      answered(told.request, told.response.statusCode);
      end(told.request);
    },
    'http.client.request.error': ({ request, error }: { request: object; error: unknown }) =>
      end(request, error),
  };
  const all = Object.entries(listeners) as [string, (message: unknown) => void][];
  for (const [name, listener] of all) subscribe(name, listener);
  return () => {
    for (const [name, listener] of all) unsubscribe(name, listener);
  };
}
