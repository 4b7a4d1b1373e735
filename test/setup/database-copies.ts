/** Copies of a database that a test has prepared: a few of its rows are quicker copied than made again. */

import { randomBytes } from 'node:crypto';

import { openDatabase } from '../../sql/database.ts';
import type { Database } from '../../sql/database.ts';
import type { TestDatabase } from './servers.ts';
import { testServers } from './servers.ts';

export interface DatabaseTemplate {
  copy(): Promise<TestDatabase>;
  drop(): Promise<void>;
}

/** A migrated database that `prepare` has filled, to be copied any number of times. */
export async function databaseTemplate(
  prepare: (database: Database) => Promise<void>,
): Promise<DatabaseTemplate> {
  const { postgresAdminUrl, templateDatabase } = testServers();
  const admin = openDatabase({ url: postgresAdminUrl, poolSize: 1 });
  const create = async (template: string): Promise<{ name: string; url: string; database: Database }> => {
    const name = `test_${randomBytes(6).toString('hex')}`;
    await admin.execute(`create database ${name} template ${template}`);
    const url = new URL(postgresAdminUrl);
    url.pathname = `/${name}`;
    return { name, url: url.href, database: openDatabase({ url: url.href, poolSize: 6, applicationName: name }) };
  };
  const drop = (name: string): Promise<number> => admin.execute(`drop database ${name} with (force)`);

  const template = await create(templateDatabase);
  await prepare(template.database);
  // A database with an open connection cannot be copied.
  await template.database.close();
  return {
    copy: async () => {
      const { name, url, database } = await create(template.name);
      return {
        database,
        url,
        drop: async () => {
          await database.close();
          await drop(name);
        },
      };
    },
    drop: async () => {
      await drop(template.name);
      await admin.close();
    },
  };
}
