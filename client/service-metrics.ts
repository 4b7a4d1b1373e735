/** Owns `prom-client` for services: the metrics of a model service, by the names that rules and dashboards prefer. */

import type { IncomingMessage, ServerResponse } from 'node:http';

import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

import type { BatchedClient } from './batched/batched-client.ts';

export interface ServiceMetricsOptions {
  /** Where the metrics go; by default a registry of their own. */
  readonly registry?: Registry;
  /** Upper bounds of the latency histogram, in seconds. */
  readonly buckets?: readonly number[];
  /** Its rows are counted, too. */
  readonly client?: Pick<BatchedClient, 'counts'>;
}

export interface ServiceMetrics {
  readonly registry: Registry;
  /**
   * Counts a request with its status and how long it took, from now until it is answered; and as in progress until then. For
   * requests that ask for predictions: probes and scrapes are not among those that the rules judge.
   */
  observe(request: IncomingMessage, response: ServerResponse): void;
  /** The same as a middleware, for Express and whatever takes its kind. */
  middleware(request: IncomingMessage, response: ServerResponse, next: () => void): void;
  /** Answers a scrape. */
  answerScrape(response: ServerResponse): void;
  countPrediction(predictedClass: string): void;
  /** A request that the service itself finds unlike its training data. */
  countUnlikeTraining(): void;
  /** Of an A/B test: what the model is for has happened (a click, a sale), by variant. */
  countConversion(variant: string): void;
  /** An actual, or feedback, that came back. */
  countActuals(rows?: number): void;
}

// Around the limits of HighAPILatency, 0.5 s and 1 s, and fine enough below them to see a change.
const defaultBuckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 10];

// An aborted request is nobody's success, and not the service's fault: nginx's number for it.
const clientClosed = 499;

/**
 * The metrics of a service that answers requests for predictions; of the process, too (start, CPU, memory, open files). The model
 * that it serves is a label that the scrape configuration sets.
 *
 * @example
 * const metrics = openServiceMetrics();
 * createServer((request, response) => {
 *   if (request.url === '/metrics') return metrics.answerScrape(response);
 *   metrics.observe(request, response);
 *   response.end(predict(request));
 * });
 */
export function openServiceMetrics(options: ServiceMetricsOptions = {}): ServiceMetrics {
  const { registry = new Registry(), buckets = defaultBuckets, client } = options;
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const requests = new Counter({
    name: 'prediction_requests_total',
    help: 'Requests that were answered, by HTTP status',
    labelNames: ['status'],
    registers,
  });
  const duration = new Histogram({
    name: 'prediction_duration_seconds',
    help: 'How long requests took',
    buckets: [...buckets],
    registers,
  });
  const inProgress = new Gauge({
    name: 'prediction_requests_in_progress',
    help: 'Requests that are being answered',
    registers,
  });
  const classes = new Counter({
    name: 'model_predictions_by_class_total',
    help: 'Predictions, by predicted class',
    labelNames: ['class'],
    registers,
  });
  const unlike = new Counter({
    name: 'data_drift_requests_total',
    help: 'Requests that the service finds unlike its training data',
    registers,
  });
  const conversions = new Counter({
    name: 'ab_test_conversions_total',
    help: 'Conversions, by variant',
    labelNames: ['variant'],
    registers,
  });
  const actuals = new Counter({
    name: 'actuals_submitted_total',
    help: 'Actuals and feedback that came back',
    registers,
  });
  // A rate needs the sample before the first request, and a share of failures the one before the first failure.
  for (const status of ['200', '500']) requests.inc({ status }, 0);
  if (client !== undefined) registerRows(registry, client);

  function observe(_: IncomingMessage, response: ServerResponse): void {
    const end = duration.startTimer();
    inProgress.inc();
    response.once('close', () => {
      end();
      inProgress.dec();
      requests.inc({ status: String(response.writableFinished ? response.statusCode : clientClosed) });
    });
  }

  return {
    registry,
    observe,
    middleware: (request, response, next) => {
      observe(request, response);
      next();
    },
    answerScrape: (response) => {
      registry.metrics().then(
        (text) => response.writeHead(200, { 'content-type': registry.contentType }).end(text),
        (error: unknown) => response.writeHead(500).end(String(error)),
      );
    },
    countPrediction: (predictedClass) => classes.inc({ class: predictedClass }),
    countUnlikeTraining: () => unlike.inc(),
    countConversion: (variant) => conversions.inc({ variant }),
    countActuals: (rows = 1) => actuals.inc(rows),
  };
}

/** What has become of the rows that were logged, as the client knows it when it is asked. */
function registerRows(registry: Registry, client: Pick<BatchedClient, 'counts'>): void {
  const registers = [registry];
  const rows = new Counter({
    name: 'tidewatch_client_rows_total',
    help: 'Rows that were logged, by what became of them',
    labelNames: ['outcome'],
    registers,
    collect: () => {
      const { stored, rejected, lost } = client.counts();
      rows.reset();
      for (const [outcome, count] of Object.entries({ stored, rejected, lost })) rows.inc({ outcome }, count);
    },
  });
  const waiting: Gauge = new Gauge({
    name: 'tidewatch_client_waiting_rows',
    help: 'Rows in memory',
    registers,
    collect: () => waiting.set(client.counts().waiting),
  });
  const spool: Gauge = new Gauge({
    name: 'tidewatch_client_spool_bytes',
    help: 'Bytes of rows on disk',
    registers,
    collect: () => spool.set(client.counts().spoolBytes),
  });
}
