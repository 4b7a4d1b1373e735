import type { Row } from '../../parts/frame.ts';
import { series } from '../../parts/panels.ts';
import { promql } from '../../parts/queries.ts';

export const temporalRow: Row = {
  title: 'Temporal',
  panels: [
    series({
      title: 'Requests to Temporal',
      about: 'A second, by operation, the ten most frequent.',
      unit: 'reqps',
      min: 0,
      queries: [
        promql(
          'topk(10, sum by (operation) (rate(service_requests{job="temporal"}[$__rate_interval])))',
          '{{operation}}',
        ),
      ],
    }),
    series({
      title: 'Errors of Temporal',
      about: 'A second, by kind. Not-found answers to questions about closed workflows are normal.',
      unit: 'reqps',
      min: 0,
      queries: [
        promql(
          'sum by (error_type) (rate(service_error_with_type{job="temporal"}[$__rate_interval])) or vector(0)',
          '{{error_type}}',
        ),
      ],
    }),
    series({
      title: 'How long Temporal waits for its database',
      about: '95th percentile, the ten slowest operations.',
      unit: 's',
      min: 0,
      queries: [
        promql(
          `topk(10, histogram_quantile(0.95, sum by (operation, le) (
          rate(persistence_latency_bucket{job="temporal"}[$__rate_interval]))))`,
          '{{operation}}',
        ),
      ],
    }),
  ],
};
