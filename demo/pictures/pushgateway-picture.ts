/** The picture of the Pushgateway: the gauges that Prometheus scrapes. */

import { takePicture, expectTexts } from './studio.ts';
import type { Studio } from './studio.ts';

/**
 * Opens the groups of the model one by one, compares a gauge of each with what Postgres holds, and pictures the drift
 * scores.
 */
export async function picturePushgateway(studio: Studio): Promise<void> {
  const { demo, page } = studio;
  const stored = await readStored(studio);
  await page.goto(demo.stack.pushgateway.url);
  const gauges = [
    { process: 'actuals-backfill', metric: 'model_actuals_coverage_ratio', texts: [/ 0\.\d+/] },
    { process: 'degradation-check', metric: 'model_degraded', texts: [` ${stored.degraded}`] },
    { process: 'retraining', metric: 'model_retrainings_total', texts: [` ${stored.retrainings}`] },
    {
      process: 'performance-evaluation',
      metric: 'model_rmse',
      texts: [`version="${stored.version}" ${stored.rmse}`],
    },
    {
      process: 'drift-detection',
      metric: 'data_drift_score',
      texts: ['feature="temp"', 'method="wasserstein"', String(stored.driftScoreOfTemp)],
    },
  ];
  for (const { process, metric, texts } of gauges) {
    await page.getByRole('button', { name: `process="${process}"` }).click();
    await page.getByRole('button', { name: metric }).click();
    // One is open at a time.
    const table = page.locator('.collapse.show .collapse.show table');
    await table.waitFor();
    await expectTexts(`${metric} in the Pushgateway`, table, [
      `model="bike-demand" process="${process}"`,
      ...texts,
    ]);
  }
  await page.mouse.move(0, 0);
  await takePicture(studio, 'pushgateway.png', [
    page.locator('nav'),
    page.getByRole('button', { name: 'process="actuals-backfill"' }),
    page.locator('.collapse.show .collapse.show table'),
  ]);
}

interface Stored extends Record<string, unknown> {
  readonly degraded: number;
  readonly retrainings: number;
  readonly version: string;
  readonly rmse: number;
  readonly driftScoreOfTemp: number;
}

async function readStored({ demo }: Studio): Promise<Stored> {
  const [stored] = await demo.database.query<Stored>(
    `with champion as (
       select version from model_versions where model = $1 order by registered_at desc limit 1
     ),
     newest_run as (
       select drift_run_id from drift_runs where model = $1 order by window_end desc limit 1
     ),
     newest_evaluation as (
       select metrics from latest_performance_evaluations
       where model = $1 and segment = '' and version = (select version from champion)
         and window_end - window_start = interval '1 day' and metrics ? 'rmse' and verdict <> 'insufficient-data'
       order by window_end desc limit 1
     )
     select
       (select version from champion) as version,
       (select (metrics ->> 'rmse')::float8 from newest_evaluation) as rmse,
       (select effect from drift_results
        where model = $1 and drift_run_id = (select drift_run_id from newest_run)
          and column_name = 'temp' and deciding) as "driftScoreOfTemp",
       (select (verdict in ('warning', 'critical'))::int from degradation_checks
        where model = $1 order by window_end desc limit 1) as degraded,
       (select count(*) from retraining_runs where model = $1) as retrainings`,
    ['bike-demand'],
  );
  return stored!;
}
