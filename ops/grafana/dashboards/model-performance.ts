import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';

import { dashboard, sqlVariable } from '../parts/frame.ts';
import { isChosen, modelMarks, oneModel, pages } from '../parts/model-parts.ts';
import { bars, histogram, number, series, table, word } from '../parts/panels.ts';
import { promql, promqlNow, sqlRows, sqlSeries } from '../parts/queries.ts';

const ofModel = isChosen('model');

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

const inMetric = "metrics ? '${metric}'";
const metricValue = "(metrics ->> '${metric}')::double precision";

const now = [
  word({
    title: 'Verdict',
    about: 'What the newest degradation check says of the model.',
    queries: [
      sqlRows(`select verdict from degradation_checks where ${ofModel} order by window_end desc limit 1`),
    ],
  }),
  word({
    title: 'Champion',
    about: 'The version that serves.',
    queries: [
      sqlRows(`
select version from (
  select version, 1 as rank, promoted_at as at from model_versions where ${ofModel} and stage = 'champion'
  union all
  (select version, 2, window_end from performance_evaluations where ${ofModel} order by window_end desc limit 1)
) known
order by rank
limit 1`),
    ],
  }),
  number({
    title: 'Coverage',
    about: 'Outcomes / serving predictions over the last 7 days of event time.',
    unit: 'percentunit',
    better: 'up',
    critical: 0.5,
    warning: 0.8,
    queries: [promqlNow('max(model_actuals_coverage_ratio{model=~"$model"})', 'coverage')],
  }),
  number({
    title: 'Promotions that helped',
    about: 'Of all promotions by retraining; unclear ones are those whose verification has not ended.',
    unit: 'short',
    queries: [promqlNow('sum by (helped) (model_retrainings_promoted_total{model=~"$model"})', '{{helped}}')],
    span: 8,
  }),
  number({
    title: 'Retrainings',
    about: 'How many have been started.',
    unit: 'short',
    queries: [promqlNow('max(model_retrainings_total{model=~"$model"})', 'retrainings')],
  }),
];

