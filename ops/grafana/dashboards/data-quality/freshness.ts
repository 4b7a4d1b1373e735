import type { Row } from '../../parts/frame.ts';
import { ofModel } from '../../parts/model-parts.ts';
import { number, series, word } from '../../parts/panels.ts';
import { promql, promqlNow, sqlRows } from '../../parts/queries.ts';

export const freshnessRow: Row = {
  title: 'Freshness',
  panels: [
    number({
      title: 'Since the newest row',
      about:
        'Of each stream: when the newest prediction was issued, and when the newest actual was recorded.',
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
  ],
};
