import type { Row } from '../../parts/frame.ts';
import { ofModel } from '../../parts/model-parts.ts';
import { series } from '../../parts/panels.ts';
import { sqlSeries } from '../../parts/queries.ts';

export const distributionsRow: Row = {
  title: 'Distributions',
  panels: [
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
  ],
};