const overTime = [
  series({
    title: '$metric a day, with its interval',
    about:
      'The newest revision of each day, of each version. The shaded days are provisional until the actuals horizon closes. Limits are those of the monitor.',
    unit: 'short',
    points: 'always',
    span: 24,
    height: 10,
    queries: [
      sqlSeries(`
select window_end as time, 'version ' || version as metric, ${metricValue} as value
from latest_performance_evaluations
where ${ofModel} and segment = '' and window_end - window_start = interval '1 day' and ${inMetric} and $__timeFilter(window_end)
order by 1, 2
limit 20000`),
      sqlSeries(`
select window_end as time, 'version ' || version || bound.name as metric, (intervals -> '\${metric}' ->> bound.position)::double precision as value
from latest_performance_evaluations, (values (' low', 0), (' high', 1)) as bound (name, position)
where ${ofModel} and segment = '' and window_end - window_start = interval '1 day' and intervals ? '\${metric}' and $__timeFilter(window_end)
order by 1, 2
limit 40000`),
      sqlSeries(`
select at as time, 'limit (' || level || ')' as metric, value::double precision as value
from monitors,
  jsonb_each_text(configuration #> array['performance', 'limits', '\${metric}']) as limits (level, value),
  (values ($__timeFrom()::timestamptz), ($__timeTo()::timestamptz)) as ends (at)
where ${ofModel}
order by 1, 2`),
    ],
  }),
  series({
    title: 'Realized and estimated $metric',
    about:
      'Performance with actuals beside what was estimated without them, days before. Where they part, the estimate has missed something.',
    unit: 'short',
    points: 'always',
    queries: [
      sqlSeries(`
select window_end as time, series.name || ', version ' || version as metric, series.value as value
from performance_estimates,
  lateral (values
    ('estimated', (metrics ->> '\${metric}')::double precision),
    ('realized', (realized ->> '\${metric}')::double precision)
  ) as series (name, value)
where ${ofModel} and series.value is not null and $__timeFilter(window_end)
order by 1, 2
limit 20000`),
    ],
  }),
  series({
    title: 'Coverage and outcomes of a day',
    about:
      'Outcomes / serving predictions of each day as of its newest revision: it rises as actuals arrive.',
    unit: 'percentunit',
    min: 0,
    max: 1,
    points: 'always',
    queries: [
      sqlSeries(`
select window_end as time, 'version ' || version || ' (' || state || ')' as metric, coverage as value
from latest_performance_evaluations
where ${ofModel} and segment = '' and window_end - window_start = interval '1 day' and coverage is not null and $__timeFilter(window_end)
order by 1, 2
limit 20000`),
    ],
  }),
  series({
    title: 'RMSE as pushed, and the limit of its alert',
    about:
      'ModelDegradation fires when the mean of 24 hours is above the limit for an hour. Regression only.',
    unit: 'short',
    queries: [
      promql('model:rmse:avg1d{model=~"$model"}', 'version {{version}}, mean of 24 hours'),
      promql('max by (version) (model_mae{model=~"$model"})', 'MAE of version {{version}}'),
      promql('model:limit:rmse{model=~"$model"}', 'limit of RMSE'),
    ],
  }),
  series({
    title: 'Accuracy as pushed, and the limit of its alert',
    about: 'ModelAccuracyDrop fires when it is below the limit. Classification only.',
    unit: 'percentunit',
    max: 1,
    queries: [
      promql('model:accuracy{model=~"$model"}', 'accuracy of version {{version}}'),
      promql('max by (version) (model_f1_score{model=~"$model"})', 'F1 of version {{version}}'),
      promql('max by (version) (model_roc_auc{model=~"$model"})', 'ROC AUC of version {{version}}'),
      promql('model:limit:accuracy{model=~"$model"}', 'limit of accuracy'),
    ],
  }),
  table({
    title: 'All metrics of the newest day',
    about: 'Each with its interval. Provisional numbers may be restated until the actuals horizon closes.',
    queries: [
      sqlRows(`
select version, key as metric, value::double precision as value,
  (intervals -> key ->> 0)::double precision as low, (intervals -> key ->> 1)::double precision as high,
  state, revision, sample_size as outcomes, window_start as day
from (
  select distinct on (version) version, metrics, intervals, state, revision, sample_size, window_start
  from performance_evaluations
  where ${ofModel} and segment = '' and window_end - window_start = interval '1 day' and metrics <> '{}' and $__timeFilter(window_end)
  order by version, window_end desc, revision desc
) newest, jsonb_each_text(metrics)
order by version, metric
limit 500`),
    ],
  }),
];

const comparisons = [
  table({
    title: 'A/B: versions that share the traffic, and champion against challenger',
    about:
      'Differences over the outcomes of a week. "ab" compares rows that either version served, "version" the rows that both predicted.',
    queries: [
      sqlRows(`
select kind, subject as version, against, metric, verdict, value, against_value, difference, low, high, p_value, row_count as rows,
  against_row_count as "rows of the other", window_end as until
from performance_comparisons
where ${ofModel} and kind in ('ab', 'version') and $__timeFilter(window_end)
order by window_end desc, kind, subject, metric
limit 200`),
    ],
  }),
  series({
    title: 'Differences of versions in $metric',
    about: 'With the bounds of the interval: below and above 0 nothing is decided.',
    unit: 'short',
    points: 'always',
    queries: [
      sqlSeries(`
select window_end as time, subject || ' - ' || against || series.name as metric, series.value as value
from performance_comparisons,
  lateral (values ('', difference), (' low', low), (' high', high)) as series (name, value)
where ${ofModel} and kind in ('ab', 'version') and metric = '\${metric}' and series.value is not null and $__timeFilter(window_end)
order by 1, 2
limit 20000`),
    ],
  }),
  series({
    title: 'Conversions of the variants',
    about: 'Conversions a second that the service counts, by its variants.',
    unit: 'cps',
    queries: [promql('service:ab_test_conversions:rate1h{model=~"$model"}', '{{variant}}{{group}}')],
  }),
  table({
    title: 'Against baselines',
    about: 'Is the model better than the naive predictions of the same rows?',
    queries: [
      sqlRows(`
select subject as version, against as baseline, metric, verdict, reason, window_end as until
from performance_comparisons
where ${ofModel} and kind = 'baseline' and $__timeFilter(window_end)
order by window_end desc, subject, against, metric
limit 100`),
    ],
  }),
];

