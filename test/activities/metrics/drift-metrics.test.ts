import { expect, it } from 'vitest';

import { dayMs } from '../../../core/window.ts';
import { insertDriftRun } from './stored-drift-run.ts';
import type { DriftRow } from './stored-drift-run.ts';
import { day, watchedModel } from './watched-model.ts';

const watched = watchedModel('drift-metrics');
const insertDrift = (row: DriftRow): Promise<number> => insertDriftRun(watched, row);

interface ResultRow {
  readonly column: string;
  readonly method: string;
  readonly statistic?: number | null;
  readonly pValue?: number | null;
  readonly effect?: number | null;
  readonly deciding?: boolean;
  readonly verdict?: string;
}
const insertResult = (driftRunId: number, row: ResultRow) =>
  watched.database.execute(
    `insert into drift_results (model, drift_run_id, subject, column_name, method, statistic, p_value, effect, deciding,
       verdict, reason, reference_rows, current_rows)
     values ($1, $2, 'feature', $3, $4, $5, $6, $7, $8, $9, '', 10, 10)`,
    [
      watched.model,
      driftRunId,
      row.column,
      row.method,
      row.statistic ?? null,
      row.pValue ?? null,
      row.effect ?? null,
      row.deciding ?? false,
      row.verdict ?? 'ok',
    ],
  );

it('shows the newest run whose window is as long as the current window of the monitor', async () => {
  await insertDrift({ end: day(20), share: 0.25 });
  await insertDrift({ end: day(21), length: dayMs, verdict: 'warning', share: 1 });
  await insertDrift({ end: day(22), length: 8 * dayMs, share: 1 });
  await insertDrift({ end: day(23), segment: 'city=A', share: 1 });
  expect(await watched.pushed('drift-detection')).toEqual({
    data_drift_detected: 0,
    data_drift_share: 0.25,
    data_drift_ratio: 0.125,
  });
  expect(await watched.pushed('hourly-drift-detection')).toMatchObject({
    data_drift_detected: 1,
    data_drift_share: 1,
  });
});

it('shows how far the deciding method finds a column from its reference', async () => {
  const run = await insertDrift({ end: day(20) });
  const numbers = { statistic: 3, pValue: 0.01, effect: 0.5, deciding: true };
  await insertResult(run, { column: 'temp', method: 'kolmogorov-smirnov', ...numbers });
  await insertResult(run, { column: 'weather', method: 'chi-squared', ...numbers });
  await insertResult(run, { column: 'prediction', method: 'wasserstein', ...numbers, pValue: null });
  await insertResult(run, { column: 'temp', method: 'wasserstein', ...numbers, deciding: false });
  expect(await watched.pushed('drift-detection')).toMatchObject({
    'data_drift_score{feature="temp",method="kolmogorov-smirnov"}': 0.5,
    'data_drift_score{feature="weather",method="chi-squared"}': 0.5,
    'data_drift_score{feature="prediction",method="wasserstein"}': 0.5,
  });
  expect(await watched.gauges('drift-detection')).not.toHaveProperty(
    'data_drift_score{feature="temp",method="wasserstein"}',
  );
});

it('shows no score for a column that could not be judged, and no share when none could', async () => {
  const run = await insertDrift({ end: day(20), share: null, verdict: 'insufficient-data' });
  const deciding = { column: 'temp', method: 'wasserstein', effect: 0.9, deciding: true };
  await insertResult(run, { ...deciding, verdict: 'insufficient-data' });
  expect(await watched.pushed('drift-detection')).toEqual({
    data_drift_detected: 0,
    data_drift_ratio: 0.125,
  });
});

it('shows the ratios of each column', async () => {
  const run = await insertDrift({ end: day(20) });
  await insertResult(run, { column: 'temp', method: 'missing-ratio', statistic: 0.02 });
  await insertResult(run, { column: 'temp', method: 'out-of-range-ratio', statistic: 0 });
  await insertResult(run, { column: 'temp', method: 'unseen-ratio', statistic: 0.5 });
  expect(await watched.pushed('drift-detection')).toEqual({
    data_drift_detected: 0,
    data_drift_share: 0.25,
    data_drift_ratio: 0.125,
    'feature_missing_ratio{feature="temp"}': 0.02,
    'feature_out_of_range_ratio{feature="temp"}': 0,
  });
});
