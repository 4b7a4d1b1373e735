/** Serves the console on a port. */

import { serve } from '@hono/node-server';

import { TidewatchError } from '../../core/errors.ts';
import { consoleApp } from './server.ts';
import type { ConsoleDependencies } from './site.ts';

export interface OpenConsole {
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Listens until it is closed; port 0 takes a free one.
 *
 * @throws TidewatchError `INVALID_CONFIGURATION` when it cannot listen there
 */
export async function openConsole(
  dependencies: ConsoleDependencies,
  { host, port }: { readonly host: string; readonly port: number },
): Promise<OpenConsole> {
  const app = await consoleApp(dependencies);
  const { server, bound } = await new Promise<{ server: ReturnType<typeof serve>; bound: number }>(
    (resolve, reject) => {
      const server = serve({ fetch: app.fetch, hostname: host, port }, (info) =>
        resolve({ server, bound: info.port }),
      );
      server.once('error', (error) => reject(cannotListen(host, port, error)));
    },
  );
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${bound}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        if ('closeAllConnections' in server) server.closeAllConnections();
      }),
  };
}

function cannotListen(host: string, port: number, error: Error): TidewatchError {
  const problem =
    `  TIDEWATCH_CONSOLE_PORT: the console cannot listen on ${host}:${port} (${error.message}); ` +
    'set another port, or 0 for a free one';
  return new TidewatchError('INVALID_CONFIGURATION', { count: 1, problems: problem }, { cause: error });
}
