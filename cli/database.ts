/** The database of the commands. */

import type { Database } from '../sql/database.ts';

/**
 * Works with the database at DATABASE_URL where this code can work with its schema, and closes it. Loaded only then: most commands need none.
 *
 * @param applicationName what Postgres shows of the connection
 * @param poolSize connections at once
 * @throws TidewatchError `INVALID_CONFIGURATION` without DATABASE_URL; `SCHEMA_BEHIND`, `SCHEMA_AHEAD`, `MIGRATION_CHANGED`
 */
export async function withDatabase<T>(
  applicationName: string,
  work: (database: Database) => Promise<T>,
  poolSize = 1,
): Promise<T> {
  const { checkSchema } = await import('../sql/migrator.ts');
  const checked = async (database: Database): Promise<T> => {
    await checkSchema(database);
    return work(database);
  };
  return withAnyDatabase(applicationName, checked, poolSize);
}

/** The same, whatever is in it: for what makes the schema, and for tables of the user's own. */
export async function withAnyDatabase<T>(
  applicationName: string,
  work: (database: Database) => Promise<T>,
  poolSize = 1,
): Promise<T> {
  const { readConfiguration } = await import('../worker/configuration.ts');
  const { openDatabase } = await import('../sql/database.ts');
  const { databaseUrl, tracing } = readConfiguration(process.env);
  const observe = tracing && (await import('../worker/tracing/statement-spans.ts')).statementSpans;
  const database = openDatabase({ url: databaseUrl, poolSize, applicationName, observe });
  try {
    return await work(database);
  } finally {
    await database.close();
  }
}
