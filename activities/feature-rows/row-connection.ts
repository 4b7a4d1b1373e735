/** A connection that knows where the rows are whose features stay in their source. */

import type { Database, Queryable } from '../../sql/database.ts';
import type { Sources } from '../sources/sources.ts';

/** What reads features takes it instead of a plain connection; without sources only rows that were copied are found. */
export type RowConnection = Queryable & { readonly sources?: Sources };

/** The same database, whose transactions and snapshots know the sources. */
export function withSources(database: Database, sources: Sources): Database & RowConnection {
  return {
    ...database,
    sources,
    transaction: (work) =>
      database.transaction((connection) => work(Object.assign({ ...connection }, { sources }))),
    snapshot: (work) =>
      database.snapshot((connection) => work(Object.assign({ ...connection }, { sources }))),
  };
}
