import type { Row } from '../../parts/frame.ts';
import { heatmap, series } from '../../parts/panels.ts';
import { promql, promqlBuckets } from '../../parts/queries.ts';
import { ofJob } from './of-service.ts';

/** Whatever a service calls it: its own name for the status of a request, as `status`. */
const byStatus = (rate: string): string => `sum by (status) (
  label_replace(label_replace(${rate}, "status", "$1", "status_code", "(.+)"), "status", "$1", "code", "(.+)"))`;

const quantile = (share: number): string => `histogram_quantile(${share}, sum by (job, le) (
  rate(service:prediction_duration_seconds_bucket{${ofJob}}[$__rate_interval])))`;

export const requestsRow: Row = {
  title: 'Requests',
  panels: [
    series({
      title: 'Requests by status',
      about: 'A second, of every instance.',
      unit: 'reqps',
      min: 0,
      as: 'stacked-areas',
      queries: [
        promql(byStatus(`rate(service:prediction_requests_total{${ofJob}}[$__rate_interval])`), '{{status}}'),
      ],
    }),
    series({
      title: 'Requests that fail',
      about: 'By the fault of the service. HighErrorRate fires above the limit for 5 minutes.',
      unit: 'percentunit',
      min: 0,
      queries: [
        promql(`service:prediction_errors:ratio_rate5m{${ofJob}}`, '{{job}}'),
        promql(`service:limit:error_ratio{${ofJob}}`, 'limit of {{job}}'),
      ],
    }),
    series({
      title: 'Latency',
      about: 'HighAPILatency fires when the 95th percentile is above a limit for 5 minutes.',
      unit: 's',
      min: 0,
      queries: [
        promql(quantile(0.5), '{{job}} median'),
        promql(quantile(0.95), '{{job}} 95th'),
        promql(quantile(0.99), '{{job}} 99th'),
        promql(`service:limit:latency_seconds{${ofJob}}`, 'limit of {{job}} ({{severity}})'),
      ],
    }),
    heatmap({
      title: 'Latency histogram',
      about: 'How many requests took how long, of all services chosen.',
      unit: 's',
      queries: [
        promqlBuckets(
          `sum by (le) (increase(service:prediction_duration_seconds_bucket{${ofJob}}[$__rate_interval]))`,
        ),
      ],
    }),
    series({
      title: 'Requests in progress',
      about: 'They pile up before latency shows it.',
      unit: 'short',
      min: 0,
      queries: [promql(`service:requests_in_progress{${ofJob}}`, '{{job}} {{instance}}')],
    }),
    series({
      title: '95th percentile against a week ago',
      about: 'LatencyRegression fires when an hour is 20 % slower for half an hour.',
      unit: 's',
      min: 0,
      queries: [
        promql(`service:prediction_duration_seconds:p95_rate1h{${ofJob}}`, '{{job}}'),
        promql(`service:prediction_duration_seconds:p95_rate1h{${ofJob}} offset 1w`, '{{job}} a week ago'),
      ],
    }),
  ],
};
