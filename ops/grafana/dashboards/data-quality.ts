import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';

import { dashboard, sqlVariable } from '../parts/frame.ts';
import { isChosen, modelMarks, oneModel } from '../parts/model-parts.ts';
import { number, series, table, timeline, word } from '../parts/panels.ts';
import { promql, promqlNow, sqlRows, sqlSeries } from '../parts/queries.ts';

const ofModel = isChosen('model');

const featureVariable = sqlVariable(
  { name: 'feature', label: 'Feature', several: 'many' },
  `select jsonb_object_keys(configuration -> 'features') as feature from monitors where ${ofModel} order by 1`,
);

/** What drift runs found of the chosen features, and of what is predicted and observed. */
const ofRuns = `
from drift_runs run
join drift_results result using (model, drift_run_id)
where ${isChosen('run.model')} and run.segment = '' and $__timeFilter(run.window_end)`;
const chosenFeature = 'result.column_name in (${feature:sqlstring})';

const freshness = [
  number({
    title: 'Since the newest row',
    about: 'Of each stream: when the newest prediction was issued, and when the newest actual was recorded.',
    unit: 's',
    span: 8,
    queries: [promqlNow('model:data_age_seconds{model=~"$model"}', '{{stream}}')],
  }),
  word({
    title: 'Data quality',
    about: 'The worst verdict of the expectations and checks of the newest drift run.',
    queries: [
      sqlRows(
        `select quality_verdict as verdict from drift_runs where ${ofModel} and segment = '' order by window_end desc limit 1`,
      ),
    ],
  }),
  word({
    title: 'Drift',
    about: 'What the newest drift run says.',
    queries: [
      sqlRows(
        `select verdict from drift_runs where ${ofModel} and segment = '' order by window_end desc limit 1`,
      ),
    ],
  }),
  number({
    title: 'Unlike the reference',
    about:
      'Share of rows with any feature outside the range of the reference or beyond 3 standard deviations.',
    unit: 'percentunit',
    critical: 0.3,
    queries: [promqlNow('max(data_drift_ratio{model=~"$model"})', 'rows')],
  }),
  number({
    title: 'Rows rejected so far',
    about: 'Rows that could not be stored. The table below says why.',
    unit: 'short',
    warning: 1,
    queries: [sqlRows(`select count(*) as rows from rejected_rows where ${ofModel}`)],
  }),
  series({
    title: 'Age of the newest row',
    about: 'DataPipelineDelay fires above the limit of the stream.',
    unit: 's',
    min: 0,
    span: 24,
    queries: [
      promql('model:data_age_seconds{model=~"$model"}', '{{stream}}'),
      promql('model:limit:data_age_seconds{model=~"$model"}', 'limit of {{stream}}'),
    ],
  }),
];

const volume = [
  series({
    title: 'Predictions an hour',
    about: 'Of each version, shadows included.',
    unit: 'short',
    min: 0,
    as: 'stacked-bars',
    queries: [
      sqlSeries(`
select hour as time, 'version ' || version as metric, prediction_count as value
from outcome_summaries
where ${ofModel} and segment = '' and $__timeFilter(hour)
order by 1, 2
limit 50000`),
    ],
  }),
  series({
    title: 'Rows of each drift run',
    about: 'Serving rows of the current window, and how many of these have an actual.',
    unit: 'short',
    min: 0,
    points: 'always',
    queries: [
      sqlSeries(`
select window_end as time, series.name as metric, series.value as value
from drift_runs,
  lateral (values ('rows', row_count::double precision), ('with an actual', row_count * coverage)) as series (name, value)
where ${ofModel} and segment = '' and series.value is not null and $__timeFilter(window_end)
order by 1, 2
limit 20000`),
    ],
  }),
  table({
    title: 'Rejected rows',
    about: 'Why rows could not be stored: nothing is dropped. The newest example of each reason.',
    queries: [
      sqlRows(`
select stream, reason, count(*) as rows, max(rejected_at) as newest,
  (array_agg(left(content::text, 300) order by rejected_at desc))[1] as example
from rejected_rows
where ${ofModel}
group by stream, reason
order by count(*) desc
limit 100`),
    ],
  }),
];

