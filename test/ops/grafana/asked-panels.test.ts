/** What people asked dashboards to show, and the panel that answers: taking one away fails here, whatever the code makes. */

import { describe, expect, it } from 'vitest';

import { readDashboards } from './targets.ts';

const dashboards = await readDashboards();

/** Asked for -> panels; a title with a kind is wanted in that form. */
const asked: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  Overview: {
    'how many are watched, degraded, drifted': ['Watched', 'Degraded', 'Drifted'],
    'open alerts': ['Open alerts', 'Alerts that are not resolved'],
    coverage: ['Coverage, worst model'],
    'is anything late': ['Longest without success'],
    'each model with its verdict': ['Models', 'Verdicts (state-timeline)'],
    drift: ['Drifted features'],
    volume: ['Predictions a day'],
    'what was done about it': ['Retrainings'],
  },
  'Model performance': {
    verdict: ['Verdict', 'Champion'],
    'metrics over time': ['$metric a day, with its interval (timeseries)', 'All metrics of the newest day'],
    'estimated performance': ['Realized and estimated $metric'],
    coverage: ['Coverage', 'Coverage and outcomes of a day'],
    'limits of alerts': [
      'RMSE as pushed, and the limit of its alert',
      'Accuracy as pushed, and the limit of its alert',
    ],
    'A/B': [
      'A/B: versions that share the traffic, and champion against challenger',
      'Differences of versions in $metric',
      'Conversions of the variants',
    ],
    baselines: ['Against baselines'],
    'prediction distribution': [
      'Predictions: distribution (histogram)',
      'Predictions: median and quantiles of a day (timeseries)',
      'Predicted classes of a day',
      'Classes that the service predicts',
    ],
    'confidence distribution': [
      'Confidence: distribution (histogram)',
      'Confidence of a day (timeseries)',
      'Mean confidence as pushed',
    ],
    feedback: ['Actuals that came back', 'Actuals recorded an hour', 'How late actuals come'],
    'feature importance shift': [
      'Importance of the features (bargauge)',
      'Importance over time (timeseries)',
      'Shifts of importance (table)',
    ],
    'weak slices': ['Where the model is weak'],
    retrainings: ['Retrainings', 'Promotions that helped'],
  },
  'Data quality': {
    freshness: ['Since the newest row (stat)', 'Age of the newest row (timeseries)'],
    missing: ['Missing values (timeseries)', 'Missing and out of range as pushed'],
    'out of range': ['Values out of range, or never seen'],
    'distributions over time': [
      'Continuous features: quantiles of a day (timeseries)',
      'Categorical features: shares of a day (timeseries)',
    ],
    drift: [
      'Drift',
      'Drift of the features, day by day (state-timeline)',
      'How far features are from their reference',
      'Drift scores as pushed, and the limit of their alert',
      'Drift of predictions, confidence and actuals',
      'Unlike the reference',
      'Rows and requests unlike the reference',
      'Does the drift come with errors?',
    ],
    volume: ['Predictions an hour (timeseries)', 'Rows of each drift run'],
    'rejected rows': ['Rows rejected so far', 'Rejected rows'],
    checks: ['Data quality', 'Checks that do not hold'],
  },
  'Pipeline health': {
    'do processes succeed': ['Since the last success', 'Since the last push', 'Processes'],
    workers: [
      'Workers',
      'Tasks in hand, and free slots',
      'How long tasks wait for a worker',
      'Workflows that ended',
      'How long activities take',
      'Attempts of activities that failed',
      'CPU of the workers',
      'Memory of the workers',
      'Event loop of the workers',
    ],
    backlog: ['Hours to be looked at again', 'Retrainings under way'],
    'alerts and their messages': ['Alerts opened a day', 'Messages by channel', 'Messages that wait'],
    Temporal: ['Requests to Temporal', 'Errors of Temporal', 'How long Temporal waits for its database'],
    Postgres: [
      'Size of the tables',
      'Connections to Postgres',
      'Transactions of Postgres',
      'Size of the databases',
    ],
    'Prometheus, Pushgateway, Alertmanager': [
      'Alerts of Prometheus that fire',
      'Scrapes that fail',
      'Targets that are up',
      'Pushes that the Pushgateway refused',
      'Rules that Prometheus cannot evaluate',
      'Notifications of the Alertmanager',
    ],
  },
  'Model service': {
    'latency histogram': ['Latency histogram (heatmap)'],
    'latency percentiles': ['Latency (timeseries)', '95th percentile against a week ago'],
    'status codes': ['Requests by status (timeseries)', 'Requests that fail', 'Requests a second'],
    'active requests': ['In progress now (stat)', 'Requests in progress (timeseries)'],
    uptime: ['Instances up', 'Running since', 'Up in the time shown', 'Up'],
    'service level objective': ['Error budget left, 3 days', 'How fast the error budget burns'],
    CPU: ['CPU of the service', 'CPU of the machine'],
    memory: ['Memory of the service', 'Memory of the machine'],
    'open files': ['Open files of the service'],
    disk: ['Disks of the machine', 'Disk traffic of the machine'],
    network: ['Network of the machine'],
    'what it predicts': ['Predicted classes', 'Requests unlike the training data'],
    'feedback and A/B': ['Actuals that came back', 'Conversions by variant'],
  },
};

describe.each(Object.entries(asked))('the dashboard %s', (title, wanted) => {
  const panels = (
    dashboards.find((dashboard) => dashboard.title === `Tidewatch / ${title}`)?.panels ?? []
  ).filter(({ type }) => type !== 'row');

  it.each(Object.entries(wanted))('shows %s', (_, names) => {
    const shown = new Set(panels.flatMap((panel) => [panel.title, `${panel.title} (${panel.type})`]));
    expect(names.filter((name) => !shown.has(name))).toEqual([]);
  });

  it('shows nothing that nobody asked for', () => {
    const named = new Set(Object.values(wanted).flatMap((names) => names.map(withoutKind)));
    expect(panels.map((panel) => panel.title).filter((name) => !named.has(name))).toEqual([]);
  });
});

it('there is no other dashboard', () => {
  expect(dashboards.map(({ title }) => title).toSorted()).toEqual(
    Object.keys(asked)
      .map((title) => `Tidewatch / ${title}`)
      .toSorted(),
  );
});

const withoutKind = (name: string): string => name.replace(/ \([a-z-]+\)$/, '');
