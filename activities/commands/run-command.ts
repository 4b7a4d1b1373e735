/**
 * Runs a program of the user's on this machine: its input, its output, its time, and its end with all that it started, also where
 * this process is killed before.
 */

import { spawn } from 'node:child_process';
import type { ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';

import { reasonOf } from '../../core/errors.ts';

export interface CommandRequest {
  /** A program and its arguments; no shell reads them. */
  readonly command: readonly string[];
  readonly directory?: string | undefined;
  /** Beside the environment of this process. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Its standard input. */
  readonly input: string;
  readonly timeoutMs: number;
  /** Ends it early. */
  readonly cancelled: AbortSignal;
  /** Each line of its standard output that is not empty. */
  readonly onLine?: (line: string) => void;
  /** How long it may take to end after SIGTERM, before SIGKILL. */
  readonly graceMs?: number;
}

export interface CommandEnd {
  readonly end: 'exited' | 'killed' | 'timed-out' | 'cancelled' | 'not-started';
  /** Why it did not start, which signal killed it, or its exit code. */
  readonly reason: string;
  /** 0 where it exited well. */
  readonly code: number | null;
  /** The last line of standard output that is not empty; undefined where there is none or it is too long. */
  readonly lastLine: string | undefined;
  /** The end of all its output, as a terminal would have shown it. */
  readonly output: string;
}

/** How a command ended. It never throws. */
export type RunCommand = (request: CommandRequest) => Promise<CommandEnd>;

/** Longer lines are no answers; they are cut off, so that a program cannot fill the memory. */
const longestLine = 256 * 1024;
const keptOutput = 16 * 1024;
/** A process that has left the group may hold the output open for ever. */
const outputGraceMs = 1_000;

/**
 * Ends a process group when this process has died, SIGKILL included: its standard input then ends without the second line, which says
 * that the command is over. Five seconds at most: a heartbeat of an activity is sent on after four fifths of its timeout, so that of
 * the 30 seconds of a training six are left until the next try begins, and two never run side by side.
 */
const watchdog = `
read -r group || exit
read -r _ && exit
kill -s TERM -- "-$group"
for _ in 1 2 3 4 5; do
  kill -s 0 -- "-$group" || exit
  sleep 1
done
kill -s KILL -- "-$group"
`;

export const runCommand: RunCommand = async (request) => {
  const { command, directory, environment, input, timeoutMs, cancelled, graceMs = 10_000 } = request;
  const [program = '', ...args] = command;
  const output = collect(request.onLine);
  if (cancelled.aborted) return { end: 'cancelled', reason: 'before it began', code: null, ...output.kept() };
  const watch = startWatchdog();
  const child = spawn(program, args, {
    cwd: directory,
    env: { ...process.env, ...environment },
    // A group of its own: what it starts ends with it.
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  if (child.pid !== undefined) watch.write(`${child.pid}\n`);
  try {
    await once(child, 'spawn');
  } catch (error) {
    watch.end();
    return { end: 'not-started', reason: reasonOf(error), code: null, ...output.kept() };
  }
  child.on('error', () => undefined);
  output.read(child);
  // A program that does not read its input ends it early.
  child.stdin.on('error', () => undefined);
  child.stdin.end(input);

  let stopped: 'timed-out' | 'cancelled' | undefined;
  let kill: NodeJS.Timeout | undefined;
  const stop = (why: 'timed-out' | 'cancelled'): void => {
    if (stopped !== undefined) return;
    stopped = why;
    signalGroup(child.pid!, 'SIGTERM');
    kill = setTimeout(() => signalGroup(child.pid!, 'SIGKILL'), graceMs);
  };
  const onCancelled = (): void => stop('cancelled');
  cancelled.addEventListener('abort', onCancelled);
  if (cancelled.aborted) onCancelled();
  const limit = setTimeout(() => stop('timed-out'), timeoutMs);
  const closed = once(child, 'close');
  const [code, signal] = (await once(child, 'exit')) as [number | null, string | null];
  clearTimeout(limit);
  clearTimeout(kill);
  cancelled.removeEventListener('abort', onCancelled);
  // Whatever it has left behind.
  signalGroup(child.pid!, 'SIGKILL');
  watch.end('\n');
  await Promise.race([closed, after(outputGraceMs)]);
  child.stdout.destroy();
  child.stderr.destroy();
  const end = stopped ?? (signal === null ? 'exited' : 'killed');
  return { end, reason: signal ?? `exit code ${code}`, code, ...output.kept() };
};

/** Its standard input. Started before the command, so that nothing can end this process between the two. */
function startWatchdog(): Writable {
  // A group of its own: what ends this process or the command leaves it alone.
  const child = spawn('/bin/sh', ['-c', watchdog], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
  child.on('error', () => undefined);
  child.stdin.on('error', () => undefined);
  child.unref();
  return child.stdin;
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // Nobody is left in the group.
  }
}

async function after(ms: number): Promise<void> {
  await new Promise((resolve) => {
    setTimeout(resolve, ms).unref();
  });
}

interface Output {
  read(child: ChildProcessByStdio<Writable, Readable, Readable>): void;
  kept(): Pick<CommandEnd, 'lastLine' | 'output'>;
}

function collect(onLine: (line: string) => void = () => undefined): Output {
  let output = '';
  let line = '';
  let isTooLong = false;
  let lastLine: string | undefined;
  const keep = (text: string): void => {
    output = (output + text).slice(-keptOutput);
  };
  const endLine = (): void => {
    if (isTooLong) lastLine = undefined;
    else if (line.trim() !== '') {
      lastLine = line.trim();
      onLine(lastLine);
    }
    line = '';
    isTooLong = false;
  };
  return {
    read(child) {
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        keep(text);
        const [first = '', ...rest] = text.split('\n');
        for (const [index, part] of [first, ...rest].entries()) {
          if (index > 0) endLine();
          if (line.length + part.length > longestLine) isTooLong = true;
          else line += part;
        }
      });
      child.stderr.setEncoding('utf8').on('data', keep);
    },
    kept() {
      endLine();
      return { lastLine, output };
    },
  };
}
