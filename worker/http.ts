/** The worker's own endpoint: is it healthy, is it ready, and its metrics for a scrape (the SDK's included). */

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { collectDefaultMetrics, Registry } from 'prom-client';

export interface HealthState {
  /** The state of the Temporal worker: it takes tasks only while RUNNING. */
  readonly workerState: () => string;
  /** Resolves when Postgres answers. */
  readonly checkDatabase: () => Promise<unknown>;
  /** The scrape text of the SDK's own metrics. */
  readonly sdkMetrics: () => Promise<string>;
}

export interface HealthEndpoint {
  readonly url: string;
  close(): Promise<void>;
}

/**
 * `GET /healthz`: the process is alive. `GET /readyz`: it takes tasks and Postgres answers, else 503 with the reason.
 * `GET /metrics`: Prometheus text.
 */
export async function openHealthEndpoint(
  host: string,
  port: number,
  state: HealthState,
): Promise<HealthEndpoint> {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });

  const answers: Readonly<Record<string, () => Promise<{ status: number; type: string; body: string }>>> = {
    '/healthz': async () => ({
      status: 200,
      type: 'application/json',
      body: JSON.stringify({ alive: true }),
    }),
    '/readyz': async () => {
      const worker = state.workerState();
      const database = await state.checkDatabase().then(
        () => 'ok',
        (error: unknown) => String(error instanceof Error ? error.message : error),
      );
      const ready = worker === 'RUNNING' && database === 'ok';
      return {
        status: ready ? 200 : 503,
        type: 'application/json',
        body: JSON.stringify({ ready, worker, database }),
      };
    },
    '/metrics': async () => ({
      status: 200,
      type: registry.contentType,
      body: `${await registry.metrics()}\n${await state.sdkMetrics()}`,
    }),
  };

  const server = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://localhost').pathname;
    const answer = answers[path];
    if (answer === undefined) {
      response.writeHead(404, { 'content-type': 'text/plain' }).end('try /healthz, /readyz or /metrics\n');
      return;
    }
    answer().then(
      ({ status, type, body }) => response.writeHead(status, { 'content-type': type }).end(body),
      (error: unknown) => response.writeHead(500, { 'content-type': 'text/plain' }).end(`${String(error)}\n`),
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  const { port: boundPort } = server.address() as AddressInfo;
  return {
    url: `http://${host}:${boundPort}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
