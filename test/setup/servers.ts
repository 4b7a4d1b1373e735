/** What tests share: one start of every real server (see global.ts), and a database of their own for each file. */

import { randomBytes } from 'node:crypto';

import { inject } from 'vitest';

import type { Database } from '../../sql/database.ts';
import { openDatabase } from '../../sql/database.ts';

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
  return {
    database,
    url: url.href,
    drop: async () => {
      await database.close();
      await admin.execute(`drop database ${name} with (force)`);
      await admin.close();
    },
  };
}
