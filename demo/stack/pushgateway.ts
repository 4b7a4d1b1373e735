import { endLeftover, startChild, untilReady } from './child-process.ts';
import { withFreePorts } from './loopback-ports.ts';

export interface Pushgateway {
  readonly url: string;
  stop(): Promise<void>;
}

export interface PushgatewayOptions {
  readonly binary: string;
  /** Keeps the pushed groups over a restart. Without one they are lost. */
  readonly persistenceFile?: string | undefined;
  readonly logFile: string;
  readonly pidFile: string;
  readonly signal?: AbortSignal | undefined;
}

/** Starts a Pushgateway on a free loopback port. */
export async function startPushgateway(options: PushgatewayOptions): Promise<Pushgateway> {
  const { binary, persistenceFile, logFile, pidFile, signal } = options;
  await endLeftover(pidFile);
  return withFreePorts(async (freePort) => {
    const port = await freePort();
    const server = startChild({
      name: 'The Pushgateway',
      command: binary,
      args: [
        `--web.listen-address=127.0.0.1:${port}`,
        ...(persistenceFile === undefined ? [] : [`--persistence.file=${persistenceFile}`]),
      ],
      logFile,
      pidFile,
    });
    const url = `http://127.0.0.1:${port}`;
    await untilReady(server, async () => (await fetch(`${url}/-/ready`)).ok, { signal });
    return { url, stop: () => server.stop() };
  });
}
