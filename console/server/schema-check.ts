/** A console of one version in front of a database of another shows nothing rather than something wrong. */

import type { Database } from '../../sql/database.ts';
import { checkSchema } from '../../sql/migrator.ts';

/** How long a good answer holds: a migration while the console runs is seen after at most so long. */
const holdsMs = 10_000;

/**
 * Is the database at a schema that this code can work with? Asked before each page, answered from memory for ten seconds.
 *
 * @throws (the function) TidewatchError `SCHEMA_BEHIND`, `SCHEMA_AHEAD`, `MIGRATION_CHANGED`, `POSTGRES_UNREACHABLE`
 */
export function openSchemaCheck(database: Database, now: () => number): () => Promise<void> {
  let holdsUntil = -Infinity;
  return async () => {
    if (now() < holdsUntil) return;
    await checkSchema(database);
    holdsUntil = now() + holdsMs;
  };
}
