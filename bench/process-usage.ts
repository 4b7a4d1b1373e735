/** What running processes take, from /proc: these benchmarks run on Linux. */

import { readdirSync, readFileSync } from 'node:fs';

/** `getconf CLK_TCK`: 100 on every Linux that Node runs on. */
const ticksPerSecond = 100;

/** The largest resident memory that a process has had, in megabytes. */
export function peakMegabytes(pid: number): number {
  return statusNumber(pid, 'VmHWM') / 1024;
}

/** Seconds of processor time, of a process and of the children that it has and has had. */
export function cpuSeconds(pid: number): number {
  const children = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => timesOf(Number(name)) ?? [])
    .filter(({ parent }) => parent === pid);
  const own = timesOf(pid);
  const ticks =
    (own === undefined ? 0 : own.ticks + own.ofEndedChildren) +
    children.reduce((sum, { ticks }) => sum + ticks, 0);
  return ticks / ticksPerSecond;
}

/** The process that started another one. */
export function parentOf(pid: number): number {
  return timesOf(pid)!.parent;
}

/** Processor seconds of all processes and of waiting, since the machine started. */
export function machineSeconds(): { readonly busy: number; readonly idle: number } {
  const [, ...ticks] = readFileSync('/proc/stat', 'utf8').split('\n')[0]!.split(/\s+/);
  const [user = 0, nice = 0, system = 0, idle = 0, iowait = 0, irq = 0, softirq = 0] = ticks.map(Number);
  return {
    busy: (user + nice + system + irq + softirq) / ticksPerSecond,
    idle: (idle + iowait) / ticksPerSecond,
  };
}

function statusNumber(pid: number, field: string): number {
  const found = new RegExp(`^${field}:\\s+(\\d+)`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return Number(found?.[1]);
}

interface Times {
  readonly parent: number;
  readonly ticks: number;
  readonly ofEndedChildren: number;
}

/** Undefined: it has ended meanwhile. See proc_pid_stat(5). */
function timesOf(pid: number): Times | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat
      .slice(stat.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number);
    return {
      parent: fields[1]!,
      ticks: fields[11]! + fields[12]!,
      ofEndedChildren: fields[13]! + fields[14]!,
    };
  } catch {
    return undefined;
  }
}
