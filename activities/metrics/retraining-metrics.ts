import type { Queryable } from '../../sql/database.ts';
import { sampleOf } from './catalog.ts';
import type { Sample } from './catalog.ts';

/** How often was the model retrained, is it now, and has it helped? */
export async function retrainingSamples(connection: Queryable, model: string): Promise<Sample[]> {
  const [row] = await connection.query<{ all: number; underWay: number; rolledBack: number }>(
    `select count(*) as all, count(*) filter (where finished_at is null) as "underWay",
       count(*) filter (where state = 'rolled-back') as "rolledBack"
     from retraining_runs where model = $1`,
    [model],
  );
  const { all, underWay, rolledBack } = row!;
  return [
    ...sampleOf('model_retrainings_total', all),
    ...sampleOf('model_retraining_under_way', underWay),
    ...sampleOf('model_retrainings_rolled_back_total', rolledBack),
    ...(await promotionSamples(connection, model)),
  ];
}

async function promotionSamples(connection: Queryable, model: string): Promise<Sample[]> {
  const rows = await connection.query<{ helped: string; count: number }>(
    `select coalesce(helped, 'unclear') as helped, count(*) as count
     from retraining_runs where model = $1 and promoted_as_of is not null
     group by 1 order by 1`,
    [model],
  );
  return rows.flatMap(({ helped, count }) => sampleOf('model_retrainings_promoted_total', count, { helped }));
}
