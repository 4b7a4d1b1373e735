import type { Row } from '../../parts/frame.ts';
import { series } from '../../parts/panels.ts';
import { promql } from '../../parts/queries.ts';
import { ofJob } from './of-service.ts';

export const predictionsRow: Row = {
  title: 'What it predicts',
  panels: [
    series({
      title: 'Predicted classes',
      about: 'Share of each class over an hour.',
      unit: 'percentunit',
      min: 0,
      queries: [promql(`service:model_predictions_by_class:share_rate1h{${ofJob}}`, '{{model}} {{class}}')],
    }),
    series({
      title: 'Requests unlike the training data',
      about: 'As the service itself counts them. DriftRatioCritical fires above the limit.',
      unit: 'percentunit',
      min: 0,
      queries: [
        promql(`service:data_drift_requests:ratio_rate5m{${ofJob}}`, '{{model}}'),
        promql('model:limit:drift_ratio', 'limit of {{model}}'),
      ],
    }),
    series({
      title: 'Conversions by variant',
      about: 'A second, over an hour.',
      unit: 'cps',
      min: 0,
      queries: [promql(`service:ab_test_conversions:rate1h{${ofJob}}`, '{{model}} {{variant}}{{group}}')],
    }),
    series({
      title: 'Actuals that came back',
      about: 'Actuals given back / requests, over a day.',
      unit: 'percentunit',
      min: 0,
      queries: [promql(`service:actuals_submitted:ratio_rate1d{${ofJob}}`, '{{model}}')],
    }),
  ],
};