const predicted = [
  series({
    title: 'Predictions: median and quantiles of a day',
    about:
      'Of numbers, of serving rows. It reads the rows of the time shown: keep it short where there are millions a day.',
    unit: 'short',
    points: 'always',
    queries: [
      sqlSeries(`
select time, 'p' || round(share * 100) || ', version ' || version as metric, value
from (
  select date_trunc('day', event_time, 'UTC') as time, version,
    percentile_cont(array[0.05, 0.25, 0.5, 0.75, 0.95]) within group (order by prediction) as quantiles
  from predictions
  where ${ofModel} and role = 'serving' and prediction is not null and $__timeFilter(event_time)
  group by 1, 2
) days, unnest(quantiles, array[0.05, 0.25, 0.5, 0.75, 0.95]) as quantile (value, share)
order by 1, 2
limit 20000`),
    ],
  }),
  histogram({
    title: 'Predictions: distribution',
    about: 'Of the newest 50,000 serving rows of the time shown, beside the actuals of those that have one.',
    unit: 'short',
    queries: [
      sqlRows(`
select prediction.prediction as predicted, outcome.actual
from (
  select model, event_time, prediction_id, prediction
  from predictions
  where ${ofModel} and role = 'serving' and prediction is not null and $__timeFilter(event_time)
  order by event_time desc
  limit 50000
) prediction
left join outcomes outcome using (model, event_time, prediction_id)`),
    ],
  }),
  series({
    title: 'Predicted classes of a day',
    about: 'How many serving rows got each class.',
    unit: 'short',
    min: 0,
    as: 'stacked-bars',
    queries: [
      sqlSeries(`
select date_trunc('day', event_time, 'UTC') as time, predicted_class as metric, count(*) as value
from predictions
where ${ofModel} and role = 'serving' and predicted_class is not null and $__timeFilter(event_time)
group by 1, 2
order by 1, 2
limit 20000`),
    ],
  }),
  series({
    title: 'Classes that the service predicts',
    about: 'Share of each class over an hour, as the service counts them.',
    unit: 'percentunit',
    min: 0,
    as: 'stacked-areas',
    queries: [promql('service:model_predictions_by_class:share_rate1h{model=~"$model"}', '{{class}}')],
  }),
  series({
    title: 'Confidence of a day',
    about: 'Probability that was given to the predicted class: quantiles of the serving rows.',
    unit: 'percentunit',
    min: 0,
    max: 1,
    points: 'always',
    queries: [
      sqlSeries(`
select time, 'p' || round(share * 100) || ', version ' || version as metric, value
from (
  select date_trunc('day', event_time, 'UTC') as time, version,
    percentile_cont(array[0.05, 0.5, 0.95]) within group (order by (probabilities ->> predicted_class)::double precision) as quantiles
  from predictions
  where ${ofModel} and role = 'serving' and probabilities is not null and $__timeFilter(event_time)
  group by 1, 2
) days, unnest(quantiles, array[0.05, 0.5, 0.95]) as quantile (value, share)
order by 1, 2
limit 20000`),
    ],
  }),
  histogram({
    title: 'Confidence: distribution',
    about: 'Of the newest 50,000 serving rows of the time shown.',
    unit: 'percentunit',
    queries: [
      sqlRows(`
select (probabilities ->> predicted_class)::double precision as confidence
from predictions
where ${ofModel} and role = 'serving' and probabilities is not null and $__timeFilter(event_time)
order by event_time desc
limit 50000`),
    ],
  }),
  series({
    title: 'Mean confidence as pushed',
    about: 'Mean probability that was given to the predicted class on the newest day.',
    unit: 'percentunit',
    queries: [
      promql('max by (version) (model_prediction_confidence{model=~"$model"})', 'version {{version}}'),
    ],
  }),
];

