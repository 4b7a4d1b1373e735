/** The real `tidewatch worker`, as a process. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';

import { until } from '../../demo/stack/until.ts';

export interface WorkerProcess {
  /** Lines of standard output. */
  logs(): readonly string[];
  stderr(): string;
  /** The health endpoint, once the worker has started. */
  started(): Promise<string>;
  signal(name: 'SIGTERM' | 'SIGINT' | 'SIGKILL'): void;
  /** Its exit code; a signal that ended it gives null. */
  readonly exited: Promise<number | null>;
}

/** `environment` is all that it gets, beside the path. The caller kills it when the test is over, however it ended. */
export function startWorkerProcess(environment: Readonly<Record<string, string>>): WorkerProcess {
  const child = spawn(process.execPath, ['--import', 'tsx', 'cli/tidewatch.ts', 'worker'], {
    env: { PATH: process.env['PATH'], TIDEWATCH_HTTP_PORT: '0', ...environment },
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (data: Buffer) => (stdout += data.toString()));
  child.stderr.on('data', (data: Buffer) => (stderr += data.toString()));
  const logs = (): string[] => stdout.split('\n').filter((line) => line !== '');
  return {
    logs,
    stderr: () => stderr,
    signal: (name) => void child.kill(name),
    exited: once(child, 'close').then(([code]) => code as number | null),
    started: async () => {
      let url: string | undefined;
      await until(() => {
        url = logs()
          .map((line) => (JSON.parse(line) as { http?: string }).http)
          .find((http) => http !== undefined);
        return url !== undefined || child.exitCode !== null;
      }, 180_000);
      if (url === undefined) throw new Error(`the worker did not start: ${stdout}${stderr}`);
      return url;
    },
  };
}
