import type { Row } from '../../parts/frame.ts';
import { ofModel } from '../../parts/model-parts.ts';
import { histogram, series } from '../../parts/panels.ts';
import { promql, sqlRows, sqlSeries } from '../../parts/queries.ts';

export const predictionsRow: Row = {
  title: 'Predictions and confidence',
  panels: [
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
      about:
        'Of the newest 50,000 serving rows of the time shown, beside the actuals of those that have one.',
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
  ],
};
