/** Worker processes behind gates of their own, started again whenever they end, as a supervisor does. */

import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import { startChild, type Child } from '../../demo/stack/child-process.ts';
import { until } from '../../demo/stack/until.ts';
import { openPostgresGate, type PostgresGate } from './gates/postgres-gate.ts';
import { openTemporalGate, type TemporalGate } from './gates/temporal-gate.ts';
import type { PostgresServer, TemporalServer } from './servers.ts';

const patienceMs = 180_000;
const patienceOfReaderMs = 5_000;

/** The line of the log with which a worker says that it takes tasks. */
const isStart = (line: string): boolean => line.includes('"worker started"');

export interface FaultyWorker {
  readonly postgres: PostgresGate;
  readonly temporal: TemporalGate;
  /** Sends a signal to the process that there is now; false where there is none. */
  signal(name: 'SIGKILL' | 'SIGTERM' | 'SIGSTOP' | 'SIGCONT'): boolean;
  /** How often a process has been started here. */
  lives(): number;
  /** Until the process takes tasks. */
  ready(): Promise<void>;
  /** Is it kept from being ended by signals? */
  readonly isSpared: boolean;
  /** What its process says of itself, as Prometheus reads it; undefined while there is none that answers. */
  metrics(): Promise<string | undefined>;
  stop(): Promise<void>;
}

export interface Build {
  /** The path of the command. */
  readonly program: string;
  readonly revision: string;
}

export interface WorkerOptions {
  readonly name: string;
  readonly isSpared: boolean;
  /** Of the next process. */
  readonly build: () => Build;
  readonly directory: string;
  readonly postgres: PostgresServer;
  readonly temporal: TemporalServer;
  readonly database: string;
  /** What it gets beside its servers. */
  readonly environment: Readonly<Record<string, string>>;
  /** Is told how long a process took until it took tasks. */
  readonly onReady: (milliseconds: number) => void;
}

export async function startFaultyWorker(options: WorkerOptions): Promise<FaultyWorker> {
  const { name, isSpared, build, directory } = options;
  const [postgres, temporal] = await Promise.all([openPostgresGate(), openTemporalGate()]);
  options.postgres.lead(postgres);
  options.temporal.lead(temporal);
  const databaseUrl = new URL(options.postgres.url(options.database));
  databaseUrl.port = String(postgres.port);
  await mkdir(directory, { recursive: true });

  const stopping = new AbortController();
  let lives = 0;
  let child: Child | undefined;

  const isReady = async (process: Child): Promise<boolean> =>
    (await readFile(process.logFile, 'utf8')).split('\n').some(isStart);
  async function time(process: Child): Promise<void> {
    const started = performance.now();
    await until(async () => process.ending() !== undefined || (await isReady(process)), patienceMs);
    if (process.ending() === undefined) options.onReady(performance.now() - started);
  }
  async function supervise(): Promise<void> {
    while (!stopping.signal.aborted) {
      lives += 1;
      const { program, revision } = build();
      child = startChild({
        name,
        command: process.execPath,
        args: ['--max-semi-space-size=8', program, 'worker'],
        env: {
          PATH: process.env['PATH'],
          ...options.environment,
          DATABASE_URL: databaseUrl.href,
          TEMPORAL_ADDRESS: `127.0.0.1:${temporal.port}`,
          TIDEWATCH_HTTP_PORT: '0',
          TIDEWATCH_REVISION: revision,
        },
        logFile: join(directory, `${name}-${lives}.log`),
      });
      await Promise.all([child.ended, time(child)]);
      temporal.forget();
      if (!stopping.signal.aborted) await pause(100);
    }
  }
  const supervising = supervise();

  return {
    postgres,
    temporal,
    signal: (signal) => child?.signal(signal) ?? false,
    lives: () => lives,
    ready: async () => {
      const takesTasks = async (): Promise<boolean> =>
        child !== undefined && child.ending() === undefined && (await isReady(child));
      if (!(await until(takesTasks, patienceMs)))
        throw new Error(`${name} does not start; read ${directory}`);
    },
    isSpared,
    metrics: async () => {
      try {
        const started = (await readFile(child?.logFile ?? '', 'utf8')).split('\n').find(isStart);
        const { http } = JSON.parse(started ?? '') as { readonly http: string };
        return await (
          await fetch(`${http}/metrics`, { signal: AbortSignal.timeout(patienceOfReaderMs) })
        ).text();
      } catch {
        return undefined;
      }
    },
    stop: async () => {
      stopping.abort();
      child?.signal('SIGKILL');
      await supervising;
      await Promise.all([postgres.stop(), temporal.stop()]);
    },
  };
}
