/** The servers of the fault suite: each can be ended in several ways, and is found again by everybody, since all go through gates. */

import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

import { findBinary } from '../../demo/stack/binaries.ts';
import { childError, type Child } from '../../demo/stack/child-process.ts';
import { startPostgres } from '../../demo/stack/postgres.ts';
import { isChildOf } from '../../demo/stack/process-record.ts';
import { startPushgateway, type Pushgateway } from '../../demo/stack/pushgateway.ts';
import { startTemporal } from '../../demo/stack/temporal.ts';
import { until } from '../../demo/stack/until.ts';

const binDirectory = '.tidewatch/bin';
/** Much more than any start needs, also where all processors are taken. */
const patienceMs = 120_000;

/** Whoever connects to a server, and must know when it has moved. */
export interface Leadable {
  leadTo(port: number): void;
}

/** A server that comes back at another port. */
interface Movable {
  /** From now on this one is told where the server is. */
  lead(gate: Leadable): void;
}

export interface PostgresServer extends Movable {
  /** For its superuser, without a gate. */
  url(database: string): string;
  /** `fast`: connections are broken, and it ends in order. `immediate`: it ends at once, and recovers from its log at the start. */
  end(how: 'fast' | 'immediate'): Promise<void>;
  /** Has it ended by itself? */
  hasEnded(): boolean;
  /** Kills the process of a session; false where that is no process of this server, or not any more. */
  killSession(pid: number): boolean;
  start(): Promise<void>;
}

export interface TemporalServer extends Movable {
  readonly address: () => string;
  kill(): Promise<void>;
  start(): Promise<void>;
  stop(): Promise<void>;
}

function leading(): Movable & { readonly moved: (port: number) => void } {
  const gates = new Set<Leadable>();
  let current = 0;
  return {
    lead: (gate) => {
      gates.add(gate);
      gate.leadTo(current);
    },
    moved: (port) => {
      current = port;
      for (const gate of gates) gate.leadTo(port);
    },
  };
}

/** Sends a signal to a server, and waits until it is gone. */
async function endBy(server: Child, signal: NodeJS.Signals): Promise<void> {
  server.signal(signal);
  if (!(await until(() => server.ending() !== undefined, patienceMs)))
    throw childError(server, `does not end by ${signal}`);
}

async function filesIn(directory: string, name: string): Promise<{ logFile: string; pidFile: string }> {
  await mkdir(join(directory, 'logs'), { recursive: true });
  await mkdir(join(directory, 'run'), { recursive: true });
  return { logFile: join(directory, 'logs', `${name}.log`), pidFile: join(directory, 'run', `${name}.json`) };
}

/** `stateDirectory` holds the data. What is committed survives the end of its processes, as everywhere. */
export async function startPostgresServer(
  stateDirectory: string,
): Promise<PostgresServer & { stop(): Promise<void> }> {
  const files = await filesIn(stateDirectory, 'postgres');
  const { lead, moved } = leading();
  const open = async (): ReturnType<typeof startPostgres> => {
    const started = await startPostgres({
      stateDirectory,
      persistent: true,
      ...files,
      settings: {
        synchronous_commit: 'on',
        max_connections: '80',
        max_wal_size: '64MB',
        min_wal_size: '32MB',
      },
    });
    moved(started.port);
    return started;
  };
  let server = await open();
  return {
    lead,
    url: (database) => server.url(database),
    end: (how) => (how === 'fast' ? server.stop() : endBy(server.process, 'SIGQUIT')),
    hasEnded: () => server.process.ending() !== undefined,
    // A session may end meanwhile, and its pid belong to anybody.
    killSession: (pid) => isChildOf(pid, server.process.pid) && process.kill(pid, 'SIGKILL'),
    start: async () => {
      server = await open();
    },
    stop: () => server.stop(),
  };
}

/** Histories survive its end. */
export async function startTemporalServer(directory: string): Promise<TemporalServer> {
  const files = await filesIn(directory, 'temporal');
  const binary = await findBinary('temporal', { cacheDirectory: binDirectory });
  const { lead, moved } = leading();
  const open = async (): ReturnType<typeof startTemporal> => {
    const started = await startTemporal({ binary, dbFilename: join(directory, 'temporal.db'), ...files });
    moved(Number(started.address.split(':')[1]));
    return started;
  };
  let server = await open();
  return {
    lead,
    address: () => server.address,
    kill: () => endBy(server.process, 'SIGKILL'),
    start: async () => {
      server = await open();
    },
    stop: () => server.stop(),
  };
}

export async function startPushgatewayServer(directory: string): Promise<Pushgateway> {
  const binary = await findBinary('pushgateway', { cacheDirectory: binDirectory });
  return startPushgateway({ binary, ...(await filesIn(directory, 'pushgateway')) });
}
