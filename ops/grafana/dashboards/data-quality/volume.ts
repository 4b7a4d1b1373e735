import type { Row } from '../../parts/frame.ts';
import { ofModel } from '../../parts/model-parts.ts';
import { series, table } from '../../parts/panels.ts';
import { sqlRows, sqlSeries } from '../../parts/queries.ts';

export const volumeRow: Row = {
  title: 'Volume',
  panels: [
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
  ],
};