const quality = [
  series({
    title: 'Missing values',
    about: 'Share of rows without a value, of each drift run.',
    unit: 'percentunit',
    min: 0,
    points: 'always',
    queries: [
      sqlSeries(`
select run.window_end as time, result.column_name as metric, result.statistic as value
${ofRuns} and ${chosenFeature} and result.method = 'missing-ratio' and result.statistic is not null
order by 1, 2
limit 50000`),
    ],
  }),
  series({
    title: 'Values out of range, or never seen',
    about: 'Share of values outside the range of the reference, or of categories that it does not have.',
    unit: 'percentunit',
    min: 0,
    points: 'always',
    queries: [
      sqlSeries(`
select run.window_end as time, result.column_name || ' ' || replace(result.method, '-ratio', '') as metric, result.statistic as value
${ofRuns} and ${chosenFeature} and result.method in ('out-of-range-ratio', 'unseen-ratio', 'invalid-ratio') and result.statistic is not null
order by 1, 2
limit 50000`),
    ],
  }),
  series({
    title: 'Missing and out of range as pushed',
    about: 'What alerts of Prometheus can be made of.',
    unit: 'percentunit',
    min: 0,
    queries: [
      promql(
        'max by (feature) (feature_missing_ratio{model=~"$model",feature=~"$feature"})',
        '{{feature}} missing',
      ),
      promql(
        'max by (feature) (feature_out_of_range_ratio{model=~"$model",feature=~"$feature"})',
        '{{feature}} out of range',
      ),
    ],
  }),
  table({
    title: 'Checks that do not hold',
    about: 'Of the newest window: expectations of the monitor, schema, volume, missing values.',
    span: 12,
    queries: [
      sqlRows(`
select check_name as check, column_name as column, verdict, reason
from quality_results
where ${ofModel} and verdict <> 'ok'
  and window_end = (select max(window_end) from quality_results where ${ofModel} and $__timeFilter(window_end))
order by array_position(array['critical', 'warning', 'insufficient-data'], verdict), 1, 2
limit 200`),
    ],
  }),
];

const drift = [
  timeline({
    title: 'Drift of the features, day by day',
    about: 'What the deciding method of each feature said of each drift run.',
    height: 9,
    queries: [
      sqlSeries(`
select run.window_end as time, result.column_name as metric, result.verdict as value
${ofRuns} and result.subject = 'feature' and ${chosenFeature} and result.deciding and result.question = 'reference'
order by 1, 2
limit 50000`),
    ],
  }),
  series({
    title: 'How far features are from their reference',
    about: 'The effect by the deciding method of each feature, whose threshold is dashed.',
    unit: 'short',
    min: 0,
    points: 'always',
    queries: [
      sqlSeries(`
select run.window_end as time, result.column_name || ' (' || result.method || ')' as metric, result.effect as value
${ofRuns} and result.subject = 'feature' and ${chosenFeature} and result.deciding and result.question = 'reference' and result.effect is not null
order by 1, 2
limit 50000`),
      sqlSeries(`
select run.window_end as time, 'limit of ' || result.column_name as metric, result.threshold as value
${ofRuns} and result.subject = 'feature' and ${chosenFeature} and result.deciding and result.question = 'reference'
  and result.effect is not null and result.threshold is not null
order by 1, 2
limit 50000`),
    ],
  }),
  series({
    title: 'Drift scores as pushed, and the limit of their alert',
    about:
      'DataDriftDetected fires above the limit, which is one for all methods unless limits.yaml says otherwise.',
    unit: 'short',
    min: 0,
    queries: [
      promql('model:drift_score{model=~"$model",feature=~"$feature"}', '{{feature}} ({{method}})'),
      promql('model:limit:drift_score{model=~"$model"}', 'limit'),
    ],
  }),
  series({
    title: 'Drift of predictions, confidence and actuals',
    about: 'What is predicted may move with the features; what is observed may move without them.',
    unit: 'short',
    min: 0,
    points: 'always',
    queries: [
      sqlSeries(`
select run.window_end as time, result.column_name || ' (' || result.method || ')' as metric, result.effect as value
${ofRuns} and result.subject in ('prediction', 'confidence', 'actual') and result.deciding and result.question = 'reference' and result.effect is not null
order by 1, 2
limit 50000`),
    ],
  }),
  series({
    title: 'Rows and requests unlike the reference',
    about:
      'As Tidewatch finds in stored rows, and as the service itself counts. DriftRatioCritical fires above the limit.',
    unit: 'percentunit',
    min: 0,
    queries: [
      promql('model:drift_ratio{model=~"$model"}', 'as {{source}} sees it'),
      promql('model:limit:drift_ratio{model=~"$model"}', 'limit'),
    ],
  }),
  table({
    title: 'Does the drift come with errors?',
    about:
      'Correlation of the drift of each feature with the error of the model, of the newest drift run that looked.',
    queries: [
      sqlRows(`
select feature, metric, related, correlation, adjusted_p_value, window_count as windows, reason
from drift_error_correlations
where ${ofModel} and drift_run_id = (
  select max(drift_run_id) from drift_error_correlations join drift_runs run using (model, drift_run_id)
  where ${ofModel} and $__timeFilter(run.window_end)
)
order by abs(correlation) desc nulls last, feature
limit 200`),
    ],
  }),
];

