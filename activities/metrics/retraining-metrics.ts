import type { Queryable } from '../../sql/database.ts';
import { sampleOf } from './catalog.ts';
import type { Sample } from './catalog.ts';

/** How often was the model retrained? */
export async function retrainingSamples(connection: Queryable, model: string): Promise<Sample[]> {
  return sampleOf('model_retrainings_total', await countRetrainings(connection, model));
}

async function countRetrainings(connection: Queryable, model: string): Promise<number> {
  const [row] = await connection.query<{ count: number }>(
    'select count(*) as count from retraining_runs where model = $1',
    [model],
  );
  return row?.count ?? 0;
}
