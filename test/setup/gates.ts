/**
 * Stands between a process and the servers that it talks to over HTTP and SMTP, where the fate of the process is met: before a
 * request leaves it, and after the server has taken it but before its answer is read.
 */

import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { connect, createServer as createTcpServer, type Socket } from 'node:net';
import { buffer } from 'node:stream/consumers';

import { listenOnLoopback } from '../../demo/stack/loopback-ports.ts';
import type { Fate } from './fate.ts';

export interface HttpGate {
  /** The address by which a process of this fate reaches the server. */
  readonly through: (fate: Fate, url: string) => string;
  /** Nobody comes through any more by the addresses that were given. */
  readonly forget: () => void;
  readonly stop: () => Promise<void>;
}

interface Way {
  readonly fate: Fate;
  readonly url: string;
}

export async function startHttpGate(): Promise<HttpGate> {
  let ways = new Map<string, Way>();
  let numbers = 0;

  async function pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [, number = '', rest = ''] = /^\/(\d+)(.*)$/s.exec(request.url ?? '') ?? [];
    const way = ways.get(number);
    if (way === undefined) throw new Error('no such way');
    const { method = 'GET' } = request;
    const body = await buffer(request);
    const headers = Object.entries(request.headersDistinct).flatMap(([name, values = []]) =>
      ['host', 'connection', 'content-length', 'transfer-encoding'].includes(name)
        ? []
        : values.map((value): [string, string] => [name, value]),
    );
    await way.fate.pass();
    const answer = await fetch(way.url.replace(/\/$/, '') + rest, {
      method,
      headers,
      redirect: 'manual',
      ...(body.length > 0 && { body }),
    });
    const text = Buffer.from(await answer.arrayBuffer());
    await way.fate.pass();
    response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? 'text/plain' });
    response.end(text);
  }
  // Every request on a connection of its own: one that breaks takes no other with it.
  const server = createServer((request, response) => {
    response.setHeader('connection', 'close');
    pass(request, response).catch(() => response.destroy());
  });
  const port = await listenOnLoopback(server);
  return {
    through: (fate, url) => {
      numbers += 1;
      ways.set(String(numbers), { fate, url });
      return `http://127.0.0.1:${port}/${numbers}`;
    },
    forget: () => {
      ways = new Map();
    },
    stop: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

export interface SmtpGate {
  readonly url: string;
  readonly stop: () => Promise<void>;
}

/** Each command, each answer and each message is a point. */
export async function startSmtpGate(fate: Fate, target: string): Promise<SmtpGate> {
  const { hostname, port: targetPort } = new URL(target);
  const sockets = new Set<Socket>();
  const server = createTcpServer((client) => {
    const upstream = connect(Number(targetPort), hostname);
    const end = (): void => {
      client.destroy();
      upstream.destroy();
    };
    let last: Socket | undefined;
    let order = Promise.resolve();
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(from);
      from.on('data', (data) => {
        const before = order;
        order = (async () => {
          await before;
          // A message comes in any number of pieces.
          if (last !== from) await fate.pass();
          last = from;
          if (!to.destroyed) to.write(data);
        })().catch(end);
      });
      from.on('error', end);
      from.on('close', () => {
        sockets.delete(from);
        void order.then(end);
      });
    }
  });
  const port = await listenOnLoopback(server);
  return {
    url: `smtp://127.0.0.1:${port}`,
    stop: async () => {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
