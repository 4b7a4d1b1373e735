import type { Queryable } from '../../sql/database.ts';
import { sampleOf } from './catalog.ts';
import type { Sample } from './catalog.ts';

/** What matters to the champion, or where no version is one, to the version that importances were stored of last. */
export async function importanceSamples(connection: Queryable, model: string): Promise<Sample[]> {
  const rows = await connection.query<{ feature: string; version: string; importance: number }>(
    `with champion as (
       select version from model_versions where model = $1 and stage = 'champion'
     ), newest as (
       select version, source, as_of from feature_importances
       where model = $1 and (version = (select version from champion) or not exists (select from champion))
       order by source = 'trainer' desc, as_of desc
       limit 1
     )
     select feature, version, importance
     from feature_importances
     join newest using (version, source, as_of)
     where model = $1
     order by feature`,
    [model],
  );
  return rows.flatMap(({ feature, version, importance }) =>
    sampleOf('model_feature_importance', importance, { feature, version }),
  );
}
