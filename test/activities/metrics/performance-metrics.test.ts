import { expect, it } from 'vitest';

import { dayMs, hourMs } from '../../../core/window.ts';
import { toTimestamp } from '../../../sql/database.ts';
import { day, inSeconds, watchedModel } from './watched-model.ts';

const watched = watchedModel('performance-metrics');

interface EvaluationRow {
  readonly end: number;
  readonly metrics: Readonly<Record<string, number>>;
  readonly version?: string;
  readonly length?: number;
  readonly revision?: number;
  readonly verdict?: string;
  readonly segment?: string;
}
const insertEvaluation = ({
  end,
  metrics,
  version = '1',
  length = dayMs,
  revision = 1,
  verdict = 'ok',
  segment = '',
}: EvaluationRow) =>
  watched.database.execute(
    `insert into performance_evaluations (model, version, segment, window_start, window_end, revision, as_of, state,
       verdict, reason, metrics, details, sample_size, prediction_count, content_hash, configuration_hash, code_version,
       workflow_id, run_id)
     values ($1, $2, $3, $4, $5, $6, $5, 'provisional', $7, '', $8, '{}', 10, 10, 'c', 'h', 'v', 'w', 'r')`,
    [
      watched.model,
      version,
      segment,
      toTimestamp(end - length),
      toTimestamp(end),
      revision,
      verdict,
      JSON.stringify(metrics),
    ],
  );

it('shows every metric under its name', async () => {
  const metrics = {
    rmse: 1,
    mae: 2,
    mape: 3,
    r2: 4,
    peak_hour_mape: 5,
    accuracy: 6,
    precision: 7,
    recall: 8,
    f1: 9,
    roc_auc: 10,
    confidence: 11,
    bias: 12,
  };
  await insertEvaluation({ end: day(20), metrics });
  expect(await watched.pushed('performance-evaluation')).toEqual({
    'model_rmse{version="1"}': 1,
    'model_mae{version="1"}': 2,
    'model_mape{version="1"}': 3,
    'model_r2_score{version="1"}': 4,
    'model_peak_hour_mape{version="1"}': 5,
    'model_accuracy{version="1"}': 6,
    'model_precision{version="1"}': 7,
    'model_recall{version="1"}': 8,
    'model_f1_score{version="1"}': 9,
    'model_roc_auc{version="1"}': 10,
    'model_prediction_confidence{version="1"}': 11,
    'model_bias{version="1"}': 12,
    'model_window_end_timestamp_seconds{version="1"}': inSeconds(day(20)),
  });
});

it('shows the newest revision of the newest day that could be evaluated', async () => {
  await insertEvaluation({ end: day(19), metrics: { rmse: 1 } });
  await insertEvaluation({ end: day(20), metrics: { rmse: 2 } });
  await insertEvaluation({ end: day(20), revision: 2, metrics: { rmse: 3 } });
  await insertEvaluation({ end: day(21), metrics: { rmse: 4 }, verdict: 'insufficient-data' });
  await insertEvaluation({ end: day(21), metrics: { rmse: 5 }, segment: 'city=A' });
  await insertEvaluation({ end: day(21), length: 7 * dayMs, metrics: { rmse: 6 } });
  await insertEvaluation({ end: day(21), length: 3 * hourMs, metrics: { rmse: 7 } });
  expect(await watched.pushed('performance-evaluation')).toEqual({
    'model_rmse{version="1"}': 3,
    'model_window_end_timestamp_seconds{version="1"}': inSeconds(day(20)),
  });
});

it('shows the shortest window where no day was evaluated', async () => {
  await insertEvaluation({ end: day(21), length: 30 * dayMs, metrics: { rmse: 1 } });
  await insertEvaluation({ end: day(20), length: 7 * dayMs, metrics: { rmse: 2 } });
  await insertEvaluation({ end: day(21), length: 7 * dayMs, metrics: { rmse: 3 } });
  expect(await watched.pushed('performance-evaluation')).toEqual({
    'model_rmse{version="1"}': 3,
    'model_window_end_timestamp_seconds{version="1"}': inSeconds(day(21)),
  });
});

it('shows each version of the last week, and none that is older', async () => {
  await insertEvaluation({ end: day(13), version: 'retired', metrics: { rmse: 1 } });
  await insertEvaluation({ end: day(14), version: 'challenger', metrics: { rmse: 2 } });
  await insertEvaluation({ end: day(20), version: 'champion', metrics: { rmse: 3 } });
  expect(await watched.pushed('performance-evaluation')).toEqual({
    'model_rmse{version="challenger"}': 2,
    'model_rmse{version="champion"}': 3,
    'model_window_end_timestamp_seconds{version="challenger"}': inSeconds(day(14)),
    'model_window_end_timestamp_seconds{version="champion"}': inSeconds(day(20)),
  });
});

interface EstimateRow extends Pick<EvaluationRow, 'end' | 'metrics' | 'version' | 'length'> {}
const insertEstimate = ({ end, metrics, version = '1', length = dayMs }: EstimateRow) =>
  watched.database.execute(
    `insert into performance_estimates (model, version, window_start, window_end, as_of, row_count, metrics, intervals,
       details, configuration_hash, code_version, workflow_id, run_id)
     values ($1, $2, $3, $4, $4, 10, $5, '{}', '{}', 'h', 'v', 'w', 'r')`,
    [watched.model, version, toTimestamp(end - length), toTimestamp(end), JSON.stringify(metrics)],
  );

it('shows what is estimated of the newest day beside what is realized of an earlier one', async () => {
  await insertEvaluation({ end: day(19), metrics: { mae: 1, bias: 2 } });
  await insertEstimate({ end: day(20), metrics: { mae: 3 } });
  await insertEstimate({ end: day(21), metrics: { mae: 4, r2: 0.5, bias: 6, wmape: 7 } });
  await insertEstimate({ end: day(21), length: 7 * dayMs, metrics: { mae: 8 } });
  expect(await watched.pushed('performance-evaluation')).toEqual({
    'model_mae{version="1"}': 1,
    'model_bias{version="1"}': 2,
    'model_estimated_mae{version="1"}': 4,
    'model_estimated_r2_score{version="1"}': 0.5,
    'model_window_end_timestamp_seconds{version="1"}': inSeconds(day(19)),
  });
});

it('shows estimates before anything was evaluated, of each version of the last week', async () => {
  await insertEstimate({ end: day(13), version: 'retired', metrics: { accuracy: 0.1 } });
  await insertEstimate({ end: day(14), version: 'challenger', metrics: { accuracy: 0.2 } });
  await insertEstimate({ end: day(20), version: 'champion', metrics: { accuracy: 0.3 }, length: 7 * dayMs });
  expect(await watched.pushed('performance-evaluation')).toEqual({
    'model_estimated_accuracy{version="challenger"}': 0.2,
    'model_estimated_accuracy{version="champion"}': 0.3,
  });
});
