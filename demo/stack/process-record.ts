import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** A process as written to a file. The start time tells it from a later process that was given the same pid. */
export interface ProcessRecord {
  readonly pid: number;
  readonly started: string;
}

function startOnLinux(pid: number): string | undefined {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return undefined;
  }
  // The command in parentheses may itself hold spaces and parentheses: count the fields after the last one.
  const [state, ...rest] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  // A zombie has ended; only its parent has not asked for its status yet.
  return state === 'Z' || state === 'X' ? undefined : rest[18];
}

function startElsewhere(pid: number): string | undefined {
  let line: string;
  try {
    line = execFileSync('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], {
      encoding: 'utf8',
      env: { ...process.env, LC_ALL: 'C' },
    }).trim();
  } catch {
    return undefined;
  }
  return line === '' || line.startsWith('Z') ? undefined : line.replace(/^\S+\s+/, '');
}

/** The running process with this pid, or undefined where there is none. */
export function processRecord(pid: number): ProcessRecord | undefined {
  const started = process.platform === 'linux' ? startOnLinux(pid) : startElsewhere(pid);
  return started === undefined ? undefined : { pid, started };
}

/** Whether the very process of the record still runs. */
export function isRunning(record: ProcessRecord): boolean {
  return processRecord(record.pid)?.started === record.started;
}

/** The record in a file's text; undefined for anything else, such as a file that was cut short. */
export function parseProcessRecord(text: string): ProcessRecord | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null || !('pid' in value) || !('started' in value))
      return undefined;
    if (typeof value.pid !== 'number' || typeof value.started !== 'string') return undefined;
    return { pid: value.pid, started: value.started };
  } catch {
    return undefined;
  }
}
