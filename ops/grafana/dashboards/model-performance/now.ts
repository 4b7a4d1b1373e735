import type { Row } from '../../parts/frame.ts';
import { ofModel } from '../../parts/model-parts.ts';
import { number, word } from '../../parts/panels.ts';
import { promqlNow, sqlRows } from '../../parts/queries.ts';

export const nowRow: Row = {
  title: 'Now',
  panels: [
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
      queries: [
        promqlNow('sum by (helped) (model_retrainings_promoted_total{model=~"$model"})', '{{helped}}'),
      ],
      span: 8,
    }),
    number({
      title: 'Retrainings',
      about: 'How many have been started.',
      unit: 'short',
      queries: [promqlNow('max(model_retrainings_total{model=~"$model"})', 'retrainings')],
    }),
  ],
};
