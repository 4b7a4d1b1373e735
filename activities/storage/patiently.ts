import { setTimeout } from 'node:timers/promises';

import { TidewatchError } from '../../core/errors.ts';
import type { Database, Queryable } from '../../sql/database.ts';
import { isLockTimeout } from '../../sql/database.ts';

/**
 * Nobody waits longer behind a statement that waits for its lock: it gives up, and is tried again. Less than the second after which Postgres
 * ends one of two that wait for each other: that must not be the writer.
 */
const lockWait = '500ms';
const tries = 10;
const pauseMs = 100;

/**
 * Does it in a transaction that waits for no lock for long.
 *
 * @throws TidewatchError `STORAGE_BUSY`
 */
export async function patiently<T>(
  database: Database,
  work: (connection: Queryable) => Promise<T>,
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await database.transaction(async (connection) => {
        await connection.execute(`set local lock_timeout = '${lockWait}'`);
        return work(connection);
      });
    } catch (error) {
      if (!isLockTimeout(error)) throw error;
      if (attempt === tries) throw new TidewatchError('STORAGE_BUSY', { tries }, { cause: error });
      await setTimeout(attempt * pauseMs);
    }
  }
}

/** Does it, unless others keep the locks that it takes: then not this time. */
export async function unlessBusy<T>(
  database: Database,
  work: (connection: Queryable) => Promise<T>,
): Promise<T | 'busy'> {
  try {
    return await patiently(database, work);
  } catch (error) {
    if (error instanceof TidewatchError && error.code === 'STORAGE_BUSY') return 'busy';
    throw error;
  }
}
