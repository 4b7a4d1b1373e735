import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';

import { dashboard } from '../parts/frame.ts';
import { isChosen, manyModels, modelMarks, pages, runbookColumn } from '../parts/model-parts.ts';
import { number, series, table, timeline } from '../parts/panels.ts';
import { promqlNow, sqlRows, sqlSeries } from '../parts/queries.ts';
import { levelOf } from '../parts/verdicts.ts';

const now = [
  number({
    title: 'Watched',
    about: 'How many models have a monitor.',
    unit: 'short',
    queries: [sqlRows(`select count(*) as models from monitors where ${isChosen('model')}`)],
  }),
  number({
    title: 'Degraded',
    about: 'Models whose newest degradation check is warning or critical.',
    unit: 'short',
    critical: 1,
    queries: [promqlNow('sum(max by (model) (model_degraded{model=~"$model"}))', 'degraded')],
  }),
  number({
    title: 'Drifted',
    about: 'Models whose newest drift run is warning or critical.',
    unit: 'short',
    warning: 1,
    queries: [promqlNow('sum(max by (model) (data_drift_detected{model=~"$model"}))', 'drifted')],
  }),
  number({
    title: 'Open alerts',
    about: 'Alerts of Tidewatch that are not resolved: open, acknowledged or snoozed.',
    unit: 'short',
    warning: 1,
    queries: [
      sqlRows(`select count(*) as alerts from alerts where ${isChosen('model')} and state <> 'resolved'`),
    ],
  }),
  number({
    title: 'Coverage, worst model',
    about: 'Outcomes / serving predictions over the last 7 days of event time, of the model with the fewest.',
    unit: 'percentunit',
    better: 'up',
    critical: 0.5,
    warning: 0.8,
    queries: [promqlNow('min(model_actuals_coverage_ratio{model=~"$model"})', 'coverage')],
  }),
  number({
    title: 'Longest without success',
    about:
      'Since the process that has been waiting longest last succeeded. Its time is that of the data it spoke for.',
    unit: 's',
    warning: 30 * 3600,
    critical: 54 * 3600,
    queries: [
      promqlNow(
        'time() - min(tidewatch_last_success_timestamp_seconds{model=~"$model",process!="retraining"})',
        'age',
      ),
    ],
  }),
];

const models = table({
  title: 'Models',
  about:
    'The newest verdict, drift and performance of each model. A click on the name opens its page in the console.',
  height: 10,
  columns: {
    model: { link: pages.model, width: 220 },
    'drifted features': { unit: 'percentunit' },
    coverage: { unit: 'percentunit' },
    'last prediction': { unit: 'dateTimeFromNow' },
  },
  queries: [
    sqlRows(`
select
  monitor.model,
  coalesce(judged.verdict, 'insufficient-data') as verdict,
  judged.reason,
  drift.drift_share as "drifted features",
  performance.metric,
  performance.value,
  performance.coverage,
  champion.version as champion,
  (select count(*) from alerts where alerts.model = monitor.model and state <> 'resolved') as "open alerts",
  volume.newest as "last prediction"
from monitors monitor
left join lateral (
  select verdict, reason from degradation_checks where model = monitor.model order by window_end desc limit 1
) judged on true
left join lateral (
  select drift_share from drift_runs where model = monitor.model and segment = '' order by window_end desc limit 1
) drift on true
left join lateral (
  select metric, (metrics ->> metric)::double precision as value, coverage
  from performance_evaluations,
    (select case monitor.configuration ->> 'task' when 'regression' then 'rmse' else 'accuracy' end as metric) main
  where model = monitor.model and segment = '' and metrics ? metric
  order by window_end desc, window_end - window_start, revision desc
  limit 1
) performance on true
left join lateral (
  select version from model_versions where model = monitor.model and stage = 'champion' limit 1
) champion on true
left join lateral (
  select max(hour) as newest from outcome_summaries where model = monitor.model and segment = ''
) volume on true
where ${isChosen('monitor.model')}
order by array_position(array['critical', 'warning', 'insufficient-data', 'ok'], coalesce(judged.verdict, 'insufficient-data')), 1
limit 1000`),
  ],
});

const history = [
  timeline({
    title: 'Verdicts',
    about: 'What the degradation check of each day said of each model.',
    height: 9,
    queries: [
      sqlSeries(`
select window_end as time, model as metric, ${levelOf('verdict')} as value
from degradation_checks
where ${isChosen('model')} and $__timeFilter(window_end)
order by 1, 2
limit 50000`),
    ],
  }),
  series({
    title: 'Drifted features',
    about: 'Share of the judged features that have drifted, of each drift run.',
    unit: 'percentunit',
    min: 0,
    max: 1,
    points: 'always',
    queries: [
      sqlSeries(`
select window_end as time, model as metric, drift_share as value
from drift_runs
where ${isChosen('model')} and segment = '' and drift_share is not null and $__timeFilter(window_end)
order by 1, 2
limit 50000`),
    ],
  }),
  series({
    title: 'Predictions a day',
    about: 'Logged predictions of every version, shadows included, as far as outcomes have been summarized.',
    unit: 'short',
    min: 0,
    as: 'stacked-bars',
    queries: [
      sqlSeries(`
select date_trunc('day', hour, 'UTC') as time, model as metric, sum(prediction_count) as value
from outcome_summaries
where ${isChosen('model')} and segment = '' and $__timeFilter(hour)
group by 1, 2
order by 1, 2
limit 50000`),
    ],
  }),
];

const alerts = [
  table({
    title: 'Alerts that are not resolved',
    about: 'Newest first. The name opens the alert in the console, the runbook says what to do.',
    columns: {
      alert: { link: pages.alert, width: 320 },
      model: { link: pages.model, width: 180 },
      runbook: { link: pages.runbook, width: 180 },
    },
    queries: [
      sqlRows(`
select alert_key as alert, model, severity, state, summary, opened_as_of as opened,
  ${runbookColumn}
from alerts
where ${isChosen('model')} and state <> 'resolved'
order by opened_as_of desc
limit 500`),
    ],
  }),
  table({
    title: 'Retrainings',
    about: 'The newest first: why each was begun, what it made, and whether it has helped.',
    columns: { model: { link: pages.model, width: 180 }, retraining: { link: pages.retraining, width: 200 } },
    queries: [
      sqlRows(`
select retraining_id as retraining, model, state, reason, champion_version as champion,
  challenger_version as challenger, as_of as begun, promoted_as_of as promoted, helped, cost
from retraining_runs
where ${isChosen('model')}
order by as_of desc
limit 100`),
    ],
  }),
];

export const overview: Dashboard = dashboard({
  uid: 'tidewatch-overview',
  title: 'Tidewatch / Overview',
  about: 'Are my models all right, since when not, and what was done about it?',
  from: 'now-30d',
  variables: [manyModels],
  annotations: modelMarks,
  rows: [
    { title: 'Now', panels: now },
    { title: 'Models', panels: [models] },
    { title: 'Over time', panels: history },
    { title: 'What happened', panels: alerts },
  ],
});
