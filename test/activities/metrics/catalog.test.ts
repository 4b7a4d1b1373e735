import { describe, expect, it } from 'vitest';

import { gaugeCatalog, sampleOf } from '../../../activities/metrics/catalog.ts';

describe('gaugeCatalog', () => {
  it('holds the gauges that dashboards and rules rely on, with their labels', () => {
    const names = Object.entries(gaugeCatalog).map(([name, { labels }]) =>
      labels.length === 0 ? name : `${name}{${labels.join(',')}}`,
    );
    expect(names.toSorted()).toEqual([
      'data_drift_detected',
      'data_drift_ratio',
      'data_drift_score{feature,method}',
      'data_drift_share',
      'data_freshness_timestamp_seconds{stream}',
      'feature_missing_ratio{feature}',
      'feature_out_of_range_ratio{feature}',
      'model_accuracy{version}',
      'model_actuals_coverage_ratio',
      'model_balanced_accuracy{version}',
      'model_bias{version}',
      'model_brier_score{version}',
      'model_degraded',
      'model_estimated_accuracy{version}',
      'model_estimated_f1_score{version}',
      'model_estimated_mae{version}',
      'model_estimated_mape{version}',
      'model_estimated_precision{version}',
      'model_estimated_r2_score{version}',
      'model_estimated_recall{version}',
      'model_estimated_rmse{version}',
      'model_estimated_roc_auc{version}',
      'model_expected_calibration_error{version}',
      'model_f1_macro{version}',
      'model_f1_score{version}',
      'model_feature_importance{feature,version}',
      'model_interval_coverage{version}',
      'model_log_loss{version}',
      'model_mae{version}',
      'model_mape{version}',
      'model_median_ae{version}',
      'model_peak_hour_mape{version}',
      'model_pinball_loss{version}',
      'model_pr_auc{version}',
      'model_precision_macro{version}',
      'model_precision{version}',
      'model_prediction_confidence{version}',
      'model_r2_score{version}',
      'model_recall_macro{version}',
      'model_recall{version}',
      'model_retraining_under_way',
      'model_retrainings_promoted_total{helped}',
      'model_retrainings_rolled_back_total',
      'model_retrainings_total',
      'model_rmse{version}',
      'model_roc_auc{version}',
      'model_smape{version}',
      'model_window_end_timestamp_seconds{version}',
      'model_wmape{version}',
      'tidewatch_database_bytes',
      'tidewatch_last_success_timestamp_seconds',
      'tidewatch_partitions_until_timestamp_seconds',
      'tidewatch_window_end_timestamp_seconds',
    ]);
  });

  it('takes no label of the group, which the Pushgateway would overwrite', () => {
    const labels = Object.values(gaugeCatalog).flatMap(({ labels }): readonly string[] => labels);
    expect(labels.filter((label) => ['job', 'process', 'model', 'instance'].includes(label))).toEqual([]);
  });
});

describe('sampleOf', () => {
  it('gives one sample for a number, 0 included', () => {
    expect(sampleOf('model_degraded', 0)).toEqual([{ gauge: 'model_degraded', labels: {}, value: 0 }]);
  });

  it.each([null, undefined, Number.NaN, Number.POSITIVE_INFINITY])('gives no sample for %s', (value) => {
    expect(sampleOf('model_rmse', value, { version: '1' })).toEqual([]);
  });
});
