/** Takes a model out of the database, some thousands of rows at a time. */

import { TidewatchError } from '../../core/errors.ts';
import type { Database, Queryable } from '../../sql/database.ts';
import { isTableGone, lockUntilCommit } from '../../sql/database.ts';
import { deleteMonitor } from '../monitors/store.ts';
import { locksOf } from './apply-retention.ts';
import { deleteDeliveries, deleteSome, listWithRows, type Forgetting } from './forget-store.ts';
import { listForgottenTables, messageTable, type ForgottenTable } from './forgotten-tables.ts';
import { patiently } from './patiently.ts';
import { accountFor } from './retention-store.ts';

/** So many rows a transaction: whoever writes the same tables waits for none of them for long. */
export interface BatchSizes {
  /** Of predictions, actuals and outcomes. */
  readonly rows: number;
  /** Of all else, some of which are large. */
  readonly results: number;
}
export const batchSizes: BatchSizes = { rows: 20_000, results: 5_000 };

/** A service may still log a few while it is being stopped. */
const mostPasses = 3;

interface RowsToForget {
  readonly model: string;
  readonly forgetting: Forgetting;
  readonly sizes: BatchSizes;
  readonly onProgress: (deleted: number, table: string) => void;
}

/**
 * Stops watching the model, once nobody computes anything of it: from then on a run of it ends by `UNKNOWN_MODEL`, and pushes no gauges.
 *
 * @throws TidewatchError `MODEL_BUSY`
 */
export async function endWatching(
  database: Database,
  { model, forgetting }: Pick<RowsToForget, 'model' | 'forgetting'>,
): Promise<void> {
  await inShort(database, model, async (connection) => {
    for (const lock of locksOf(model)) await lockUntilCommit(connection, lock);
    const rows = await deleteMonitor(connection, model);
    await account(connection, model, forgetting, { monitors: rows });
  });
}

/**
 * Deletes every row of the model, with an account of it in `removals`. It may stop anywhere and be repeated: a batch is deleted and
 * accounted for, or neither.
 *
 * @throws TidewatchError `MODEL_BUSY` when others hold rows; `MODEL_STILL_WRITTEN` when there are new ones each time that all were deleted
 */
export async function forgetRows(database: Database, of: RowsToForget): Promise<void> {
  const tables = await listForgottenTables(database);
  for (let pass = 1; ; pass += 1) {
    const left = await listLeft(database, tables, of.model);
    if (left.length === 0) return;
    if (pass > mostPasses) {
      const { model } = of;
      const written = [...new Set(left.map(({ table }) => table))].join(', ');
      throw new TidewatchError('MODEL_STILL_WRITTEN', { model, tables: written });
    }
    const partitioned = new Set(tables.filter((table) => table.isPartitioned).map(({ name }) => name));
    for (const { table, part } of left) {
      const atOnce = partitioned.has(table) ? of.sizes.rows : of.sizes.results;
      for (let rows = atOnce; rows >= atOnce;)
        rows = await deleteBatch(database, of, { table, part, atOnce });
    }
  }
}

type Left = Awaited<ReturnType<typeof listWithRows>>;

async function listLeft(database: Database, tables: readonly ForgottenTable[], model: string): Promise<Left> {
  try {
    return await listWithRows(database, tables, model);
  } catch (error) {
    // The nightly maintenance has dropped a partition between the list of them and the look into each.
    if (isTableGone(error)) return listLeft(database, tables, model);
    throw error;
  }
}

async function deleteBatch(
  database: Database,
  { model, forgetting, onProgress }: RowsToForget,
  { table, part, atOnce }: { readonly table: string; readonly part: string; readonly atOnce: number },
): Promise<number> {
  const deleted = await inShort(database, model, async (connection) => {
    const counts = await deleteOf(connection, { model, table, part, atOnce });
    await account(connection, model, forgetting, counts);
    return counts[table] ?? 0;
  }).catch((error: unknown) => {
    // It was dropped meanwhile.
    if (isTableGone(error)) return 0;
    throw error;
  });
  onProgress(deleted, table);
  return deleted;
}

async function deleteOf(
  connection: Queryable,
  {
    model,
    table,
    part,
    atOnce,
  }: { readonly model: string; readonly table: string; readonly part: string; readonly atOnce: number },
): Promise<Readonly<Record<string, number>>> {
  if (table !== 'alert_deliveries') return { [table]: await deleteSome(connection, part, model, atOnce) };
  const { deliveries, messages } = await deleteDeliveries(connection, model, atOnce);
  return { [table]: deliveries, [messageTable]: messages };
}

/** In the transaction that deletes. */
async function account(
  connection: Queryable,
  model: string,
  { id, since }: Forgetting,
  counts: Readonly<Record<string, number>>,
): Promise<void> {
  await accountFor(
    connection,
    { asOf: since, workflowId: `forget:${model}`, runId: String(id) },
    Object.entries(counts).map(([table, rows]) => ({ model, table, end: since, rows, reason: 'forgotten' })),
  );
}

async function inShort<T>(
  database: Database,
  model: string,
  work: (connection: Queryable) => Promise<T>,
): Promise<T> {
  try {
    return await patiently(database, work);
  } catch (error) {
    if (!(error instanceof TidewatchError && error.code === 'STORAGE_BUSY')) throw error;
    throw new TidewatchError('MODEL_BUSY', { model, ...error.details }, { cause: error });
  }
}
