/** Copies of a database that a test has prepared: a few of its rows are quicker copied than made again. */

import { randomBytes } from 'node:crypto';

import { openDatabase } from '../../sql/database.ts';
import type { Database } from '../../sql/database.ts';
import type { TestDatabase } from './servers.ts';
import { createTestDatabase, testServers } from './servers.ts';

export interface DatabaseTemplate {
  copy(): Promise<TestDatabase>;
  drop(): Promise<void>;
}

/** A migrated database that `prepare` has filled, to be copied any number of times. */
export async function databaseTemplate(
  prepare: (database: Database) => Promise<void>,
): Promise<DatabaseTemplate> {
  const original = await createTestDatabase();
  await prepare(original.database);
  // A database with an open connection cannot be copied.
  await original.database.close();
  const template = new URL(original.url).pathname.slice(1);
  const admin = openDatabase({ url: testServers().postgresAdminUrl, poolSize: 1 });
  return {
    copy: async () => {
      const name = `test_${randomBytes(6).toString('hex')}`;
      await admin.execute(`create database ${name} template ${template}`);
      const url = new URL(original.url);
      url.pathname = `/${name}`;
      const database = openDatabase({ url: url.href, poolSize: 6, applicationName: name });
      return {
        database,
        url: url.href,
        drop: async () => {
          await database.close();
          await admin.execute(`drop database ${name} with (force)`);
        },
      };
    },
    drop: async () => {
      await admin.execute(`drop database ${template} with (force)`);
      await admin.close();
    },
  };
}
