import { readFile } from 'node:fs/promises';
import { createServer, get, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { once } from 'node:events';

import { afterEach, describe, expect, it } from 'vitest';

import { openServiceMetrics, type ServiceMetrics } from '../../client/service-metrics.ts';
import { listenOnLoopback } from '../../demo/stack/loopback-ports.ts';

let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

async function serve(
  listener: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<string> {
  server = createServer(listener);
  return `http://127.0.0.1:${await listenOnLoopback(server)}`;
}
/** Much longer than any needs on an idle machine. */
function eventually(text: () => Promise<string>) {
  return expect.poll(text, { timeout: 60_000 });
}
const textOf = (metrics: ServiceMetrics): Promise<string> => metrics.registry.metrics();

describe('service metrics', () => {
  it('count requests by status and time, and scrapes not at all', async () => {
    const metrics = openServiceMetrics();
    const url = await serve((request, response) => {
      if (request.url === '/metrics') return metrics.answerScrape(response);
      metrics.observe(request, response);
      response.writeHead(request.url === '/broken' ? 503 : 200).end();
    });
    for (const path of ['/', '/', '/broken']) await (await fetch(`${url}${path}`)).text();
    const scrape = await fetch(`${url}/metrics`);
    expect(scrape.headers.get('content-type')).toContain('version=0.0.4');
    await eventually(() => textOf(metrics)).toContain('prediction_requests_total{status="503"} 1');
    const text = await textOf(metrics);
    expect(text).toContain('prediction_requests_total{status="200"} 2');
    expect(text).toContain('prediction_requests_total{status="500"} 0');
    expect(text).toContain('prediction_duration_seconds_bucket{le="+Inf"} 3');
    expect(text).toContain('prediction_requests_in_progress 0');
  });

  it('count what is in progress, and an aborted request as one that the client closed', async () => {
    const metrics = openServiceMetrics();
    const url = await serve((request, response) =>
      // Never answered.
      metrics.middleware(request, response, () => {}),
    );
    const request = get(url);
    const failed = once(request, 'error');
    await eventually(() => textOf(metrics)).toContain('prediction_requests_in_progress 1');
    request.destroy();
    await failed;
    await eventually(() => textOf(metrics)).toContain('prediction_requests_in_progress 0');
    expect(await textOf(metrics)).toContain('prediction_requests_total{status="499"} 1');
  });

  it('have the names that the rules prefer, of everything that the rules read', async () => {
    const metrics = openServiceMetrics();
    metrics.countPrediction('late');
    metrics.countConversion('2');
    const text = await textOf(metrics);
    const rules = await readFile(
      new URL('../../ops/prometheus/rules/service-metrics.yaml', import.meta.url),
      'utf8',
    );
    const preferred = [
      ...rules.matchAll(/record: (service:\S+)\n\s+expr: \|\n\s+\(\n\s+(\S+?)(?:\{.*)?\n/g),
    ].map(([, record, name]) => [record, name]);
    expect(preferred).toHaveLength(8);
    for (const [record, name = ''] of preferred) {
      // Errors are requests by their status.
      const exported =
        name === 'service:prediction_requests_total' ? 'prediction_requests_total{status="500"' : name;
      expect(text, record).toMatch(new RegExp(`^${exported.replaceAll('{', '\\{')}`, 'm'));
    }
    for (const name of [
      'process_start_time_seconds',
      'process_cpu_seconds_total',
      'process_resident_memory_bytes',
    ])
      expect(text).toContain(`\n${name} `);
  });

  it('count what the service says of its predictions', async () => {
    const metrics = openServiceMetrics();
    metrics.countPrediction('late');
    metrics.countPrediction('late');
    metrics.countUnlikeTraining();
    metrics.countConversion('b');
    metrics.countActuals();
    metrics.countActuals(9);
    const text = await textOf(metrics);
    expect(text).toContain('model_predictions_by_class_total{class="late"} 2');
    expect(text).toContain('data_drift_requests_total 1');
    expect(text).toContain('ab_test_conversions_total{variant="b"} 1');
    expect(text).toContain('actuals_submitted_total 10');
  });

  it('say what became of the rows that a client has logged', async () => {
    let stored = 1;
    const client = {
      counts: () => ({ logged: 9, stored, rejected: 2, lost: 3, waiting: 4, spoolBytes: 5 }),
    };
    const metrics = openServiceMetrics({ client });
    await textOf(metrics);
    stored = 7;
    const text = await textOf(metrics);
    expect(text).toContain('tidewatch_client_rows_total{outcome="stored"} 7');
    expect(text).toContain('tidewatch_client_rows_total{outcome="rejected"} 2');
    expect(text).toContain('tidewatch_client_rows_total{outcome="lost"} 3');
    expect(text).toContain('tidewatch_client_waiting_rows 4');
    expect(text).toContain('tidewatch_client_spool_bytes 5');
  });
});
