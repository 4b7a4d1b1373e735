/** A console of one version in front of a database of another shows nothing rather than something wrong. */

import type { Database } from '../../sql/database.ts';
import { checkSchema } from '../../sql/migrator.ts';

/** How long a good answer holds: a migration while the console runs is seen after at most so long. */
const holdsMs = 10_000;

/**
 * Is the database at a schema that this code can work with? Asked before each page, answered from memory for ten seconds.
 *
 * @returns (the function) the migrations that this code does not know, by name and in order
 * @throws (the function) TidewatchError `SCHEMA_BEHIND`, `SCHEMA_AHEAD`, `MIGRATION_CHANGED`, `POSTGRES_UNREACHABLE`
 */
export function openSchemaCheck(database: Database, now: () => number): () => Promise<readonly string[]> {
  let newer: readonly string[] = [];
  let holdsUntil = -Infinity;
  return async () => {
    if (now() < holdsUntil) return newer;
    newer = await checkSchema(database);
    holdsUntil = now() + holdsMs;
    return newer;
  };
}
