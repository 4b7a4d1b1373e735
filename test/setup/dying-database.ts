/** A database as a process of some fate sees it: where it dies or loses its connection, what is open is rolled back. */

import type { Client, Database, Queryable } from '../../sql/database.ts';
import type { Fate } from './fate.ts';

/**
 * Points are before each statement, before each commit (nothing of the transaction is stored), and after each commit or
 * statement of its own (it is stored, but nobody hears of it); on a raw connection also before each of its statements, and before rows are copied.
 */
export function dyingDatabase(real: Database, fate: Fate): Database {
  async function alone<T>(statement: () => Promise<T>): Promise<T> {
    await fate.pass();
    const result = await statement();
    await fate.pass();
    return result;
  }
  const inTransaction = (connection: Queryable): { connection: Queryable; end: () => Promise<void> } => {
    let lost: unknown;
    // A connection that was lost stays lost, whatever is made of the error.
    const point = async (): Promise<void> => {
      if (lost !== undefined) throw lost;
      await fate.pass().catch((error: unknown) => {
        lost = error;
        throw error;
      });
    };
    const { client } = connection;
    return {
      end: point,
      connection: {
        ...(client && {
          client: withQuery(client, (...given) => {
            if (lost !== undefined) throw lost;
            try {
              fate.passAtOnce();
            } catch (error) {
              lost = error;
              throw error;
            }
            return Reflect.apply(client.query, client, given);
          }),
        }),
        query: async (text, values) => {
          await point();
          return connection.query(text, values);
        },
        execute: async (text, values) => {
          await point();
          return connection.execute(text, values);
        },
      },
    };
  };
  return {
    query: (text, values) => alone(() => real.query(text, values)),
    execute: (text, values) => alone(() => real.execute(text, values)),
    transaction: (work) =>
      alone(() =>
        real.transaction(async (connection) => {
          const dying = inTransaction(connection);
          const result = await work(dying.connection);
          await dying.end();
          return result;
        }),
      ),
    snapshot: (work) =>
      alone(() => real.snapshot((connection) => work(inTransaction(connection).connection))),
    withClient: (work) => alone(() => real.withClient((client) => work(dyingClient(client, fate)))),
    close: () => real.close(),
  };
}

function dyingClient(client: Client, fate: Fate): Client {
  return withQuery(client, (...given) => {
    try {
      fate.passAtOnce();
    } catch (error) {
      // Its pool closes it, as the server does when a process is gone: session locks and all.
      client.emit('error', error);
      throw error;
    }
    return Reflect.apply(client.query, client, given);
  });
}

function withQuery(client: Client, query: (...given: readonly unknown[]) => unknown): Client {
  return new Proxy(client, {
    get: (target, name) => {
      if (name === 'query') return query;
      const value: unknown = Reflect.get(target, name);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
}
