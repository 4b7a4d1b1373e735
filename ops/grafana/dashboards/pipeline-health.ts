import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';

import { dashboard } from '../parts/frame.ts';
import { isChosen, manyModels, modelMarks } from '../parts/model-parts.ts';
import { number, series, table } from '../parts/panels.ts';
import { promql, promqlNow, sqlRows, sqlSeries } from '../parts/queries.ts';

const now = [
  number({
    title: 'Workers',
    about: 'How many answer a scrape.',
    unit: 'short',
    better: 'up',
    critical: 1,
    queries: [promqlNow('sum(up{job="tidewatch-worker"})', 'workers')],
  }),
  number({
    title: 'Alerts of Prometheus that fire',
    about: 'Of services, models and of Tidewatch itself.',
    unit: 'short',
    warning: 1,
    queries: [promqlNow('count(ALERTS{alertstate="firing"}) or vector(0)', 'alerts')],
  }),
  number({
    title: 'Scrapes that fail',
    about: 'Targets that Prometheus does not reach.',
    unit: 'short',
    critical: 1,
    queries: [promqlNow('count(up == 0) or vector(0)', 'targets')],
  }),
  number({
    title: 'Hours to be looked at again',
    about:
      'Marks in dirty_windows: rows that came or changed since their stage last ran. The next run takes them.',
    unit: 'short',
    queries: [sqlRows(`select count(*) as hours from dirty_windows where ${isChosen('model')}`)],
  }),
  number({
    title: 'Messages that wait',
    about: 'Deliveries that have not been made, as long as their alert is open.',
    unit: 'short',
    warning: 10,
    queries: [
      sqlRows(
        `select count(*) as messages from alert_deliveries where ${isChosen('model')} and state = 'pending'`,
      ),
    ],
  }),
  number({
    title: 'Retrainings under way',
    about: 'Their verification included.',
    unit: 'short',
    queries: [promqlNow('sum(max by (model) (model_retraining_under_way{model=~"$model"}))', 'retrainings')],
  }),
];

const processes = [
  series({
    title: 'Since the last success',
    about:
      'Of each process, the model that waits longest. It is the age of the instant that it spoke for. DeadMan fires above the limit.',
    unit: 's',
    min: 0,
    queries: [
      promql(
        'max by (process) (time() - tidewatch_last_success_timestamp_seconds{model=~"$model"})',
        '{{process}}',
      ),
      promql('max by (process) (process:limit:success_age_seconds{model=~"$model"})', 'limit of {{process}}'),
    ],
  }),
  series({
    title: 'Since the last push',
    about: 'Of each process, the model that waits longest. StalePush fires above the limit.',
    unit: 's',
    min: 0,
    queries: [
      promql('max by (process) (time() - push_time_seconds{job="tidewatch",model=~"$model"})', '{{process}}'),
      promql('max by (process) (process:limit:push_age_seconds{model=~"$model"})', 'limit of {{process}}'),
    ],
  }),
  table({
    title: 'Processes',
    about: 'What each has spoken for, and when it succeeded by the clock.',
    columns: { 'succeeded at': { unit: 'dateTimeFromNow' } },
    queries: [
      sqlRows(`
select watched.model, watched.process, watched.cron, watched.time_zone as "time zone", mark.as_of as "spoke for",
  mark.window_end as "up to", mark.succeeded_at as "succeeded at"
from watched_processes watched
left join process_watermarks mark using (model, process)
where ${isChosen('watched.model')}
order by mark.succeeded_at nulls first, 1, 2
limit 1000`),
    ],
  }),
  series({
    title: 'Alerts opened a day',
    about: 'By kind. One that opens again is counted again.',
    unit: 'short',
    min: 0,
    as: 'stacked-bars',
    queries: [
      sqlSeries(`
select date_trunc('day', opened_as_of, 'UTC') as time, kind as metric, count(*) as value
from alerts
where ${isChosen('model')} and $__timeFilter(opened_as_of)
group by 1, 2
order by 1, 2
limit 20000`),
    ],
  }),
  table({
    title: 'Messages by channel',
    about:
      'Of everything that people are to be told, how much has arrived, and the newest reason why something has not.',
    span: 12,
    queries: [
      sqlRows(`
select channel, state, count(*) as messages, min(recorded_at) as oldest,
  (array_agg(last_error order by recorded_at desc) filter (where last_error is not null))[1] as "newest error"
from alert_deliveries
where ${isChosen('model')}
group by channel, state
order by channel, state`),
    ],
  }),
];

