import type { Row } from '../../parts/frame.ts';
import { ofModel } from '../../parts/model-parts.ts';
import { series, table } from '../../parts/panels.ts';
import { promql, sqlRows, sqlSeries } from '../../parts/queries.ts';
import { chosenFeature, ofRuns } from './drift-results.ts';

export const qualityRow: Row = {
  title: 'Quality',
  panels: [
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
  ],
};
