/** The other door: the features of a few rows that were drawn. */

import type { Monitor } from '../../core/monitor/schema.ts';
import { findPlaced, type PlacedRow } from './placed-rows.ts';
import type { RowConnection } from './row-connection.ts';

/** What a query of drawn rows gives beside what it is about: `drawnColumns`. */
export interface Drawn extends Omit<PlacedRow, 'source_key'> {
  /** Null where the row was copied, with all of its features. */
  readonly source_key: number | null;
  readonly features: Readonly<Record<string, unknown>>;
}

/**
 * Rows with all of their features, wherever these are, in their order and without what they were found by. Rows that their source has
 * lost are left out: nobody knows what they were like. 5,000 rows of a table take as many look-ups in its index on the event time.
 *
 * @throws TidewatchError those of `readPlaced`
 */
export async function fillFeatures<Row>(
  connection: RowConnection,
  monitor: Monitor,
  rows: readonly (Row & Drawn)[],
): Promise<Row[]> {
  const isPlaced = (row: Row & Drawn): row is Row & Drawn & PlacedRow => row.source_key !== null;
  const found = await findPlaced(connection, monitor, rows.filter(isPlaced));
  return rows.flatMap((row) => {
    const features = row.source_key === null ? row.features : found.get(row.source_key);
    if (features === undefined) return [];
    const { source_key: _key, entity: _entity, ...rest } = row;
    return [{ ...rest, features } as Row];
  });
}
