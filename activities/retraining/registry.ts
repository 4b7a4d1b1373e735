/** The registry of versions: how each came to be, and by which name serving systems ask for it. */

import type { Queryable } from '../../sql/database.ts';

/** How a version came to be: what its trainer said of it, and what it was judged by. */
export type Lineage = Readonly<Record<string, unknown>>;

export interface Alias extends Record<string, unknown> {
  /** `previous`: the one to go back to. */
  readonly alias: 'champion' | 'challenger' | 'previous';
  readonly version: string;
  /** The share of the traffic that it is to get. */
  readonly trafficShare: number;
}

export function listAliases(connection: Queryable, model: string): Promise<Alias[]> {
  return connection.query<Alias>(
    `select alias, version, traffic_share as "trafficShare" from model_aliases where model = $1 order by alias`,
    [model],
  );
}

/** Empty for a version that is not registered. */
export async function findLineage(connection: Queryable, model: string, version: string): Promise<Lineage> {
  const [row] = await connection.query<{ lineage: Lineage }>(
    `select lineage from model_versions where model = $1 and version = $2`,
    [model, version],
  );
  return row?.lineage ?? {};
}

/** Adds facts to the lineage of a registered version; a fact of the same name is replaced. */
export async function addLineage(
  connection: Queryable,
  model: string,
  version: string,
  facts: Lineage,
): Promise<void> {
  await connection.execute(
    `update model_versions set lineage = lineage || $3::jsonb where model = $1 and version = $2`,
    [model, version, JSON.stringify(facts)],
  );
}
