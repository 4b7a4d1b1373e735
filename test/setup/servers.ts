/** What tests share: one start of every real server (see global.ts), and a database of their own for each file. */

import { randomBytes } from 'node:crypto';

import { inject } from 'vitest';

import type { Database } from '../../sql/database.ts';
import { openDatabase } from '../../sql/database.ts';
import { roles } from '../../sql/roles.ts';

export interface TestServers {
  readonly postgresAdminUrl: string;
  readonly templateDatabase: string;
  readonly temporalAddress: string;
  readonly temporalUiUrl: string;
  readonly temporalMetricsTarget: string;
  readonly pushgatewayUrl: string;
}

declare module 'vitest' {
  export interface ProvidedContext {
    servers: TestServers;
    workflowBundlePath: string;
  }
}

export function testServers(): TestServers {
  return inject('servers');
}

export interface TestDatabase {
  readonly database: Database;
  readonly url: string;
  drop(): Promise<void>;
}

const asRoles = new WeakMap<Database, (role: keyof typeof roles) => Database>();

/** The same test database as this part of an installation sees it, for what the test itself prepares as the owner. */
export function asRole(database: Database, role: keyof typeof roles): Database {
  return asRoles.get(database)?.(role) ?? database;
}

/** A migrated database of this test's own (a copy of a template: about 50 ms), or an empty one. */
export async function createTestDatabase(content: 'migrated' | 'empty' = 'migrated'): Promise<TestDatabase> {
  const { postgresAdminUrl, templateDatabase } = testServers();
  const name = `test_${randomBytes(6).toString('hex')}`;
  const admin = openDatabase({ url: postgresAdminUrl, poolSize: 1 });
  await admin.execute(
    `create database ${name} template ${content === 'migrated' ? templateDatabase : 'template0'}`,
  );
  const url = new URL(postgresAdminUrl);
  url.pathname = `/${name}`;
  const database = openDatabase({ url: url.href, poolSize: 12, applicationName: name });
  const opened = new Map<string, Database>();
  if (content === 'migrated')
    asRoles.set(database, (role) => {
      const settings = { role: roles[role] };
      const found =
        opened.get(role) ?? openDatabase({ url: url.href, poolSize: 12, applicationName: name, settings });
      opened.set(role, found);
      return found;
    });
  return {
    database,
    url: url.href,
    drop: async () => {
      for (const one of opened.values()) await one.close();
      await database.close();
      await admin.execute(`drop database ${name} with (force)`);
      await admin.close();
    },
  };
}
