/** A thread of `tidewatch compare`: opens both tables for itself, and works on the columns that it is handed. */

import { parentPort, workerData } from 'node:worker_threads';

import { openTableFile } from '../../sql/table-file.ts';
import { workingMemoryFor } from './column-comparison.ts';
import { examineColumns, type ColumnTask } from './column-work.ts';
import type { ThreadMessage, ThreadTables } from './threads.ts';

const { reference, current, columnsAtOnce } = workerData as ThreadTables;
// One thread of DuckDB each: the columns are what is spread over the cores.
const tables = {
  reference: await openTableFile(reference, { threads: 1 }),
  current: await openTableFile(current, { threads: 1 }),
};
const memory = workingMemoryFor(tables, columnsAtOnce);

parentPort!.on('message', (message: ThreadMessage) => {
  void (message === 'close' ? close() : work(message));
});

async function work(tasks: readonly ColumnTask[]): Promise<void> {
  const results = await examineColumns(tables, tasks, memory);
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
  parentPort!.postMessage(results);
}

async function close(): Promise<void> {
  await tables.reference.close();
  await tables.current.close();
  parentPort!.close();
}
