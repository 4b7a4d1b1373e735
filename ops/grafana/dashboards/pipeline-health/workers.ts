import type { Row } from '../../parts/frame.ts';
import { series } from '../../parts/panels.ts';
import { promql } from '../../parts/queries.ts';

export const workersRow: Row = {
  title: 'Workers',
  panels: [
    series({
      title: 'Tasks in hand, and free slots',
      about:
        'By kind of task. No free slot for activities over minutes: start another worker, or raise TIDEWATCH_MAX_CONCURRENT_ACTIVITIES.',
      unit: 'short',
      min: 0,
      queries: [
        promql(
          'sum by (worker_type) (temporal_worker_task_slots_used{job="tidewatch-worker"})',
          '{{worker_type}} used',
        ),
        promql(
          'sum by (worker_type) (temporal_worker_task_slots_available{job="tidewatch-worker"})',
          '{{worker_type}} free',
        ),
      ],
    }),
    series({
      title: 'How long tasks wait for a worker',
      about: '95th percentile from scheduled to started. It rises when workers are too few.',
      unit: 'ms',
      min: 0,
      queries: [
        promql(
          `histogram_quantile(0.95, sum by (le) (
          rate(temporal_activity_schedule_to_start_latency_bucket{job="tidewatch-worker"}[$__rate_interval])))`,
          'activities',
        ),
        promql(
          `histogram_quantile(0.95, sum by (le) (
          rate(temporal_workflow_task_schedule_to_start_latency_bucket{job="tidewatch-worker"}[$__rate_interval])))`,
          'workflow tasks',
        ),
      ],
    }),
    series({
      title: 'Workflows that ended',
      about: 'A minute, by type and how. Bad input fails at once; anything else retries.',
      unit: 'cpm',
      min: 0,
      queries: [
        promql(
          '60 * sum by (workflow_type) (rate(temporal_workflow_completed{job="tidewatch-worker"}[$__rate_interval]))',
          '{{workflow_type}}',
        ),
        promql(
          '60 * sum by (workflow_type) (rate(temporal_workflow_failed{job="tidewatch-worker"}[$__rate_interval]))',
          '{{workflow_type}} failed',
        ),
      ],
    }),
    series({
      title: 'How long activities take',
      about: '95th percentile of each that ran, failed attempts included.',
      unit: 'ms',
      min: 0,
      queries: [
        promql(
          `histogram_quantile(0.95, sum by (le, activity_type) (
          rate(temporal_activity_execution_latency_bucket{job="tidewatch-worker"}[$__rate_interval])))`,
          '{{activity_type}}',
        ),
      ],
    }),
    series({
      title: 'Attempts of activities that failed',
      about: 'A minute, by activity. They are tried again; their logs say why.',
      unit: 'cpm',
      min: 0,
      queries: [
        promql(
          '60 * sum by (activity_type) (rate(temporal_activity_execution_failed{job="tidewatch-worker"}[$__rate_interval])) or vector(0)',
          '{{activity_type}}',
        ),
      ],
    }),
    series({
      title: 'CPU of the workers',
      about: 'In processors: 1 is one of them all the time.',
      unit: 'short',
      min: 0,
      queries: [
        promql('rate(process_cpu_seconds_total{job="tidewatch-worker"}[$__rate_interval])', '{{instance}}'),
      ],
    }),
    series({
      title: 'Memory of the workers',
      about: 'Resident, and the heap of Node.js, which may grow to --max-old-space-size.',
      unit: 'bytes',
      min: 0,
      queries: [
        promql('process_resident_memory_bytes{job="tidewatch-worker"}', '{{instance}}'),
        promql('nodejs_heap_size_used_bytes{job="tidewatch-worker"}', '{{instance}} heap'),
      ],
    }),
    series({
      title: 'Event loop of the workers',
      about: 'By how much its 99th percentile is late. Heartbeats are sent from it: seconds are too much.',
      unit: 's',
      min: 0,
      limit: 1,
      queries: [promql('nodejs_eventloop_lag_p99_seconds{job="tidewatch-worker"}', '{{instance}}')],
    }),
  ],
};
