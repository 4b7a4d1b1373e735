/** Runs whole processes and measures them. */

import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface ProcessRun {
  readonly seconds: number;
  /** Of all its threads and children, user and system. */
  readonly cpuSeconds: number;
  /** Largest resident memory of one process. */
  readonly peakMegabytes: number;
  readonly output: string;
}

/** Runs a command to its end under GNU time. Fails when the command does. */
export async function runProcess(command: readonly string[]): Promise<ProcessRun> {
  const directory = await mkdtemp(join(tmpdir(), 'tidewatch-bench-'));
  const measured = join(directory, 'time.txt');
  try {
    const output = await outputOf(['/usr/bin/time', '-o', measured, '-f', '%e %U %S %M', ...command]);
    const [seconds = 0, user = 0, system = 0, kilobytes = 0] = (await readFile(measured, 'utf8'))
      .split(/\s+/)
      .map(Number);
    return { seconds, cpuSeconds: user + system, peakMegabytes: kilobytes / 1024, output };
  } finally {
    await rm(directory, { recursive: true });
  }
}

function outputOf([program, ...parameters]: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(program!, parameters, { stdio: ['ignore', 'pipe', 'pipe'] });
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    child.stdout.on('data', (part: Buffer) => stdout.push(part));
    child.stderr.on('data', (part: Buffer) => stderr.push(part));
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve(Buffer.concat(stdout).toString());
      else
        reject(new Error(`${parameters.join(' ')}\nended with ${code}: ${Buffer.concat(stderr).toString()}`));
    });
  });
}
