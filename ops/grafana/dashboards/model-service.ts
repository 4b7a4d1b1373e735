import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';

import { dashboard, labelVariable } from '../parts/frame.ts';
import { heatmap, number, series } from '../parts/panels.ts';
import { promql, promqlBuckets, promqlNow } from '../parts/queries.ts';

const ofJob = 'job=~"$job"';

const service = labelVariable(
  { name: 'job', label: 'Service', several: 'many' },
  { series: 'service:up{model!=""}', of: 'job' },
);
const node = labelVariable(
  { name: 'node', label: 'Machine', several: 'many' },
  { series: 'node_uname_info', of: 'instance' },
);

/** Whatever a service calls it: its own name for the status of a request, as `status`. */
const byStatus = (rate: string): string => `sum by (status) (
  label_replace(label_replace(${rate}, "status", "$1", "status_code", "(.+)"), "status", "$1", "code", "(.+)"))`;

const quantile = (share: number): string => `histogram_quantile(${share}, sum by (job, le) (
  rate(service:prediction_duration_seconds_bucket{${ofJob}}[$__rate_interval])))`;

const burnOf = (window: string): string =>
  `service:prediction_errors:ratio_rate${window}{${ofJob}} / on (job) group_left () service:error_budget:ratio`;

const now = [
  number({
    title: 'Instances up',
    about: 'That Prometheus reaches. ServiceDown fires after a minute.',
    unit: 'short',
    better: 'up',
    critical: 1,
    queries: [promqlNow(`sum by (job) (service:up{${ofJob},model!=""})`, '{{job}}')],
  }),
  number({
    title: 'Running since',
    about: 'The instance that was started last.',
    unit: 's',
    queries: [promqlNow(`min by (job) (time() - process_start_time_seconds{${ofJob}})`, '{{job}}')],
  }),
  number({
    title: 'Up in the time shown',
    about: 'Share of the scrapes that an instance answered.',
    unit: 'percentunit',
    better: 'up',
    critical: 0.99,
    warning: 0.999,
    decimals: 3,
    queries: [promqlNow(`avg by (job) (avg_over_time(up{${ofJob},model!=""}[$__range]))`, '{{job}}')],
  }),
  number({
    title: 'Error budget left, 3 days',
    about:
      'Of what may fail at the objective (limits.yaml: availability): 0 is used up, below it more has failed.',
    unit: 'percentunit',
    better: 'up',
    critical: 0,
    warning: 0.25,
    queries: [promqlNow(`1 - (${burnOf('3d')})`, '{{job}}')],
  }),
  number({
    title: 'Requests a second',
    about: 'Over five minutes.',
    unit: 'reqps',
    queries: [promqlNow(`sum by (job) (service:prediction_requests:rate5m{${ofJob}})`, '{{job}}')],
  }),
  number({
    title: 'In progress now',
    about: 'Requests that are being answered at this moment.',
    unit: 'short',
    queries: [promqlNow(`sum by (job) (service:requests_in_progress{${ofJob}})`, '{{job}}')],
  }),
];

const requests = [
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
];

const objective = [
  series({
    title: 'Up',
    about: '1 where an instance answers the scrape.',
    unit: 'short',
    min: 0,
    max: 1,
    queries: [promql(`service:up{${ofJob},model!=""}`, '{{job}} {{instance}}')],
  }),
  series({
    title: 'How fast the error budget burns',
    about: 'At 1 the budget of 30 days lasts 30 days. SLOBurn pages at 14.4 over an hour, or 6 over six.',
    unit: 'short',
    min: 0,
    limit: 14.4,
    queries: (['5m', '1h', '6h', '1d', '3d'] as const).map((window) =>
      promql(burnOf(window), `{{job}} over ${window}`),
    ),
  }),
];

const model = [
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
];

const instances = [
  series({
    title: 'CPU of the service',
    about: 'In processors: 1 is one of them all the time.',
    unit: 'short',
    min: 0,
    queries: [promql(`rate(process_cpu_seconds_total{${ofJob}}[$__rate_interval])`, '{{job}} {{instance}}')],
  }),
  series({
    title: 'Memory of the service',
    about: 'Resident.',
    unit: 'bytes',
    min: 0,
    queries: [promql(`process_resident_memory_bytes{${ofJob}}`, '{{job}} {{instance}}')],
  }),
  series({
    title: 'Open files of the service',
    about: 'Connections count. At the limit, new ones fail.',
    unit: 'short',
    min: 0,
    queries: [
      promql(`process_open_fds{${ofJob}}`, '{{job}} {{instance}}'),
      promql(`process_max_fds{${ofJob}}`, 'limit of {{job}} {{instance}}'),
    ],
  }),
];

const machines = [
  series({
    title: 'CPU of the machine',
    about: 'Share of all processors that is busy.',
    unit: 'percentunit',
    min: 0,
    max: 1,
    queries: [
      promql(
        '1 - avg by (instance) (rate(node_cpu_seconds_total{mode="idle",instance=~"$node"}[$__rate_interval]))',
        '{{instance}}',
      ),
    ],
  }),
  series({
    title: 'Memory of the machine',
    about: 'In use: what is not available to a new process.',
    unit: 'percentunit',
    min: 0,
    max: 1,
    queries: [
      promql(
        '1 - node_memory_MemAvailable_bytes{instance=~"$node"} / node_memory_MemTotal_bytes{instance=~"$node"}',
        '{{instance}}',
      ),
    ],
  }),
  series({
    title: 'Disks of the machine',
    about: 'Share in use, by where it is mounted.',
    unit: 'percentunit',
    min: 0,
    max: 1,
    limit: 0.9,
    queries: [
      promql(
        `1 - node_filesystem_avail_bytes{instance=~"$node",fstype!~"tmpfs|ramfs|overlay|squashfs"}
          / node_filesystem_size_bytes{instance=~"$node",fstype!~"tmpfs|ramfs|overlay|squashfs"}`,
        '{{instance}} {{mountpoint}}',
      ),
    ],
  }),
  series({
    title: 'Disk traffic of the machine',
    about: 'Read and written.',
    unit: 'Bps',
    queries: [
      promql(
        'sum by (instance) (rate(node_disk_read_bytes_total{instance=~"$node"}[$__rate_interval]))',
        '{{instance}} read',
      ),
      promql(
        '- sum by (instance) (rate(node_disk_written_bytes_total{instance=~"$node"}[$__rate_interval]))',
        '{{instance}} written',
      ),
    ],
  }),
  series({
    title: 'Network of the machine',
    about: 'Received and, below 0, sent; without loopback.',
    unit: 'Bps',
    queries: [
      promql(
        'sum by (instance) (rate(node_network_receive_bytes_total{instance=~"$node",device!="lo"}[$__rate_interval]))',
        '{{instance}} received',
      ),
      promql(
        '- sum by (instance) (rate(node_network_transmit_bytes_total{instance=~"$node",device!="lo"}[$__rate_interval]))',
        '{{instance}} sent',
      ),
    ],
  }),
];

export const modelService: Dashboard = dashboard({
  uid: 'tidewatch-model-service',
  title: 'Tidewatch / Model service',
  about: 'Is the service that serves a model up, fast and right, and what does it cost its machine?',
  from: 'now-6h',
  variables: [service, node],
  rows: [
    { title: 'Now', panels: now },
    { title: 'Requests', panels: requests },
    { title: 'Service level', panels: objective },
    { title: 'What it predicts', panels: model },
    { title: 'Instances', panels: instances },
    { title: 'Machines', panels: machines },
  ],
});
