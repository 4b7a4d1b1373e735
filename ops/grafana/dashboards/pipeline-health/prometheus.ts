import type { Row } from '../../parts/frame.ts';
import { series } from '../../parts/panels.ts';
import { promql } from '../../parts/queries.ts';

export const prometheusRow: Row = {
  title: 'Prometheus',
  panels: [
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
  ],
};