const feedback = [
  series({
    title: 'Actuals that came back',
    about: 'Actuals that users or systems gave back / requests, over a day, as the service counts them.',
    unit: 'percentunit',
    min: 0,
    queries: [promql('service:actuals_submitted:ratio_rate1d{model=~"$model"}', '{{job}}')],
  }),
  series({
    title: 'Actuals recorded an hour',
    about: 'By when they became known, as far as they found their prediction.',
    unit: 'short',
    min: 0,
    as: 'bars',
    queries: [
      sqlSeries(`
select date_trunc('hour', recorded_at) as time, 'actuals' as metric, count(*) as value
from outcomes
where ${ofModel} and $__timeFilter(recorded_at) and event_time >= $__timeFrom()::timestamptz - interval '31 days'
group by 1
order by 1
limit 20000`),
    ],
  }),
  series({
    title: 'How late actuals come',
    about:
      'From the event to when its actual became known: median and 95th percentile of the outcomes of a day.',
    unit: 's',
    min: 0,
    points: 'always',
    queries: [
      sqlSeries(`
select time, 'p' || round(share * 100) as metric, value
from (
  select date_trunc('day', event_time, 'UTC') as time,
    percentile_cont(array[0.5, 0.95]) within group (order by extract(epoch from recorded_at - event_time)::double precision) as quantiles
  from outcomes
  where ${ofModel} and $__timeFilter(event_time)
  group by 1
) days, unnest(quantiles, array[0.5, 0.95]) as quantile (value, share)
order by 1, 2
limit 20000`),
    ],
  }),
];

const importance = [
  bars({
    title: 'Importance of the features',
    about: 'To the champion: as its trainer reported, or learned by permutation on outcomes.',
    unit: 'percentunit',
    max: 1,
    queries: [
      promqlNow('sort_desc(max by (feature) (model_feature_importance{model=~"$model"}))', '{{feature}}'),
    ],
  }),
  series({
    title: 'Importance over time',
    about: 'A model that leans on other features than it did has changed, or its world has.',
    unit: 'percentunit',
    min: 0,
    points: 'always',
    queries: [
      sqlSeries(`
select as_of as time, feature || ', version ' || version as metric, importance as value
from feature_importances
where ${ofModel} and $__timeFilter(as_of)
order by 1, 2
limit 20000`),
    ],
  }),
  table({
    title: 'Shifts of importance',
    about: 'What the newest drift runs found against a month before, or against the version before.',
    queries: [
      sqlRows(`
select feature, since, before_version as "version before", version, importance_before as before, importance as now,
  importance - importance_before as change, rank_before as "rank before", rank, run.window_end as until
from importance_shifts shift
join drift_runs run using (model, drift_run_id)
where ${isChosen('shift.model')} and $__timeFilter(run.window_end)
order by run.window_end desc, abs(importance - importance_before) desc
limit 100`),
    ],
  }),
  table({
    title: 'Where the model is weak',
    about: 'Slices of the rows on which it errs more than elsewhere, the newest search.',
    columns: { model: { link: pages.model } },
    queries: [
      sqlRows(`
select slice, metric, value, rest as elsewhere, low, high, row_count as rows, version, reason
from weak_slices
where ${ofModel} and window_end = (select max(window_end) from weak_slices where ${ofModel} and $__timeFilter(window_end))
order by source, rank
limit 50`),
    ],
  }),
];

export const modelPerformance: Dashboard = dashboard({
  uid: 'tidewatch-model-performance',
  title: 'Tidewatch / Model performance',
  about: 'How well does one model predict, since when, against what, and what does it lean on?',
  from: 'now-30d',
  variables: [oneModel, metricVariable],
  annotations: modelMarks,
  rows: [
    { title: 'Now', panels: now },
    { title: 'Performance', panels: overTime },
    { title: 'Versions and baselines', panels: comparisons },
    { title: 'Predictions and confidence', panels: predicted },
    { title: 'Feedback', panels: feedback },
    { title: 'Features', panels: importance },
  ],
});
