import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** A process as written to a file. The start time tells it from a later process that was given the same pid. */
export interface ProcessRecord {
  readonly pid: number;
  readonly started: string;
}

/** The parent and the start time of a running process. */
type Origin = readonly [parent: string | undefined, started: string | undefined];

function originOnLinux(pid: number): Origin | undefined {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return undefined;
  }
  // The command in parentheses may itself hold spaces and parentheses: count the fields after the last one.
  const [state, ...rest] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  // A zombie has ended; only its parent has not asked for its status yet.
  return state === 'Z' || state === 'X' ? undefined : [rest[0], rest[18]];
}

function originElsewhere(pid: number): Origin | undefined {
  let line: string;
  try {
    line = execFileSync('ps', ['-o', 'stat=,ppid=,lstart=', '-p', String(pid)], {
      encoding: 'utf8',
      env: { ...process.env, LC_ALL: 'C' },
    }).trim();
  } catch {
    return undefined;
  }
  if (line === '' || line.startsWith('Z')) return undefined;
  const [, parent, ...started] = line.split(/\s+/);
  return [parent, started.join(' ')];
}

const originOf = process.platform === 'linux' ? originOnLinux : originElsewhere;

/** The running process with this pid, or undefined where there is none. */
export function processRecord(pid: number): ProcessRecord | undefined {
  const started = originOf(pid)?.[1];
  return started === undefined ? undefined : { pid, started };
}

/** Whether the very process of the record still runs. */
export function isRunning(record: ProcessRecord): boolean {
  return processRecord(record.pid)?.started === record.started;
}

/** Whether this process runs, and was started by that one. */
export function isChildOf(pid: number, parent: number): boolean {
  return originOf(pid)?.[0] === String(parent);
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
