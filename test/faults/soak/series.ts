/** What is measured in a soak, and how much of it may be more at the end than in the middle. */

export interface Series {
  readonly name: string;
  readonly unit: string;
  readonly of: 'memory' | 'connections and handles' | 'queues';
  /** How much it may grow from the first third of the run to its end: a share of its median, or this much where that is less. */
  readonly growth: { readonly share: number; readonly atLeast: number };
}

/** V8 collects when it likes, and an allocator gives back when it likes: a leak is more than that. */
const memory = { share: 0.1, atLeast: 10 };
const few = { share: 0.1, atLeast: 2 };

export const series = [
  { name: 'resident memory of the worker', unit: 'MB', of: 'memory', growth: memory },
  { name: 'heap of the worker', unit: 'MB', of: 'memory', growth: memory },
  { name: 'files and sockets of the worker', unit: '', of: 'connections and handles', growth: few },
  { name: 'handles of the worker', unit: '', of: 'connections and handles', growth: few },
  { name: 'connections of workers to Postgres', unit: '', of: 'connections and handles', growth: few },
  { name: 'idle in a transaction', unit: '', of: 'connections and handles', growth: few },
  { name: 'hours to compute again', unit: '', of: 'queues', growth: few },
  { name: 'messages to deliver', unit: '', of: 'queues', growth: few },
  { name: 'runs under way', unit: '', of: 'queues', growth: few },
  { name: 'tasks that wait for a worker', unit: '', of: 'queues', growth: few },
] as const satisfies readonly Series[];

export type SeriesName = (typeof series)[number]['name'];

/** At one time; null where it could not be measured, since something was away. */
export interface Sample {
  readonly seconds: number;
  readonly day: number;
  readonly faults: number;
  readonly values: Readonly<Record<SeriesName, number | null>>;
}
