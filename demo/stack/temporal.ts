import { dirname } from 'node:path';
import { Connection } from '@temporalio/client';
import type { Child } from './child-process.ts';
import { endLeftover, startChild, untilReady } from './child-process.ts';
import { withFreePorts } from './loopback-ports.ts';

export interface Temporal {
  /** `127.0.0.1:PORT` of the frontend; its namespace is `default`. */
  readonly address: string;
  /** The address of the Web UI for a browser. */
  readonly uiUrl: string;
  /** `127.0.0.1:PORT` where Prometheus scrapes /metrics. */
  readonly metricsTarget: string;
  /** The server itself, for whoever ends it in another way. */
  readonly process: Child;
  stop(): Promise<void>;
}

export interface TemporalOptions {
  readonly binary: string;
  /** The SQLite file of the workflow histories. Without one they live in memory. */
  readonly dbFilename?: string | undefined;
  readonly logFile: string;
  readonly pidFile: string;
  readonly signal?: AbortSignal | undefined;
}

const ATTRIBUTES = ['Model', 'Window', 'Verdict'].flatMap((name) => [
  '--search-attribute',
  `${name}=Keyword`,
]);
const SETTINGS = [...ATTRIBUTES, '--log-level', 'error'];
const CONNECT_TIMEOUT_MS = 2_000;

async function answers(address: string, uiUrl: string): Promise<boolean> {
  const connection = await Connection.connect({ address, connectTimeout: CONNECT_TIMEOUT_MS });
  try {
    await connection.workflowService.describeNamespace({ namespace: 'default' });
    return (await fetch(uiUrl)).ok;
  } finally {
    await connection.close();
  }
}

/**
 * Starts a Temporal dev server with its Web UI on free loopback ports. The search attributes `Model`, `Window` and `Verdict` (Keyword) exist.
 */
export async function startTemporal(options: TemporalOptions): Promise<Temporal> {
  const { binary, dbFilename, logFile, pidFile, signal } = options;
  const database = dbFilename === undefined ? [] : ['--db-filename', dbFilename];
  await endLeftover(pidFile);
  return withFreePorts(async (freePort) => {
    const port = await freePort();
    const uiPort = await freePort();
    const metricsPort = await freePort();
    const ports = [
      '--port',
      port,
      '--ui-port',
      uiPort,
      '--http-port',
      await freePort(),
      '--metrics-port',
      metricsPort,
    ];
    const server = startChild({
      name: 'The Temporal dev server',
      command: binary,
      args: ['server', 'start-dev', '--ip', '127.0.0.1', ...ports.map(String), ...SETTINGS, ...database],
      // The CLI reads settings of the user from the home directory, and writes an id there.
      env: { ...process.env, HOME: dirname(logFile) },
      logFile,
      pidFile,
    });
    const address = `127.0.0.1:${port}`;
    const uiUrl = `http://127.0.0.1:${uiPort}`;
    await untilReady(server, () => answers(address, uiUrl), { signal });
    return {
      address,
      uiUrl,
      metricsTarget: `127.0.0.1:${metricsPort}`,
      process: server,
      stop: () => server.stop(),
    };
  });
}
