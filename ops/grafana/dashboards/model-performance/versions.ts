import type { Row } from '../../parts/frame.ts';
import { ofModel } from '../../parts/model-parts.ts';
import { series, table } from '../../parts/panels.ts';
import { promql, sqlRows, sqlSeries } from '../../parts/queries.ts';

export const versionsRow: Row = {
  title: 'Versions and baselines',
  panels: [
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
  ],
};
