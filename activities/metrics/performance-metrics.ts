import { metricTable } from '../../core/performance/metrics.ts';
import type { Queryable } from '../../sql/database.ts';
import { sampleOf } from './catalog.ts';
import type { Sample } from './catalog.ts';

/** The newest daily performance of each version that was evaluated in the last week; a metric that is absent has no sample. */
export async function performanceSamples(connection: Queryable, model: string): Promise<Sample[]> {
  const evaluations = await readNewestEvaluations(connection, model);
  return evaluations.flatMap(({ version, metrics }) =>
    Object.entries(metricTable).flatMap(([metric, { gauge }]) =>
      sampleOf(gauge, metrics[metric], { version }),
    ),
  );
}

interface EvaluationRow extends Record<string, unknown> {
  readonly version: string;
  readonly metrics: Readonly<Record<string, number>>;
}

/** One evaluation a version: of a day where there is one, else of the shortest window, the newest of these. */
async function readNewestEvaluations(connection: Queryable, model: string): Promise<EvaluationRow[]> {
  return connection.query<EvaluationRow>(
    `select distinct on (version) version, metrics
     from latest_performance_evaluations
     where model = $1 and segment = '' and verdict <> 'insufficient-data'
       and window_end > (
         select max(window_end) from performance_evaluations where model = $1 and segment = ''
       ) - interval '7 days'
     order by version, window_end - window_start <> interval '1 day', window_end - window_start, window_end desc`,
    [model],
  );
}
