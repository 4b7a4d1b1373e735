import { metricTable } from '../../core/performance/metrics.ts';
import type { Queryable } from '../../sql/database.ts';
import { estimatedGauge, estimatedMetrics, sampleOf } from './catalog.ts';
import type { Sample } from './catalog.ts';

/**
 * The newest daily performance of each version that was evaluated in the last week, and of each that was estimated in it; a
 * metric that is absent has no sample.
 */
export async function performanceSamples(connection: Queryable, model: string): Promise<Sample[]> {
  const evaluations = await readNewestEvaluations(connection, model);
  const estimates = await readNewestEstimates(connection, model);
  return [
    ...evaluations.flatMap(({ version, metrics, windowEnd }) => [
      ...Object.entries(metricTable).flatMap(([metric, { gauge }]) =>
        sampleOf(gauge, metrics[metric], { version }),
      ),
      ...sampleOf('model_window_end_timestamp_seconds', windowEnd / 1000, { version }),
    ]),
    ...estimates.flatMap(({ version, metrics }) =>
      estimatedMetrics.flatMap((metric) => sampleOf(estimatedGauge(metric), metrics[metric], { version })),
    ),
  ];
}

interface VersionMetrics extends Record<string, unknown> {
  readonly version: string;
  readonly metrics: Readonly<Record<string, number>>;
}

interface EvaluationRow extends VersionMetrics {
  readonly windowEnd: number;
}

/** One evaluation a version: of a day where there is one, else of the shortest window, the newest of these. */
async function readNewestEvaluations(connection: Queryable, model: string): Promise<EvaluationRow[]> {
  return connection.query<EvaluationRow>(
    `select distinct on (version) version, metrics, window_end as "windowEnd"
     from latest_performance_evaluations
     where model = $1 and segment = '' and verdict <> 'insufficient-data'
       and window_end > (
         select max(window_end) from performance_evaluations where model = $1 and segment = ''
       ) - interval '7 days'
     order by version, window_end - window_start <> interval '1 day', window_end - window_start, window_end desc`,
    [model],
  );
}

/** One estimate a version, chosen as evaluations are. */
async function readNewestEstimates(connection: Queryable, model: string): Promise<VersionMetrics[]> {
  return connection.query<VersionMetrics>(
    `select distinct on (version) version, metrics
     from performance_estimates
     where model = $1
       and window_end > (select max(window_end) from performance_estimates where model = $1) - interval '7 days'
     order by version, window_end - window_start <> interval '1 day', window_end - window_start, window_end desc`,
    [model],
  );
}
