import type { Queryable } from '../../sql/database.ts';
import type { StoredReference } from '../profiles/reference-store.ts';
import { findReference } from '../profiles/reference-store.ts';

/** The reference of a model that was made last; undefined without any. */
export async function findNewestReference(
  connection: Queryable,
  model: string,
): Promise<StoredReference | undefined> {
  const [row] = await connection.query<{ id: string }>(
    `select reference_id as id from model_references
     where model = $1 order by built_at desc, reference_id limit 1`,
    [model],
  );
  return row === undefined ? undefined : findReference(connection, model, row.id);
}
