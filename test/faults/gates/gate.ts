/** A door in front of a server: it can be shut, be slow, let nothing through, and look at what passes. */

import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

import { listenOnLoopback } from '../../../demo/stack/loopback-ports.ts';

/** One connection through the gate. */
export interface Passage {
  toServer(data: Buffer): void;
  toClient(data: Buffer): void;
  /** Breaks it, on both sides. */
  cut(): void;
}

/** What looks at a connection; each call ends before the next one of its direction begins. */
export interface Watcher {
  fromClient(data: Buffer): Promise<void> | void;
  fromServer(data: Buffer): Promise<void> | void;
}

export interface Gate {
  readonly port: number;
  /** New connections lead to the server on this port. */
  leadTo(port: number): void;
  /** Connections break, and new ones are refused. */
  shut(): Promise<void>;
  /** Nothing gets through any more, and nothing breaks. */
  hang(): void;
  /** Every piece of data waits for so long. */
  slow(milliseconds: number): void;
  /** Breaks the connections that there are. */
  cut(): void;
  /** Everything gets through again. */
  open(): Promise<void>;
  stop(): Promise<void>;
}

const passOn = (passage: Passage): Watcher => ({
  fromClient: (data) => passage.toServer(data),
  fromServer: (data) => passage.toClient(data),
});

export async function openGate(watch: (passage: Passage) => Watcher = passOn): Promise<Gate> {
  const sockets = new Set<Socket>();
  let target = 0;
  let delayMs = 0;
  let passable = Promise.resolve();
  let letThrough: () => void = () => undefined;
  let server: Server | undefined;
  let port = 0;

  function accept(client: Socket): void {
    const upstream = connect(target, '127.0.0.1');
    const cut = (): void => {
      client.destroy();
      upstream.destroy();
    };
    const watcher = watch({
      toServer: (data) => void upstream.write(data),
      toClient: (data) => void client.write(data),
      cut,
    });
    for (const [socket, take] of [
      [client, (data: Buffer) => watcher.fromClient(data)],
      [upstream, (data: Buffer) => watcher.fromServer(data)],
    ] as const) {
      let before = Promise.resolve();
      sockets.add(socket);
      socket.setNoDelay(true);
      socket.on('data', (data: Buffer) => {
        const passed = async (previous: Promise<void>): Promise<void> => {
          await previous;
          await passable;
          if (delayMs > 0) await pause(delayMs);
          if (!socket.destroyed) await take(data);
        };
        before = passed(before).catch(cut);
      });
      socket.on('error', cut);
      // What came before the end is passed on first.
      socket.on('end', () => void before.then(() => (socket === client ? upstream : client).end()));
      socket.on('close', () => {
        sockets.delete(socket);
        void before.then(() => (socket === client ? upstream : client).destroySoon());
      });
    }
  }
  function cutAll(): void {
    for (const socket of sockets) socket.destroy();
  }
  async function listen(): Promise<void> {
    server = createServer(accept);
    if (port === 0) port = await listenOnLoopback(server);
    else await once(server.listen(port, '127.0.0.1'), 'listening');
  }
  async function shut(): Promise<void> {
    const closing = server;
    server = undefined;
    letThrough();
    cutAll();
    if (closing === undefined) return;
    const closed = once(closing, 'close');
    closing.close();
    await closed;
  }

  await listen();
  return {
    port,
    leadTo: (to) => {
      target = to;
    },
    shut,
    hang: () => {
      passable = new Promise((resolve) => {
        letThrough = resolve;
      });
    },
    slow: (milliseconds) => {
      delayMs = milliseconds;
    },
    cut: cutAll,
    open: async () => {
      delayMs = 0;
      letThrough();
      passable = Promise.resolve();
      if (server === undefined) await listen();
    },
    stop: shut,
  };
}
