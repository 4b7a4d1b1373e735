/** The worker's own endpoint: is it healthy, is it ready, and its metrics for a scrape (the SDK's included). */

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { collectDefaultMetrics, Registry } from 'prom-client';

import { TidewatchError } from '../core/errors.ts';

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
 *
 * @throws TidewatchError `INVALID_CONFIGURATION` when it cannot listen there
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
    // Not by URL, which throws at "//".
    const [path = ''] = (request.url ?? '').split('?');
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
    server.once('error', (error) => reject(cannotListen(host, port, error)));
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

function cannotListen(host: string, port: number, error: Error): TidewatchError {
  const problem =
    `  TIDEWATCH_HTTP_PORT: the health endpoint cannot listen on ${host}:${port} (${error.message}); ` +
    'set another port, or 0 for a free one';
  return new TidewatchError('INVALID_CONFIGURATION', { count: 1, problems: problem }, { cause: error });
}
