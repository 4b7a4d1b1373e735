import type { Row } from '../../parts/frame.ts';
import { ofModel } from '../../parts/model-parts.ts';
import { series, table } from '../../parts/panels.ts';
import { promql, sqlRows, sqlSeries } from '../../parts/queries.ts';

const inMetric = "metrics ? '${metric}'";
const metricValue = "(metrics ->> '${metric}')::double precision";

export const performanceRow: Row = {
  title: 'Performance',
  panels: [
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
  ],
};
