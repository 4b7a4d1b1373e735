/** A gate in front of a service that speaks HTTP: it answers in its place, keeps silent, or loses what the service has answered. */

import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';

import { listenOnLoopback } from '../../../demo/stack/loopback-ports.ts';
import { armed, type Armed } from './armed.ts';

/**
 * Before a request reaches the service: `pass`; `hang`: it is never answered; `cut`: its connection breaks; or this answer. After the
 * service has answered, `cut` loses the answer.
 */
export type HttpVerdict =
  | 'pass'
  | 'hang'
  | 'cut'
  | { readonly status: number; readonly headers?: Readonly<Record<string, string>>; readonly body?: string };

export type HttpMoment = 'request' | 'answer';

export interface HttpGate extends Pick<Armed<HttpMoment, IncomingMessage, HttpVerdict>, 'arm'> {
  readonly origin: string;
  /** Where requests lead. */
  leadTo(origin: string): void;
  slow(milliseconds: number): void;
  shut(): Promise<void>;
  open(): Promise<void>;
  stop(): Promise<void>;
}

export async function openHttpGate(): Promise<HttpGate> {
  const traps = armed<HttpMoment, IncomingMessage, HttpVerdict>();
  let target = '';
  let delayMs = 0;
  let server: Server | undefined;
  let port = 0;

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await buffer(request);
    if (delayMs > 0) await pause(delayMs);
    const verdict = (await traps.spring('request', request)) ?? 'pass';
    if (verdict === 'hang') return;
    if (verdict === 'cut') return void response.destroy();
    if (verdict !== 'pass') return void response.writeHead(verdict.status, verdict.headers).end(verdict.body);
    const { method = 'GET', url = '/', headers } = request;
    const type = headers['content-type'];
    const answer = await fetch(`${target}${url}`, {
      method,
      ...(type !== undefined && { headers: { 'content-type': type } }),
      ...(body.length > 0 && { body }),
    });
    const content = Buffer.from(await answer.arrayBuffer());
    if ((await traps.spring('answer', request)) === 'cut') return void response.destroy();
    response
      .writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? 'text/plain' })
      .end(content);
  }
  async function open(): Promise<void> {
    delayMs = 0;
    if (server !== undefined) return;
    server = createServer((request, response) => {
      serve(request, response).catch(() => response.destroy());
    });
    if (port === 0) port = await listenOnLoopback(server);
    else await once(server.listen(port, '127.0.0.1'), 'listening');
  }
  async function shut(): Promise<void> {
    const closing = server;
    server = undefined;
    if (closing === undefined) return;
    const closed = once(closing, 'close');
    closing.close();
    closing.closeAllConnections();
    await closed;
  }

  await open();
  return {
    origin: `http://127.0.0.1:${port}`,
    leadTo: (origin) => {
      target = origin;
    },
    slow: (milliseconds) => {
      delayMs = milliseconds;
    },
    arm: traps.arm,
    shut,
    open,
    stop: shut,
  };
}
