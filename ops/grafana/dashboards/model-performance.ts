import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';

import { dashboard, sqlVariable } from '../parts/frame.ts';
import { modelMarks, ofModel, oneModel } from '../parts/model-parts.ts';
import { featuresRow } from './model-performance/features.ts';
import { feedbackRow } from './model-performance/feedback.ts';
import { nowRow } from './model-performance/now.ts';
import { performanceRow } from './model-performance/performance.ts';
import { predictionsRow } from './model-performance/predictions.ts';
import { versionsRow } from './model-performance/versions.ts';

/** Of the metrics that the evaluations of the model have; the one that it is usually judged by first. */
const metricVariable = sqlVariable(
  { name: 'metric', label: 'Metric', several: 'one' },
  `
select metric from (
  select distinct jsonb_object_keys(metrics) as metric
  from (select metrics from performance_evaluations where ${ofModel} order by window_end desc limit 50) newest
) known
order by array_position(array['rmse', 'mae', 'accuracy', 'f1', 'roc_auc'], metric), metric`,
);

export const modelPerformance: Dashboard = dashboard({
  uid: 'tidewatch-model-performance',
  title: 'Tidewatch / Model performance',
  about: 'How well does one model predict, since when, against what, and what does it lean on?',
  from: 'now-30d',
  variables: [oneModel, metricVariable],
  annotations: modelMarks,
  rows: [nowRow, performanceRow, versionsRow, predictionsRow, feedbackRow, featuresRow],
});
