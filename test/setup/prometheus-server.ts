/** Prometheus, the Alertmanager and exporters themselves, on free loopback ports. */

import { join } from 'node:path';

import { startChild, untilReady } from '../../demo/stack/child-process.ts';
import { withFreePorts } from '../../demo/stack/loopback-ports.ts';

export interface StartedServer {
  readonly url: string;
  /** `127.0.0.1:PORT`, as scrape targets are written. */
  readonly target: string;
  stop(): Promise<void>;
}

export interface ServerOptions {
  readonly name: string;
  readonly command: string;
  readonly args: (port: number) => readonly string[] | Promise<readonly string[]>;
  /** The path that answers 200 when it is ready. */
  readonly ready: string;
  /** Holds its log. */
  readonly directory: string;
  readonly env?: NodeJS.ProcessEnv;
}

export async function startServer(options: ServerOptions): Promise<StartedServer> {
  const { name, command, args, ready, directory, env } = options;
  return withFreePorts(async (freePort) => {
    const port = await freePort();
    const target = `127.0.0.1:${port}`;
    const child = startChild({
      name,
      command,
      args: await args(port),
      logFile: join(directory, `${name}.log`),
      ...(env && { env }),
    });
    await untilReady(child, async () => (await fetch(`http://${target}${ready}`)).ok);
    return { url: `http://${target}`, target, stop: () => child.stop() };
  });
}
