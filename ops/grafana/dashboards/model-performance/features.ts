import type { Row } from '../../parts/frame.ts';
import { bars, series, table } from '../../parts/panels.ts';
import { promqlNow, sqlRows, sqlSeries } from '../../parts/queries.ts';
import { isChosen, ofModel, pages } from '../../parts/model-parts.ts';

export const featuresRow: Row = {
  title: 'Features',
  panels: [
    bars({
      title: 'Importance of the features',
      about: 'To the champion: as its trainer reported, or learned by permutation on outcomes.',
      unit: 'percentunit',
      max: 1,
      queries: [
        promqlNow('sort_desc(max by (feature) (model_feature_importance{model=~"$model"}))', '{{feature}}'),
      ],
    }),
    series({
      title: 'Importance over time',
      about: 'A model that leans on other features than it did has changed, or its world has.',
      unit: 'percentunit',
      min: 0,
      points: 'always',
      queries: [
        sqlSeries(`
select as_of as time, feature || ', version ' || version as metric, importance as value
from feature_importances
where ${ofModel} and $__timeFilter(as_of)
order by 1, 2
limit 20000`),
      ],
    }),
    table({
      title: 'Shifts of importance',
      about: 'What the newest drift runs found against a month before, or against the version before.',
      queries: [
        sqlRows(`
select feature, since, before_version as "version before", version, importance_before as before, importance as now,
  importance - importance_before as change, rank_before as "rank before", rank, run.window_end as until
from importance_shifts shift
join drift_runs run using (model, drift_run_id)
where ${isChosen('shift.model')} and $__timeFilter(run.window_end)
order by run.window_end desc, abs(importance - importance_before) desc
limit 100`),
      ],
    }),
    table({
      title: 'Where the model is weak',
      about: 'Slices of the rows on which it errs more than elsewhere, the newest search.',
      columns: { model: { link: pages.model } },
      queries: [
        sqlRows(`
select slice, metric, value, rest as elsewhere, low, high, row_count as rows, version, reason
from weak_slices
where ${ofModel} and window_end = (select max(window_end) from weak_slices where ${ofModel} and $__timeFilter(window_end))
order by source, rank
limit 50`),
      ],
    }),
  ],
};
