import type { Queryable } from '../../sql/database.ts';
import { sampleOf } from './catalog.ts';
import type { Sample } from './catalog.ts';

/** Does the newest degradation check say that the model is degraded? Nothing before the first check. */
export async function degradationSamples(connection: Queryable, model: string): Promise<Sample[]> {
  const [check] = await connection.query<{ degraded: boolean }>(
    `select verdict in ('warning', 'critical') as degraded
     from degradation_checks
     where model = $1
     order by window_end desc
     limit 1`,
    [model],
  );
  return check === undefined ? [] : sampleOf('model_degraded', check.degraded ? 1 : 0);
}
