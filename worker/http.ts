/** The worker's own endpoint: is it healthy, is it ready, its metrics for a scrape (the SDK's included), and the stored reports. */

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { collectDefaultMetrics, Registry } from 'prom-client';

import { parseReportPath, reportPath, type ReportKey } from '../activities/reports/store.ts';
import { renderReportList } from '../console/report-list.ts';
import { TidewatchError } from '../core/errors.ts';

export interface EndpointState {
  /** The state of the Temporal worker: it takes tasks only while RUNNING. */
  readonly workerState: () => string;
  /** Resolves when Postgres answers. */
  readonly checkDatabase: () => Promise<unknown>;
  /** The scrape text of the SDK's own metrics. */
  readonly sdkMetrics: () => Promise<string>;
  /** The HTML of a report. */
  readonly findReport: (key: ReportKey) => Promise<string | undefined>;
  /** The newest reports. */
  readonly listReports: () => Promise<readonly ReportKey[]>;
}

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

export interface HttpEndpoint {
  readonly url: string;
  close(): Promise<void>;
}

/**
 * `GET /healthz`: the process is alive. `GET /readyz`: it takes tasks and Postgres answers, else 503 with the reason.
 * `GET /metrics`: Prometheus text. `GET /reports`: the newest drift reports, each a page of its own.
 *
 * @throws TidewatchError `INVALID_CONFIGURATION` when it cannot listen there
 */
export async function openHttpEndpoint(
  host: string,
  port: number,
  state: EndpointState,
): Promise<HttpEndpoint> {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });

  const answers: Readonly<Record<string, () => Promise<Answer>>> = {
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
    '/reports': async () => ({
      status: 200,
      type: 'text/html; charset=utf-8',
      body: renderReportList((await state.listReports()).map((key) => ({ ...key, path: reportPath(key) }))),
    }),
  };
  const answerTo = (path: string): (() => Promise<Answer>) | undefined => {
    const key = parseReportPath(path);
    if (key === undefined) return answers[path];
    return async () => {
      const body = await state.findReport(key);
      return body === undefined
        ? { status: 404, type: 'text/plain', body: 'there is no such report; see /reports\n' }
        : { status: 200, type: 'text/html; charset=utf-8', body };
    };
  };

  const server = createServer((request, response) => {
    // Not by URL, which throws at "//".
    const [path = ''] = (request.url ?? '').split('?');
    const answer = answerTo(path);
    if (answer === undefined) {
      response
        .writeHead(404, { 'content-type': 'text/plain' })
        .end('try /reports, /healthz, /readyz or /metrics\n');
      return;
    }
    answer().then(
      ({ status, type, body }) =>
        response.writeHead(status, { 'content-type': type, 'x-content-type-options': 'nosniff' }).end(body),
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
