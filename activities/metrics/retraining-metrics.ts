import type { Queryable } from '../../sql/database.ts';
import { sampleOf } from './catalog.ts';
import type { Sample } from './catalog.ts';

/** How often was the model retrained, and what does its champion look at? */
export async function retrainingSamples(connection: Queryable, model: string): Promise<Sample[]> {
  const importances = await readImportances(connection, model);
  return [
    ...sampleOf('model_retrainings_total', await countRetrainings(connection, model)),
    ...importances.flatMap(({ feature, version, importance }) =>
      sampleOf('model_feature_importance', importance, { feature, version }),
    ),
  ];
}

async function countRetrainings(connection: Queryable, model: string): Promise<number> {
  const [row] = await connection.query<{ count: number }>(
    'select count(*) as count from retraining_runs where model = $1',
    [model],
  );
  return row?.count ?? 0;
}

interface ImportanceRow extends Record<string, unknown> {
  readonly feature: string;
  readonly version: string;
  readonly importance: number;
}

/** The importances in the lineage of the champion, which is what a trainer reported: anything but numbers is left out. */
async function readImportances(connection: Queryable, model: string): Promise<ImportanceRow[]> {
  return connection.query<ImportanceRow>(
    `select feature.key as feature, champion.version, (feature.value #>> '{}')::double precision as importance
     from model_versions champion
     cross join lateral jsonb_each(
       case jsonb_typeof(champion.lineage -> 'featureImportances')
         when 'object' then champion.lineage -> 'featureImportances'
         else '{}'
       end
     ) feature
     where champion.model = $1 and champion.stage = 'champion' and jsonb_typeof(feature.value) = 'number'
     order by feature.key`,
    [model],
  );
}
