import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { Writable } from 'node:stream';
import { reasonOf } from '../../core/errors.ts';
import { isRunning, parseProcessRecord, processRecord } from './process-record.ts';
import { until } from './until.ts';

/**
 * Becomes the program itself (`exec` keeps the pid), and leaves a watchdog behind that holds the other end of a pipe.
 * The parent writes a line when the program has ended. End of file without that line means that the parent died,
 * `kill -9` included: the watchdog then asks the program to end, and kills it when the grace time is over.
 */
const LAUNCHER = `
signal=$1 grace=$2; shift 2
{
  if ! read -r _ <&3; then
    kill -s "$signal" $$
    while sleep 1 && kill -s 0 $$; do
      [ "$grace" -gt 0 ] || { kill -s KILL -- -$$; break; }
      grace=$((grace - 1))
    done
  fi
} 2>/dev/null &
exec "$@" 3<&-
`;

const GRACE_SECONDS = 10;
const REAPING_MS = 5_000;
const LOG_LINES_IN_ERRORS = 12;

export interface ChildOptions {
  /** How messages call it: "Postgres". */
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  /** Gets the output of this run only: it is emptied at the start. */
  readonly logFile: string;
  /** Lets a later stack find the process if this one dies; removed when the process ends. */
  readonly pidFile?: string;
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** The account to run under; only root may give one. */
  readonly account?: { readonly uid: number; readonly gid: number } | undefined;
  /** Asks the program to end in good order. Default SIGTERM. */
  readonly stopSignal?: 'SIGTERM' | 'SIGINT';
  /** Seconds between asking and killing. Default 10. */
  readonly graceSeconds?: number;
}

export interface Child {
  readonly name: string;
  readonly pid: number;
  readonly logFile: string;
  /** How it ended ("exit code 1", "signal SIGKILL"), once it has. Never rejects. */
  readonly ended: Promise<string>;
  /** The same without waiting: undefined while it runs. */
  ending(): string | undefined;
  /** Sends a signal to this very process, never to a later one that was given its pid; false where it has ended. */
  signal(name: NodeJS.Signals): boolean;
  /** Asks the process to end, kills it after the grace time, and returns when it is gone. */
  stop(): Promise<void>;
}

/** The program, what it started itself, and its watchdog. */
function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It ended in the meantime.
  }
}

/**
 * Starts a program that does not outlive this process, whatever ends this process.
 *
 * The program runs in a process group of its own, so Ctrl-C in a terminal reaches this process only, which then stops its
 * children in the order it wants. An unknown command is an ending with exit code 127.
 *
 * @example const child = startChild({ name: 'Postgres', command: '/opt/postgres', args: ['-D', 'data'], logFile: 'postgres.log' })
 */
export function startChild(options: ChildOptions): Child {
  const { name, logFile, pidFile, stopSignal = 'SIGTERM', graceSeconds = GRACE_SECONDS } = options;
  const log = openSync(logFile, 'w');
  const launcher = ['-c', LAUNCHER, 'sh', stopSignal.slice(3), String(graceSeconds)];
  const child = spawn('/bin/sh', [...launcher, options.command, ...options.args], {
    stdio: ['ignore', log, log, 'pipe'],
    detached: true,
    env: options.env ?? process.env,
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    ...options.account,
  });
  closeSync(log);
  const watchdog = child.stdio[3];
  if (!(watchdog instanceof Writable)) throw new Error(`${name} has no pipe to its watchdog`);
  // The watchdog may be gone already when it is told that all is well.
  watchdog.on('error', () => undefined);

  let ending: string | undefined;
  const ended = new Promise<string>((resolve) => {
    const end = (how: string): void => {
      ending = how;
      watchdog.end('\n');
      if (pidFile !== undefined) rmSync(pidFile, { force: true });
      resolve(how);
    };
    child.once('error', (error) => end(error.message));
    child.once('exit', (code, signal) => end(signal === null ? `exit code ${code}` : `signal ${signal}`));
  });

  const { pid } = child;
  if (pid === undefined)
    throw new Error(`${name} cannot be started: there is no more room for a process, or no /bin/sh`);
  if (pidFile !== undefined)
    writeFileSync(pidFile, JSON.stringify(processRecord(pid) ?? { pid, started: '' }));

  return {
    name,
    pid,
    logFile,
    ended,
    ending: () => ending,
    signal: (name) => ending === undefined && child.kill(name),
    async stop() {
      child.kill(stopSignal);
      const kill = setTimeout(() => killGroup(pid), graceSeconds * 1_000);
      await ended;
      clearTimeout(kill);
    },
  };
}

/** What went wrong with a child: how it ended, its log file, and the last lines of it. */
export function childError(child: Child, what: string): Error {
  const lines = readFileSync(child.logFile, 'utf8').trimEnd().split('\n').slice(-LOG_LINES_IN_ERRORS);
  return new Error(
    `${child.name} ${what}. Its log is ${child.logFile}, which ends with:\n${lines.join('\n')}`,
  );
}

export interface ReadinessOptions {
  /** Default 60: recovery after a crash may take a while on a busy machine. */
  readonly timeoutSeconds?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Waits until the child answers. A probe that throws counts as "not yet". If the child ends first, or does not answer
 * in time, or the signal is aborted, the child is stopped and the error names its log file.
 */
export async function untilReady(
  child: Child,
  probe: () => Promise<boolean>,
  { timeoutSeconds = 60, signal }: ReadinessOptions = {},
): Promise<void> {
  let reason = 'it does not answer';
  const readyOrEnded = async (): Promise<boolean> => {
    if (child.ending() !== undefined) return true;
    try {
      return await probe();
    } catch (error) {
      reason = reasonOf(error);
      return false;
    }
  };
  try {
    const answered = await until(readyOrEnded, timeoutSeconds * 1_000, signal);
    if (child.ending() !== undefined)
      throw childError(child, `ended with ${child.ending()} before it was ready`);
    if (!answered) throw childError(child, `was not ready after ${timeoutSeconds} seconds (${reason})`);
  } catch (error) {
    await child.stop();
    throw error;
  }
}

function isKnown(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/**
 * Waits for the process that a killed stack left behind: its watchdog is ending it. Kills it if the watchdog does not.
 * Nothing happens where there is no such process, or its pid belongs to another one by now.
 */
export async function endLeftover(pidFile: string, graceSeconds: number = GRACE_SECONDS): Promise<void> {
  const text = await readFile(pidFile, 'utf8').catch(() => '');
  const leftover = parseProcessRecord(text);
  const isGone = (): boolean => leftover === undefined || !isRunning(leftover);
  // One second more than the watchdog waits.
  if (leftover !== undefined && !(await until(isGone, (graceSeconds + 1) * 1_000))) {
    killGroup(leftover.pid);
    // Postgres takes even a zombie for a running server: wait until init has asked for its status.
    await until(() => !isKnown(leftover.pid), REAPING_MS);
  }
  await rm(pidFile, { force: true });
}