const distributions = [
  series({
    title: 'Continuous features: quantiles of a day',
    about:
      'Of serving rows. It reads the rows of the time shown: keep it short where there are millions a day.',
    unit: 'short',
    points: 'always',
    span: 24,
    queries: [
      sqlSeries(`
select time, feature || ' p' || round(share * 100) as metric, value
from (
  select date_trunc('day', event_time, 'UTC') as time, feature,
    percentile_cont(array[0.05, 0.5, 0.95]) within group (order by (content #>> '{}')::double precision) as quantiles
  from predictions, jsonb_each(features) as entry (feature, content)
  where ${ofModel} and role = 'serving' and feature in (\${feature:sqlstring}) and jsonb_typeof(content) = 'number' and $__timeFilter(event_time)
  group by 1, 2
) days, unnest(quantiles, array[0.05, 0.5, 0.95]) as quantile (value, share)
order by 1, 2
limit 50000`),
    ],
  }),
  series({
    title: 'Categorical features: shares of a day',
    about:
      'The 20 most frequent categories of the time shown, each as a share of the serving rows that have a value.',
    unit: 'percentunit',
    min: 0,
    points: 'always',
    span: 24,
    queries: [
      sqlSeries(`
with days as (
  select date_trunc('day', event_time, 'UTC') as time, feature, content #>> '{}' as category, count(*) as rows
  from predictions, jsonb_each(features) as entry (feature, content)
  where ${ofModel} and role = 'serving' and feature in (\${feature:sqlstring}) and jsonb_typeof(content) in ('string', 'boolean') and $__timeFilter(event_time)
  group by 1, 2, 3
), frequent as (
  select feature, category from days group by 1, 2 order by sum(rows) desc limit 20
), shares as (
  select time, feature, category, rows / sum(rows) over (partition by time, feature) as share from days
)
select time, feature || ' = ' || category as metric, share as value
from shares
join frequent using (feature, category)
order by 1, 2
limit 50000`),
    ],
  }),
];

export const dataQuality: Dashboard = dashboard({
  uid: 'tidewatch-data-quality',
  title: 'Tidewatch / Data quality',
  about: 'Do the data of one model come, are they whole, and are they as they were?',
  from: 'now-30d',
  variables: [oneModel, featureVariable],
  annotations: modelMarks,
  rows: [
    { title: 'Freshness', panels: freshness },
    { title: 'Volume', panels: volume },
    { title: 'Quality', panels: quality },
    { title: 'Drift', panels: drift },
    { title: 'Distributions', panels: distributions },
  ],
});
