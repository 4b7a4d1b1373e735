import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { reasonOf } from '../../core/errors.ts';
import { findBinary } from './binaries.ts';
import type { Postgres } from './postgres.ts';
import { startPostgres } from './postgres.ts';
import type { Pushgateway } from './pushgateway.ts';
import { startPushgateway } from './pushgateway.ts';
import type { SlackEndpoint } from './slack-endpoint.ts';
import { startSlackEndpoint } from './slack-endpoint.ts';
import type { SmtpEndpoint } from './smtp-endpoint.ts';
import { startSmtpEndpoint } from './smtp-endpoint.ts';
import { lockStateDirectory } from './state-lock.ts';
import type { Temporal } from './temporal.ts';
import { startTemporal } from './temporal.ts';

export interface StackOptions {
  /** Holds the data, logs and binaries; made if needed. One running stack a directory. */
  readonly stateDirectory: string;
  /** Whether `stop` keeps the data for the next start. Otherwise every start is empty. */
  readonly persistent: boolean;
  /** Where the servers' binaries are kept. Default `<stateDirectory>/bin`. */
  readonly binDirectory?: string;
  /** Is told what takes time, in words for a person. */
  readonly onProgress?: (text: string) => void;
  /** Whether to start a Slack endpoint. Default true. */
  readonly slack?: boolean;
  /** Whether to start an SMTP server. Default true. */
  readonly smtp?: boolean;
  /** Aborting it ends a start that is under way. */
  readonly signal?: AbortSignal;
}

export interface Stack {
  readonly postgres: Postgres;
  readonly temporal: Temporal;
  readonly pushgateway: Pushgateway;
  readonly slack: SlackEndpoint | undefined;
  readonly smtp: SmtpEndpoint | undefined;
  /** Stops everything in reverse order. A second call waits for the first. */
  stop(): Promise<void>;
}

interface Stoppable {
  stop(): Promise<void>;
}

/** Stops the last one first, and the others too where one cannot be stopped. */
async function stopAll(started: readonly (Stoppable | undefined)[]): Promise<void> {
  const failures: unknown[] = [];
  for (const component of [...started].reverse()) {
    await component?.stop().catch((error: unknown) => failures.push(error));
  }
  if (failures.length > 0) throw new AggregateError(failures, failures.map(reasonOf).join('\n'));
}

/**
 * Starts Postgres, Temporal with its Web UI, a Pushgateway, an SMTP server and a Slack webhook, all on free loopback
 * ports. Nothing needs root, and nothing outlives this process, even if it is killed.
 *
 * Throws where another stack runs in the state directory, or a component does not start: the others are stopped, and
 * the error says what happened and which log file to read.
 *
 * @example
 * const stack = await startStack({ stateDirectory: '.tidewatch', persistent: true, onProgress: console.log });
 * stack.postgres.url('tidewatch');
 * await stack.stop();
 */
export async function startStack(options: StackOptions): Promise<Stack> {
  const { persistent, onProgress } = options;
  const stateDirectory = resolve(options.stateDirectory);
  const cacheDirectory = resolve(options.binDirectory ?? join(stateDirectory, 'bin'));
  const logs = join(stateDirectory, 'logs');
  const run = join(stateDirectory, 'run');
  await mkdir(logs, { recursive: true });
  await mkdir(run, { recursive: true });
  const unlock = await lockStateDirectory(stateDirectory);
  const lock: Stoppable = { stop: unlock };

  // The first failure ends the waiting of the others: a build from source takes minutes.
  const failure = new AbortController();
  const signal =
    options.signal === undefined ? failure.signal : AbortSignal.any([failure.signal, options.signal]);
  const files = (name: string): { logFile: string; pidFile: string; signal: AbortSignal } => ({
    logFile: join(logs, `${name}.log`),
    pidFile: join(run, `${name}.json`),
    signal,
  });
  const kept = (name: string): string | undefined => (persistent ? join(stateDirectory, name) : undefined);
  const find = { cacheDirectory, onProgress, signal };

  async function watched<Started>(name: string, starting: Promise<Started>): Promise<Started> {
    try {
      const started = await starting;
      onProgress?.(`${name} is up`);
      return started;
    } catch (error) {
      failure.abort(error);
      throw error;
    }
  }

  const [postgres, temporal, pushgateway, slack, smtp] = await Promise.allSettled([
    watched('Postgres', startPostgres({ stateDirectory, persistent, ...files('postgres') })),
    watched(
      'Temporal',
      findBinary('temporal', find).then((binary) =>
        startTemporal({ binary, dbFilename: kept('temporal.db'), ...files('temporal') }),
      ),
    ),
    watched(
      'The Pushgateway',
      findBinary('pushgateway', find).then((binary) =>
        startPushgateway({ binary, persistenceFile: kept('pushgateway.db'), ...files('pushgateway') }),
      ),
    ),
    options.slack === false ? undefined : startSlackEndpoint(),
    options.smtp === false ? undefined : startSmtpEndpoint(),
  ]);

  if (
    postgres.status === 'rejected' ||
    temporal.status === 'rejected' ||
    pushgateway.status === 'rejected' ||
    slack.status === 'rejected' ||
    smtp.status === 'rejected'
  ) {
    const outcomes = [postgres, temporal, pushgateway, slack, smtp];
    const started = outcomes.map((outcome) => (outcome.status === 'fulfilled' ? outcome.value : undefined));
    await stopAll([lock, ...started]);
    throw signal.aborted ? signal.reason : outcomes.find((outcome) => outcome.status === 'rejected')?.reason;
  }

  const components = [lock, postgres.value, temporal.value, pushgateway.value, slack.value, smtp.value];
  let stopping: Promise<void> | undefined;
  return {
    postgres: postgres.value,
    temporal: temporal.value,
    pushgateway: pushgateway.value,
    slack: slack.value,
    smtp: smtp.value,
    stop: () => (stopping ??= stopAll(components)),
  };
}
