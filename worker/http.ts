/** The worker's own endpoint: is it healthy, is it ready, its metrics for a scrape (the SDK's included), and the stored reports. */

import { createHash } from 'node:crypto';
import { createServer, type OutgoingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

import { collectDefaultMetrics, Registry } from 'prom-client';

import { contentSecurityPolicy } from '../console/page.ts';
import { TidewatchError } from '../core/errors.ts';
import type { CodecEndpoint } from './codec-endpoint.ts';
import { reportPage, type Answer, type StoredReports } from './report-pages.ts';
import { runbookPage } from './runbook-pages.ts';
import { callOf, parseCompletionPath, receiveCompletion, type Completions } from './training-completions.ts';

export interface EndpointState {
  /** The state of the Temporal worker: it takes tasks only while RUNNING. */
  readonly workerState: () => string;
  /** Resolves when Postgres answers. */
  readonly checkDatabase: () => Promise<unknown>;
  /** The scrape text of the SDK's own metrics. */
  readonly sdkMetrics: () => Promise<string>;
  readonly reports: StoredReports;
  readonly completions: Completions;
  /** For the UI of Temporal, where it is turned on. */
  readonly codec?: CodecEndpoint | undefined;
}

export interface HttpEndpoint {
  readonly url: string;
  close(): Promise<void>;
}

const text = 'text/plain; charset=utf-8';

/** A report of the same address may be written anew. */
const safely = {
  'cache-control': 'private, no-cache',
  'content-security-policy': `${contentSecurityPolicy}; frame-ancestors 'none'`,
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
} as const;

/**
 * `GET /healthz`: the process is alive. `GET /readyz`: it takes tasks and Postgres answers, else 503 with the reason.
 * `GET /metrics`: Prometheus text. `GET /reports`: the newest reports, each a page of its own. `GET /runbooks`: what to do about
 * an alert. What a browser has already is not sent again. `POST /retrainings/<model>/<id>/completion`: where trainers call.
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
  };

  const server = createServer((request, response) => {
    const send = ({ status, type, body }: Answer, headers: OutgoingHttpHeaders = {}): void => {
      const tag = `"${createHash('sha256').update(body).digest('base64url')}"`;
      const isKnown = status === 200 && request.headers['if-none-match'] === tag;
      response
        .writeHead(isKnown ? 304 : status, { ...safely, 'content-type': type, etag: tag, ...headers })
        .end(isKnown ? undefined : body);
    };
    // Not by URL, which throws at "//".
    const [path = ''] = (request.url ?? '').split('?');
    const decoding = state.codec?.answer(request, path);
    if (decoding !== undefined) {
      decoding.then(
        ({ headers, ...answer }) => send(answer, headers),
        (error: unknown) => send({ status: 500, type: text, body: `${String(error)}\n` }),
      );
      return;
    }
    const training = request.method === 'POST' ? parseCompletionPath(path) : undefined;
    if (training === undefined && request.method !== 'GET' && request.method !== 'HEAD') {
      send({ status: 405, type: text, body: 'only GET and HEAD\n' }, { allow: 'GET, HEAD' });
      return;
    }
    const answer =
      training !== undefined
        ? callOf(request, training).then((call) => receiveCompletion(call, state.completions))
        : Object.hasOwn(answers, path)
          ? answers[path]!()
          : page(path, state.reports);
    answer.then(
      (answer) =>
        send(
          answer ?? {
            status: 404,
            type: text,
            body: 'try /reports, /runbooks, /healthz, /readyz or /metrics\n',
          },
        ),
      (error: unknown) => send({ status: 500, type: text, body: `${String(error)}\n` }),
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

async function page(path: string, reports: StoredReports): Promise<Answer | undefined> {
  return (await runbookPage(path)) ?? reportPage(path, reports);
}

function cannotListen(host: string, port: number, error: Error): TidewatchError {
  const problem =
    `  TIDEWATCH_HTTP_PORT: the health endpoint cannot listen on ${host}:${port} (${error.message}); ` +
    'set another port, or 0 for a free one';
  return new TidewatchError('INVALID_CONFIGURATION', { count: 1, problems: problem }, { cause: error });
}
