/** What spans are made in this process, and what of them goes out. */

import { context, propagation, SpanStatusCode, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { suppressTracing, W3CTraceContextPropagator } from '@opentelemetry/core';
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
  type ReadableSpan,
} from '@opentelemetry/sdk-trace-base';
import { get } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { TidewatchError } from '../../../core/errors.ts';
import { openDatabase, type Database } from '../../../sql/database.ts';
import { channelsWithSpans } from '../../../worker/tracing/channel-spans.ts';
import { watchRequests } from '../../../worker/tracing/request-spans.ts';
import { traceSampler } from '../../../worker/tracing/sampler.ts';
import { showing } from '../../../worker/tracing/shown-span.ts';
import { statementSpans } from '../../../worker/tracing/statement-spans.ts';
import { startHttpEndpoint, type HttpEndpoint } from '../../setup/http-endpoint.ts';
import { useDatabase } from '../../setup/world.ts';

const test = useDatabase('shared by all tests');
const exporter = new InMemorySpanExporter();
let endpoint: HttpEndpoint;
let database: Database;
let unwatch: () => void;

beforeAll(async () => {
  const provider = new BasicTracerProvider({
    spanProcessors: [showing(new SimpleSpanProcessor(exporter), () => true)],
  });
  provider.register({
    contextManager: new AsyncLocalStorageContextManager().enable(),
    propagator: new W3CTraceContextPropagator(),
  });
  unwatch = watchRequests();
  endpoint = await startHttpEndpoint(() => ({ status: 200, body: 'ok' }));
  database = openDatabase({ url: test.url, poolSize: 1, observe: statementSpans });
});
beforeEach(() => exporter.reset());
afterAll(async () => {
  unwatch();
  trace.disable();
  context.disable();
  propagation.disable();
  await endpoint.stop();
  await database.close();
});

/** Spans of what is done in a span, without that one. */
async function spansOf(work: () => Promise<unknown>): Promise<ReadableSpan[]> {
  await trace.getTracer('test').startActiveSpan('outer', async (span) => {
    await work().catch(() => {});
    span.end();
  });
  return exporter.getFinishedSpans().filter(({ name }) => name !== 'outer');
}
const { hostname, port } = { hostname: '127.0.0.1', port: () => Number(new URL(endpoint.origin).port) };

describe('a request by fetch', () => {
  it('is a span with the method, the host and the status, and nothing of the path', async () => {
    const [span, ...others] = await spansOf(async () =>
      (
        await fetch(`${endpoint.origin}/services/secret?token=secret`, { method: 'POST', body: 'secret' })
      ).text(),
    );
    expect(others).toEqual([]);
    expect(span).toMatchObject({ name: 'POST', status: { code: SpanStatusCode.UNSET } });
    expect(span!.attributes).toEqual({
      'http.request.method': 'POST',
      'http.response.status_code': 200,
      'server.address': hostname,
      'server.port': port(),
    });
  });

  it('carries the trace to whom it asks', async () => {
    const [span] = await spansOf(async () => (await fetch(endpoint.origin)).text());
    const { traceId, spanId } = span!.spanContext();
    expect(endpoint.requests().at(-1)!.headers['traceparent']).toBe(`00-${traceId}-${spanId}-01`);
  });

  it('that is answered with an error, or not at all, has failed', async () => {
    endpoint.answerNext({ status: 503 });
    const [answered] = await spansOf(async () => (await fetch(endpoint.origin)).text());
    expect(answered).toMatchObject({
      status: { code: SpanStatusCode.ERROR },
      attributes: { 'error.type': '503', 'http.response.status_code': 503 },
    });
    exporter.reset();
    const gone = await startHttpEndpoint(() => ({ status: 200 }));
    await gone.stop();
    const [unanswered] = await spansOf(() => fetch(`${gone.origin}/secret`));
    expect(unanswered).toMatchObject({
      status: { code: SpanStatusCode.ERROR },
      attributes: { 'error.type': 'ECONNREFUSED' },
    });
    expect(JSON.stringify(unanswered!.attributes)).not.toContain('secret');
  });

  it('outside of any span, or where none is wanted, is no span', async () => {
    await (await fetch(endpoint.origin)).text();
    await context.with(suppressTracing(context.active()), async () => (await fetch(endpoint.origin)).text());
    expect(exporter.getFinishedSpans()).toEqual([]);
    expect(endpoint.requests().at(-1)!.headers['traceparent']).toBeUndefined();
  });
});

describe('a request by node:http', () => {
  const ask = (url: string): Promise<unknown> =>
    new Promise((resolve, reject) => {
      get(url, (response) => response.resume().on('close', resolve)).on('error', reject);
    });

  it('is the same', async () => {
    endpoint.answerNext({ status: 404 });
    const [span] = await spansOf(() => ask(`${endpoint.origin}/secret`));
    expect(span!.attributes).toEqual({
      'http.request.method': 'GET',
      'http.response.status_code': 404,
      'error.type': '404',
      'server.address': hostname,
      'server.port': port(),
    });
  });

  it('that is not answered says why', async () => {
    const [span] = await spansOf(() => ask('http://127.0.0.1:1/secret'));
    expect(span!.attributes).toMatchObject({ 'error.type': 'ECONNREFUSED', 'server.port': 1 });
  });
});

