import type { Queryable } from '../../sql/database.ts';
import { sampleOf } from './catalog.ts';
import type { GaugeName, Sample } from './catalog.ts';

const ratioGauges: Readonly<Record<string, GaugeName>> = {
  'missing-ratio': 'feature_missing_ratio',
  'out-of-range-ratio': 'feature_out_of_range_ratio',
};

/** The newest drift run whose current window has this length; nothing when there is none. */
export async function driftSamples(
  connection: Queryable,
  model: string,
  windowMs: number,
): Promise<Sample[]> {
  const run = await readNewestRun(connection, model, windowMs);
  if (run === null) return [];
  const results = await readResults(connection, model, run.driftRunId);
  return [
    ...sampleOf('data_drift_detected', run.verdict === 'warning' || run.verdict === 'critical' ? 1 : 0),
    ...sampleOf('data_drift_share', run.driftShare),
    ...sampleOf('data_drift_ratio', run.outOfDistributionRatio),
    ...results.flatMap(({ column, method, statistic, effect, deciding }) => {
      const ratioGauge = ratioGauges[method];
      return [
        ...(deciding ? sampleOf('data_drift_score', effect, { feature: column, method }) : []),
        ...(ratioGauge === undefined ? [] : sampleOf(ratioGauge, statistic, { feature: column })),
      ];
    }),
  ];
}

interface RunRow extends Record<string, unknown> {
  readonly driftRunId: number;
  readonly verdict: string;
  readonly driftShare: number | null;
  readonly outOfDistributionRatio: number | null;
}

async function readNewestRun(connection: Queryable, model: string, windowMs: number): Promise<RunRow | null> {
  const [row] = await connection.query<RunRow>(
    `select drift_run_id as "driftRunId", verdict, drift_share as "driftShare",
       out_of_distribution_ratio as "outOfDistributionRatio"
     from drift_runs
     where model = $1 and segment = '' and window_end - window_start = make_interval(secs => $2)
     order by window_end desc
     limit 1`,
    [model, windowMs / 1000],
  );
  return row ?? null;
}

interface ResultRow extends Record<string, unknown> {
  readonly column: string;
  readonly method: string;
  readonly statistic: number | null;
  readonly effect: number | null;
  readonly deciding: boolean;
}

async function readResults(connection: Queryable, model: string, driftRunId: number): Promise<ResultRow[]> {
  return connection.query<ResultRow>(
    `select column_name as "column", method, statistic, effect, deciding
     from drift_results
     where model = $1 and drift_run_id = $2 and (deciding and verdict <> 'insufficient-data' or method = any($3))
     order by column_name, method`,
    [model, driftRunId, Object.keys(ratioGauges)],
  );
}
