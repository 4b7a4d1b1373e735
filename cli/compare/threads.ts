/** Spreads columns over threads, one a core. */

import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';

import { TidewatchError } from '../../core/errors.ts';
import type { ColumnTask } from './column-work.ts';
import type { ColumnResult } from './results.ts';

export interface ThreadTables {
  /** Paths of Parquet files. */
  readonly reference: string;
  readonly current: string;
  /** No batch has more. */
  readonly columnsAtOnce: number;
}

/** What a thread is to work on, or that there is nothing more. */
export type ThreadMessage = readonly ColumnTask[] | 'close';

export interface ThreadedWork {
  readonly tables: Pick<ThreadTables, 'reference' | 'current'>;
  /** Of both tables together. */
  readonly rows: number;
  readonly tasks: readonly ColumnTask[];
  readonly onProgress: (done: number) => void;
}

/** Memory of the numbers that all threads hold at a time, in values (0.5 GB). At least one column a thread is held, however long. */
const mostValues = 64e6;
/** More columns at once save no time: reading takes 0.1 s a million rows and batch. */
const mostColumns = 10;
/** More threads wait for each other in memory. */
const mostThreads = 8;

/** The results in the order of the tasks. Fails when a thread does. */
export async function examineInThreads(work: ThreadedWork): Promise<readonly ColumnResult[]> {
  const { tables, tasks, onProgress } = work;
  const threadCount = Math.min(availableParallelism(), mostThreads, tasks.length);
  const batches = batchesOf(tasks, threadCount, work.rows);
  const results: ColumnResult[][] = [];
  const waiting = [...batches.entries()];
  let done = 0;
  const columnsAtOnce = Math.max(...batches.map((batch) => batch.length));
  const threads = Array.from({ length: Math.min(threadCount, batches.length) }, () =>
    startThread({ ...tables, columnsAtOnce }),
  );
  try {
    await Promise.all(
      threads.map(async ({ worker }) => {
        for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
          const [index, batch] = next;
          results[index] = await answerOf(worker, batch);
          done += batch.length;
          onProgress(done);
        }
      }),
    );
  } finally {
    // Not terminated: a thread that ends inside DuckDB takes the process with it.
    waiting.length = 0;
    for (const { worker } of threads) post(worker, 'close');
    await Promise.all(threads.map(({ ended }) => ended));
  }
  return results.flat();
}

/** As many batches for each thread, of as many columns, as is possible. */
function batchesOf(tasks: readonly ColumnTask[], threads: number, rows: number): ColumnTask[][] {
  const columnsAtOnce = Math.min(
    mostColumns,
    Math.max(1, Math.floor(mostValues / threads / Math.max(1, rows))),
  );
  const count = Math.min(tasks.length, threads * Math.ceil(tasks.length / (threads * columnsAtOnce)));
  const startOf = (batch: number): number => Math.round((batch * tasks.length) / count);
  return Array.from({ length: count }, (_, batch) => tasks.slice(startOf(batch), startOf(batch + 1)));
}

interface Thread {
  readonly worker: Worker;
  readonly ended: Promise<void>;
}

function startThread(tables: ThreadTables): Thread {
  const worker = createWorker(tables);
  return { worker, ended: new Promise((resolve) => worker.once('exit', () => resolve())) };
}

/** From source the thread is TypeScript, and threads do not inherit the loader of it: it is loaded anew. */
function createWorker(tables: ThreadTables): Worker {
  if (!import.meta.url.endsWith('.ts')) {
    return new Worker(new URL('thread.js', import.meta.url), { workerData: tables });
  }
  const [loader, thread] = [import.meta.resolve('tsx/esm/api'), new URL('thread.ts', import.meta.url)];
  const source = `import('${loader}').then(({ tsImport }) => tsImport('${thread.href}', '${import.meta.url}'))`;
  return new Worker(source, { eval: true, workerData: tables });
}

function answerOf(worker: Worker, tasks: readonly ColumnTask[]): Promise<ColumnResult[]> {
  return new Promise((resolve, reject) => {
    const settle = (act: () => void): void => {
      worker.off('message', onMessage).off('error', onError).off('exit', onExit);
      act();
    };
    const onMessage = (results: ColumnResult[]): void => settle(() => resolve(results));
    const onError = (error: unknown): void => settle(() => reject(asThrown(error)));
    const onExit = (code: number): void =>
      settle(() => reject(new Error(`a thread ended with code ${code}`)));
    worker.on('message', onMessage).on('error', onError).on('exit', onExit);
    post(worker, tasks);
  });
}

/** An error loses its class on the way from a thread. */
function asThrown(error: unknown): unknown {
  if (!(error instanceof Error) || !('code' in error) || !('details' in error)) return error;
  const { code, details } = error as TidewatchError;
  return new TidewatchError(code, details, { cause: error });
}

function post(worker: Worker, message: ThreadMessage): void {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
  worker.postMessage(message);
}
