/** Owns OpenTelemetry: the one place where tracing is put together. What it costs others is in the files beside it. */

import { hostname } from 'node:os';

import { trace, type Span } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { ExportResultCode, W3CTraceContextPropagator } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { envDetectorSync, Resource } from '@opentelemetry/resources';
import type { SpanExporter } from '@opentelemetry/sdk-trace-base';
import { BasicTracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace-base';
import {
  makeWorkflowExporter,
  OpenTelemetryActivityInboundInterceptor,
  OpenTelemetryActivityOutboundInterceptor,
} from '@temporalio/interceptors-opentelemetry';
import type { OpenTelemetrySinks } from '@temporalio/interceptors-opentelemetry';
import type { ActivityInterceptorsFactory, InjectedSinks } from '@temporalio/worker';

import { reasonOf } from '../../core/errors.ts';
import { codeVersion } from '../code-version.ts';
import { redactedValue } from '../redaction.ts';
import { watchRequests } from './request-spans.ts';
import { traceSampler } from './sampler.ts';
import type { TracingSettings } from './settings.ts';
import { showing } from './shown-span.ts';

export interface Tracing {
  /** Where the spans of workflows come out of their sandbox. */
  readonly sinks: InjectedSinks<OpenTelemetrySinks>;
  /** The span of an activity, and what of it is in its log lines. */
  readonly activitySpans: ActivityInterceptorsFactory;
  /** Does work in a span that begins a trace. */
  inSpan<T>(name: string, attributes: Readonly<Record<string, string>>, work: () => Promise<T>): Promise<T>;
  /** Sends what is left, for some seconds at most. Never throws. */
  close(): Promise<void>;
}

export interface TracingNotes {
  /** Something is not as the variables want it, or traces do not arrive. */
  readonly warn: (text: string) => void;
  /** Are in no span. */
  readonly secrets?: readonly string[];
}

/** A collector is near: one that takes longer is away. Also what a process that ends waits for it. */
const timeoutMs = 3_000;

/** From here on spans of this process are recorded and sent. What sends them never waits, and forgets what it cannot send. */
export async function startTracing(
  settings: TracingSettings,
  { warn, secrets = [] }: TracingNotes,
): Promise<Tracing> {
  for (const warning of settings.warnings) warn(warning);
  const { sampler, isWanted } = traceSampler(settings.sampling);
  const resource = new Resource({
    'service.name': 'tidewatch',
    'service.version': await codeVersion(),
    'host.name': hostname(),
    'process.pid': process.pid,
  }).merge(envDetectorSync.detect());
  // OpenTelemetry's own default of ten seconds is for collectors that are far away.
  const hasTimeout = ['OTEL_EXPORTER_OTLP_TIMEOUT', 'OTEL_EXPORTER_OTLP_TRACES_TIMEOUT'].some(
    (name) => process.env[name],
  );
  const exporter = new OTLPTraceExporter(hasTimeout ? {} : { timeoutMillis: timeoutMs });
  const batches = new BatchSpanProcessor(tellingOfFailures(withoutSecretsIn(exporter, secrets), warn));
  const processor = showing(batches, isWanted);
  const provider = new BasicTracerProvider({ resource, sampler, spanProcessors: [processor] });
  provider.register({
    contextManager: new AsyncLocalStorageContextManager().enable(),
    propagator: new W3CTraceContextPropagator(),
  });
  const unwatch = watchRequests();
  const tracer = trace.getTracer('tidewatch');
  return {
    sinks: { exporter: makeWorkflowExporter(processor, resource) },
    activitySpans: (activity) => ({
      inbound: new OpenTelemetryActivityInboundInterceptor(activity),
      outbound: new OpenTelemetryActivityOutboundInterceptor(activity),
    }),
    inSpan: (name, attributes, work) =>
      tracer.startActiveSpan(name, { attributes, root: true }, (span) => ending(span, work)),
    close: async () => {
      unwatch();
      await withinTime(provider.shutdown());
    },
  };
}

async function ending<T>(span: Span, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } finally {
    span.end();
  }
}

/** Errors are told in the attributes and events of spans. */
function withoutSecretsIn(exporter: SpanExporter, secrets: readonly string[]): SpanExporter {
  return {
    export: (spans, onResult) => {
      for (const { attributes, status, events } of spans) {
        Object.assign(attributes, redactedValue(attributes, secrets));
        Object.assign(status, redactedValue(status, secrets));
        for (const event of events) event.attributes = redactedValue(event.attributes ?? {}, secrets);
      }
      exporter.export(spans, onResult);
    },
    shutdown: () => exporter.shutdown(),
  };
}

/** The first batch that does not arrive is told of, and the next that does. */
function tellingOfFailures(exporter: SpanExporter, warn: TracingNotes['warn']): SpanExporter {
  let failing = false;
  return {
    export: (spans, onResult) =>
      exporter.export(spans, (result) => {
        const failed = result.code === ExportResultCode.FAILED;
        if (failed && !failing)
          warn(
            `traces do not arrive (${reasonOf(result.error ?? 'no reason given')}); they are thrown away until they do`,
          );
        if (!failed && failing) warn('traces arrive again');
        failing = failed;
        onResult(result);
      }),
    shutdown: () => exporter.shutdown(),
  };
}

async function withinTime(work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, timeoutMs);
  });
  await Promise.race([work.catch(() => {}), over]);
  clearTimeout(timer);
}