const workers = [
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
];

const temporal = [
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
];

const postgres = [
  table({
    title: 'Size of the tables',
    about: 'With indexes, the partitions of a table together.',
    span: 12,
    columns: { size: { unit: 'bytes' } },
    queries: [
      sqlRows(`
select coalesce(parent.relname, relation.relname) as table, sum(pg_total_relation_size(relation.oid)) as size,
  sum(greatest(relation.reltuples, 0))::bigint as rows
from pg_class relation
left join pg_inherits inherits on inherits.inhrelid = relation.oid
left join pg_class parent on parent.oid = inherits.inhparent
where relation.relkind in ('r', 'm') and relation.relnamespace = 'public'::regnamespace
group by 1
order by 2 desc
limit 30`),
    ],
  }),
  series({
    title: 'Connections to Postgres',
    about: 'By database and state. The limit is max_connections.',
    unit: 'short',
    min: 0,
    queries: [
      promql('sum by (datname, state) (pg_stat_activity_count{job="postgres"}) > 0', '{{datname}} {{state}}'),
      promql('pg_settings_max_connections{job="postgres"}', 'limit'),
    ],
  }),
  series({
    title: 'Transactions of Postgres',
    about: 'A second, by database; those that were rolled back apart.',
    unit: 'ops',
    min: 0,
    queries: [
      promql(
        'rate(pg_stat_database_xact_commit{job="postgres",datname!=""}[$__rate_interval])',
        '{{datname}}',
      ),
      promql(
        'rate(pg_stat_database_xact_rollback{job="postgres",datname!=""}[$__rate_interval])',
        '{{datname}} rolled back',
      ),
    ],
  }),
  series({
    title: 'Size of the databases',
    about: 'With all tables and indexes.',
    unit: 'bytes',
    min: 0,
    queries: [promql('pg_database_size_bytes{job="postgres"}', '{{datname}}')],
  }),
];

const stack = [
  series({
    title: 'Targets that are up',
    about: '1 where Prometheus reaches it.',
    unit: 'short',
    min: 0,
    max: 1,
    queries: [promql('min by (job) (up)', '{{job}}')],
  }),
  series({
    title: 'Pushes that the Pushgateway refused',
    about: 'Groups whose last push failed; 0 is none.',
    unit: 'short',
    min: 0,
    queries: [
      promql(
        'count(push_failure_time_seconds{job="tidewatch"} > push_time_seconds{job="tidewatch"}) or vector(0)',
        'groups',
      ),
    ],
  }),
  series({
    title: 'Rules that Prometheus cannot evaluate',
    about: 'In five minutes, by group of rules.',
    unit: 'short',
    min: 0,
    queries: [
      promql(
        'sum by (rule_group) (increase(prometheus_rule_evaluation_failures_total{job="prometheus"}[5m]))',
        '{{rule_group}}',
      ),
    ],
  }),
  series({
    title: 'Notifications of the Alertmanager',
    about: 'An hour, by receiver; those that failed apart.',
    unit: 'short',
    min: 0,
    queries: [
      promql(
        'sum by (integration) (increase(alertmanager_notifications_total{job="alertmanager"}[1h]))',
        '{{integration}}',
      ),
      promql(
        'sum by (integration) (increase(alertmanager_notifications_failed_total{job="alertmanager"}[1h]))',
        '{{integration}} failed',
      ),
    ],
  }),
];

export const pipelineHealth: Dashboard = dashboard({
  uid: 'tidewatch-pipeline-health',
  title: 'Tidewatch / Pipeline health',
  about:
    'Does Tidewatch itself run: its processes, workers, messages, Temporal, Postgres and what watches them?',
  from: 'now-24h',
  variables: [manyModels],
  annotations: modelMarks,
  rows: [
    { title: 'Now', panels: now },
    { title: 'Processes', panels: processes },
    { title: 'Workers', panels: workers },
    { title: 'Temporal', panels: temporal },
    { title: 'Postgres', panels: postgres },
    { title: 'Prometheus', panels: stack },
  ],
});
