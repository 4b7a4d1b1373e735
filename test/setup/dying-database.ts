/** A database whose process dies: after so many statements every further one throws, and what is open is rolled back. */

import type { Database, Queryable } from '../../sql/database.ts';

export class Died extends Error {}

export interface DyingDatabase {
  readonly database: Database;
  /** Points at which the process could die, passed so far. */
  points(): number;
}

/**
 * Dies at the `dieAt`-th point; never by default. Points are before each statement, before each commit (nothing of the
 * transaction is stored), and after each commit or statement of its own (it is stored, but nobody hears of it).
 */
export function dyingDatabase(real: Database, dieAt = Number.POSITIVE_INFINITY): DyingDatabase {
  let points = 0;
  const point = (): void => {
    points += 1;
    if (points >= dieAt) throw new Died(`died at point ${points}`);
  };
  const inTransaction = (connection: Queryable): Queryable => ({
    query: (text, values) => {
      point();
      return connection.query(text, values);
    },
    execute: (text, values) => {
      point();
      return connection.execute(text, values);
    },
  });
  async function alone<T>(statement: () => Promise<T>): Promise<T> {
    point();
    const result = await statement();
    point();
    return result;
  }
  return {
    points: () => points,
    database: {
      query: (text, values) => alone(() => real.query(text, values)),
      execute: (text, values) => alone(() => real.execute(text, values)),
      transaction: (work) =>
        alone(() =>
          real.transaction(async (connection) => {
            const result = await work(inTransaction(connection));
            point();
            return result;
          }),
        ),
      snapshot: (work) => alone(() => real.snapshot((connection) => work(inTransaction(connection)))),
      withClient: (work) => alone(() => real.withClient(work)),
      close: () => real.close(),
    },
  };
}
