import { once } from 'node:events';
import type { Server } from 'node:net';
import getPort from 'get-port';
import { reasonOf } from '../../core/errors.ts';

const ATTEMPTS = 4;
/** How Postgres and the Go servers say that a port was taken between asking for it and binding it. */
const PORT_TAKEN = /address already in use/i;

/**
 * Runs `start` with a function that hands out free loopback ports. Another process can take such a port before the
 * server binds it; `start` is then run again, with other ports, up to four times in all.
 *
 * @example await withFreePorts(async (freePort) => startServer(await freePort()))
 */
export async function withFreePorts<Started>(
  start: (freePort: () => Promise<number>) => Promise<Started>,
): Promise<Started> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await start(freeLoopbackPort);
    } catch (error) {
      if (attempt === ATTEMPTS || !PORT_TAKEN.test(reasonOf(error))) throw error;
    }
  }
}

/** A port that nobody listens on now. */
export function freeLoopbackPort(): Promise<number> {
  return getPort({ host: '127.0.0.1' });
}

/** Makes a server of this process listen on a free loopback port, and returns the port. */
export async function listenOnLoopback(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server listens on no port');
  return address.port;
}