describe('a statement', () => {
  it('is a span with its summary', async () => {
    const [span] = await spansOf(() =>
      database.query(`select * from monitors where model = $1 and model <> 'secret'`, ['secret']),
    );
    expect(span).toMatchObject({ name: 'select monitors', status: { code: SpanStatusCode.UNSET } });
    expect(span!.attributes).toEqual({
      'db.system.name': 'postgresql',
      'db.query.summary': 'select monitors',
    });
  });

  it('that fails says by which state of SQL, and not in which words, which repeat the value', async () => {
    const [span] = await spansOf(() => database.query(`select $1::int`, ['secret']));
    expect(span).toMatchObject({
      status: { code: SpanStatusCode.ERROR },
      attributes: { 'db.response.status_code': '22P02', 'error.type': '22P02' },
      events: [],
    });
  });

  it('outside of any span is none', async () => {
    await database.query('select 1');
    expect(exporter.getFinishedSpans()).toEqual([]);
  });
});

describe('a message to people', () => {
  const refusing = {
    sends: 'message',
    send: () =>
      Promise.reject(
        new TidewatchError('DELIVERY_REFUSED', {
          channel: 'slack',
          alertKey: 'secret',
          reason: 'secret',
        }),
      ),
  } as const;
  const taking = {
    sends: 'message',
    send: async () => ({ notice: 'taken' }),
    sendReport: async () => undefined,
  } as const;

  it('is a span for each channel, also a report', async () => {
    const { email } = channelsWithSpans({ email: taking });
    const spans = await spansOf(async () => {
      expect(await email!.send({} as never, 'secret')).toEqual({ notice: 'taken' });
      await email!.sendReport({} as never, 'secret');
    });
    expect(spans.map(({ name, attributes }) => ({ name, attributes }))).toEqual([
      { name: 'send email', attributes: { channel: 'email' } },
      { name: 'send email', attributes: { channel: 'email' } },
    ]);
  });

  it('that is refused says by which error', async () => {
    const { slack } = channelsWithSpans({ slack: refusing });
    const [span] = await spansOf(() => slack!.send({} as never, 'secret'));
    expect(span).toMatchObject({
      status: { code: SpanStatusCode.ERROR },
      attributes: { channel: 'slack', 'error.type': 'DELIVERY_REFUSED' },
    });
  });
});

describe('of a span goes out', () => {
  it('what is on the list, under the names of log lines', async () => {
    const [span] = await spansOf(async () => {
      const attributes = {
        temporalWorkflowId: 'w',
        run_id: 'r',
        model: 'm',
        attempt: 2,
        'db.query.text': 'secret',
      };
      trace.getTracer('test').startSpan('inner', { attributes }).setAttribute('memo', ['secret']).end();
    });
    expect(span!.attributes).toEqual({ workflowId: 'w', runId: 'r', model: 'm', attempt: 2 });
  });

  it('of an error its kind only', async () => {
    const [span] = await spansOf(async () => {
      const inner = trace.getTracer('test').startSpan('inner');
      inner.recordException(new TypeError('secret'));
      inner.setStatus({ code: SpanStatusCode.ERROR, message: 'secret' });
      inner.end();
    });
    expect(span).toMatchObject({ status: { code: SpanStatusCode.ERROR }, events: [], links: [] });
    expect(span!.status.message).toBeUndefined();
    expect(span!.attributes).toEqual({ 'error.type': 'TypeError' });
  });
});

describe('a share of all traces', () => {
  const ids = Array.from({ length: 2_000 }, (_, i) =>
    (i * 2_654_435_761).toString(16).padStart(32, '9e3779b97f4a7c15'),
  );

  it('is decided about by the id of each', () => {
    const wanted = ids.filter(traceSampler({ share: 0.25 }).isWanted);
    expect(wanted.length / ids.length).toBeGreaterThan(0.15);
    expect(wanted.length / ids.length).toBeLessThan(0.35);
    expect(wanted.filter(traceSampler({ share: 0.25 }).isWanted)).toEqual(wanted);
  });

  it('may be none, or all', () => {
    expect(ids.filter(traceSampler({ share: 0 }).isWanted)).toEqual([]);
    expect(ids.filter(traceSampler({ share: 1 }).isWanted)).toEqual(ids);
  });

  it('is the same for what a workflow records and for what it calls', () => {
    const { sampler, isWanted } = traceSampler({ share: 0.25 });
    const tracer = new BasicTracerProvider({ sampler }).getTracer('test');
    for (const traceId of ids) {
      const parent = { traceId, spanId: '00f067aa0ba902b7', traceFlags: 1, isRemote: true };
      const span = tracer.startSpan('activity', {}, trace.setSpanContext(context.active(), parent));
      expect(span.isRecording()).toBe(isWanted(traceId));
    }
  });
});
