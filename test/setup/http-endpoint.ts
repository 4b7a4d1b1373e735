/** A provider on loopback that is told how to answer next. */

import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import { text } from 'node:stream/consumers';

import { listenOnLoopback } from '../../demo/stack/loopback-ports.ts';

export interface ReceivedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface PlannedAnswer {
  /** An HTTP status, or `hang`: the request is never answered. */
  readonly status: number | 'hang';
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface HttpEndpoint {
  readonly origin: string;
  /** Every request, answered or not, oldest first. */
  requests(): readonly ReceivedRequest[];
  /** The next requests get these answers, in this order; then `answer` has the word again. */
  answerNext(...answers: readonly PlannedAnswer[]): void;
  stop(): Promise<void>;
}

export async function startHttpEndpoint(
  answer: (request: ReceivedRequest) => PlannedAnswer,
): Promise<HttpEndpoint> {
  const received: ReceivedRequest[] = [];
  const planned: PlannedAnswer[] = [];
  const server = createServer((request, response) => {
    void (async () => {
      const { method = '', url = '', headers } = request;
      const seen = { method, path: url, headers, body: await text(request) };
      received.push(seen);
      const { status, body = '', headers: given = {} } = planned.shift() ?? answer(seen);
      if (status !== 'hang') response.writeHead(status, given).end(body);
    })().catch(() => response.destroy());
  });
  const port = await listenOnLoopback(server);
  return {
    origin: `http://127.0.0.1:${port}`,
    requests: () => [...received],
    answerNext: (...answers) => void planned.push(...answers),
    async stop() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
