import type { Row } from '../../parts/frame.ts';
import { ofModel } from '../../parts/model-parts.ts';
import { series, table, timeline } from '../../parts/panels.ts';
import { promql, sqlRows, sqlSeries } from '../../parts/queries.ts';
import { levelOf } from '../../parts/verdicts.ts';
import { chosenFeature, ofRuns } from './drift-results.ts';

export const driftRow: Row = {
  title: 'Drift',
  panels: [
    timeline({
      title: 'Drift of the features, day by day',
      about: 'What the deciding method of each feature said of each drift run.',
      height: 9,
      queries: [
        sqlSeries(`
select run.window_end as time, result.column_name as metric, ${levelOf('result.verdict')} as value
${ofRuns} and result.subject = 'feature' and ${chosenFeature} and result.deciding and result.question = 'reference'
order by 1, 2
limit 50000`),
      ],
    }),
    series({
      title: 'How far features are from their reference',
      about: 'The effect by the deciding method of each feature, whose threshold is dashed.',
      unit: 'short',
      min: 0,
      points: 'always',
      queries: [
        sqlSeries(`
select run.window_end as time, result.column_name || ' (' || result.method || ')' as metric, result.effect as value
${ofRuns} and result.subject = 'feature' and ${chosenFeature} and result.deciding and result.question = 'reference' and result.effect is not null
order by 1, 2
limit 50000`),
        sqlSeries(`
select run.window_end as time, 'limit of ' || result.column_name as metric, result.threshold as value
${ofRuns} and result.subject = 'feature' and ${chosenFeature} and result.deciding and result.question = 'reference'
  and result.effect is not null and result.threshold is not null
order by 1, 2
limit 50000`),
      ],
    }),
    series({
      title: 'Drift scores as pushed, and the limit of their alert',
      about:
        'DataDriftDetected fires above the limit, which is one for all methods unless limits.yaml says otherwise.',
      unit: 'short',
      min: 0,
      queries: [
        promql('model:drift_score{model=~"$model",feature=~"$feature"}', '{{feature}} ({{method}})'),
        promql('model:limit:drift_score{model=~"$model"}', 'limit'),
      ],
    }),
    series({
      title: 'Drift of predictions, confidence and actuals',
      about: 'What is predicted may move with the features; what is observed may move without them.',
      unit: 'short',
      min: 0,
      points: 'always',
      queries: [
        sqlSeries(`
select run.window_end as time, result.column_name || ' (' || result.method || ')' as metric, result.effect as value
${ofRuns} and result.subject in ('prediction', 'confidence', 'actual') and result.deciding and result.question = 'reference' and result.effect is not null
order by 1, 2
limit 50000`),
      ],
    }),
    series({
      title: 'Rows and requests unlike the reference',
      about:
        'As Tidewatch finds in stored rows, and as the service itself counts. DriftRatioCritical fires above the limit.',
      unit: 'percentunit',
      min: 0,
      queries: [
        promql('model:drift_ratio{model=~"$model"}', 'as {{source}} sees it'),
        promql('model:limit:drift_ratio{model=~"$model"}', 'limit'),
      ],
    }),
    table({
      title: 'Does the drift come with errors?',
      about:
        'Correlation of the drift of each feature with the error of the model, of the newest drift run that looked.',
      queries: [
        sqlRows(`
select feature, metric, related, correlation, adjusted_p_value, window_count as windows, reason
from drift_error_correlations
where ${ofModel} and drift_run_id = (
  select max(drift_run_id) from drift_error_correlations join drift_runs run using (model, drift_run_id)
  where ${ofModel} and $__timeFilter(run.window_end)
)
order by abs(correlation) desc nulls last, feature
limit 200`),
      ],
    }),
  ],
};
