import type { Row } from '../../parts/frame.ts';
import { ofModel } from '../../parts/model-parts.ts';
import { series } from '../../parts/panels.ts';
import { promql, sqlSeries } from '../../parts/queries.ts';

export const feedbackRow: Row = {
  title: 'Feedback',
  panels: [
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
  ],
};
