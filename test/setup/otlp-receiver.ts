/** A collector on loopback that takes OTLP by http/protobuf and remembers the spans. */

import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import { buffer } from 'node:stream/consumers';

import protocol from '@opentelemetry/otlp-transformer/build/src/generated/root.js';

import { listenOnLoopback } from '../../demo/stack/loopback-ports.ts';

export interface ReceivedSpan {
  readonly service: string;
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  /** Empty where it begins the trace. */
  readonly parentSpanId: string;
  readonly failed: boolean;
  readonly attributes: Readonly<Record<string, string | number | boolean>>;
}

export interface OtlpReceiver {
  readonly url: string;
  spans(): readonly ReceivedSpan[];
  /** Everything that came, as text, in whatever encoding of the bytes. */
  bytes(): string;
  headers(): readonly IncomingHttpHeaders[];
  stop(): Promise<void>;
}

interface Value {
  readonly stringValue?: string;
  readonly intValue?: number;
  readonly doubleValue?: number;
  readonly boolValue?: boolean;
}
interface KeyValue {
  readonly key: string;
  readonly value: Value;
}
interface ExportRequest {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly KeyValue[] };
    readonly scopeSpans: readonly {
      readonly spans: readonly {
        readonly name: string;
        readonly traceId: string;
        readonly spanId: string;
        readonly parentSpanId?: string;
        readonly status?: { readonly code?: number };
        readonly attributes?: readonly KeyValue[];
      }[];
    }[];
  }[];
}

/** The types of OpenTelemetry's own build of the protocol say nothing of its services. */
interface Decoder {
  decode(bytes: Uint8Array): unknown;
  toObject(message: unknown, options: object): ExportRequest;
}
const decoder = (
  protocol as unknown as {
    opentelemetry: { proto: { collector: { trace: { v1: { ExportTraceServiceRequest: Decoder } } } } };
  }
).opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;

const statusError = 2;
const hex = (base64: string | undefined): string => Buffer.from(base64 ?? '', 'base64').toString('hex');

function spansOf(body: Uint8Array): ReceivedSpan[] {
  const { resourceSpans } = decoder.toObject(decoder.decode(body), {
    longs: Number,
    bytes: String,
    arrays: true,
  });
  return resourceSpans.flatMap(({ resource, scopeSpans }) =>
    scopeSpans.flatMap(({ spans }) =>
      spans.map((span) => ({
        service: String(attributesOf(resource.attributes)['service.name']),
        name: span.name,
        traceId: hex(span.traceId),
        spanId: hex(span.spanId),
        parentSpanId: hex(span.parentSpanId),
        failed: span.status?.code === statusError,
        attributes: attributesOf(span.attributes ?? []),
      })),
    ),
  );
}

function attributesOf(pairs: readonly KeyValue[]): ReceivedSpan['attributes'] {
  return Object.fromEntries(
    pairs.map(({ key, value }) => [
      key,
      value.stringValue ??
        value.intValue ??
        value.doubleValue ??
        value.boolValue ??
        'neither text nor number',
    ]),
  );
}

/** It answers after `delayMs`, and with this status. */
export async function startOtlpReceiver({ status = 200, hangs = false } = {}): Promise<OtlpReceiver> {
  const bodies: Buffer[] = [];
  const headers: IncomingHttpHeaders[] = [];
  const server = createServer((request, response) => {
    void (async () => {
      const body = await buffer(request);
      bodies.push(body);
      headers.push(request.headers);
      if (!hangs) response.writeHead(status, { 'content-type': 'application/x-protobuf' }).end();
    })().catch(() => response.destroy());
  });
  const port = await listenOnLoopback(server);
  return {
    url: `http://127.0.0.1:${port}`,
    spans: () => bodies.flatMap(spansOf),
    bytes: () => bodies.map((body) => body.toString('latin1')).join('\n'),
    headers: () => [...headers],
    async stop() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
