/** A Postgres that goes away, and comes back at the same address: the real one, behind a proxy. */

import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';

export interface PostgresProxy {
  readonly url: string;
  /** Connections break, and new ones are refused. */
  goAway(): Promise<void>;
  /** Nothing is answered any more; nothing breaks either. */
  hang(): void;
  comeBack(): Promise<void>;
  stop(): Promise<void>;
}

export async function startPostgresProxy(target: string): Promise<PostgresProxy> {
  const { hostname, port: targetPort } = new URL(target);
  const sockets = new Set<Socket>();
  let isHanging = false;
  let server: Server | undefined;
  let port = 0;

  function accept(client: Socket): void {
    const upstream = connect(Number(targetPort), hostname);
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(socket);
      socket.on('data', (data) => other.write(data));
      socket.on('error', () => other.destroy());
      socket.on('close', () => {
        sockets.delete(socket);
        other.destroy();
      });
      if (isHanging) socket.pause();
    }
  }
  async function listen(): Promise<void> {
    server = createServer(accept).listen(port, '127.0.0.1');
    await once(server, 'listening');
    ({ port } = server.address() as AddressInfo);
  }
  async function close(): Promise<void> {
    const closing = server;
    server = undefined;
    if (closing === undefined) return;
    const closed = once(closing, 'close');
    closing.close();
    for (const socket of sockets) socket.destroy();
    await closed;
  }
  await listen();
  const url = new URL(target);
  url.host = `127.0.0.1:${port}`;
  return {
    url: url.href,
    goAway: close,
    hang: () => {
      isHanging = true;
      for (const socket of sockets) socket.pause();
    },
    comeBack: async () => {
      isHanging = false;
      for (const socket of sockets) socket.resume();
      if (server === undefined) await listen();
    },
    stop: close,
  };
}
