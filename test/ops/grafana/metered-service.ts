/** A model service with the metrics that users' services have: requests by status, latency, predictions, feedback, an A/B test. */

import { createServer } from 'node:http';

import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

import { listenOnLoopback } from '../../../demo/stack/loopback-ports.ts';

export interface MeteredService {
  /** `127.0.0.1:PORT`, which answers /metrics. */
  readonly target: string;
  stop(): Promise<void>;
}

/** Between two scrapes it has answered 20 requests, one of which failed. */
export async function startMeteredService(): Promise<MeteredService> {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const counter = (name: string, labelNames: readonly string[] = []): Counter =>
    new Counter({ name, help: name, labelNames: [...labelNames], registers });
  const requests = counter('api_requests_total', ['status_code']);
  const classes = counter('predictions_by_class_total', ['class']);
  const drifted = counter('drift_requests_total');
  const conversions = counter('ab_test_conversions_total', ['variant']);
  const feedback = counter('feedback_submissions_total');
  const inProgress = new Gauge({ name: 'http_requests_in_progress', help: 'now', registers });
  const latency = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'latency',
    buckets: [0.01, 0.1, 1],
    registers,
  });

  function serve(): void {
    requests.inc({ status_code: '200' }, 19);
    requests.inc({ status_code: '500' }, 1);
    for (let i = 0; i < 20; i += 1) latency.observe(i / 40);
    classes.inc({ class: 'late' }, 5);
    classes.inc({ class: 'on-time' }, 15);
    drifted.inc(2);
    conversions.inc({ variant: '1' }, 3);
    conversions.inc({ variant: '2' }, 4);
    feedback.inc(10);
    inProgress.set(1);
  }
  serve();

  const server = createServer((_, response) => {
    serve();
    void registry
      .metrics()
      .then((text) => response.writeHead(200, { 'content-type': registry.contentType }).end(text));
  });
  const port = await listenOnLoopback(server);
  return {
    target: `127.0.0.1:${port}`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
