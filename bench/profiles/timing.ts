/** Times a function by the processor time it takes, so that other processes of the machine count less. */

export interface Timing {
  readonly median: number;
  readonly min: number;
}

/** Milliseconds of processor time, all threads of this process together, over some repetitions after a warm-up. */
export function timeOf(repetitions: number, work: () => unknown): Timing {
  work();
  const times = Array.from({ length: repetitions }, () => {
    const before = process.cpuUsage();
    work();
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1_000;
  }).sort((a, b) => a - b);
  return { median: times[Math.floor(times.length / 2)]!, min: times[0]! };
}

/** Where a benchmark ran, as its results need to be read. */
export function machineText(model: string, cores: number): string {
  return `${model.trim()}, ${cores} cores, Node ${process.version}`;
}
