/** What several dashboards of models share: the choice of a model, marks of what happened to it, its alerts with their runbooks. */

import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import type { AnnotationQuery, VariableModel } from '@grafana/grafana-foundation-sdk/dashboard';

import { alertKinds } from '../../../core/alert/alert.ts';
import { runbookOf } from '../../../core/alert/runbooks.ts';
import { marks, sqlVariable } from './frame.ts';

const allModels = 'select model from monitors order by model';

export const oneModel: Builder<VariableModel> = sqlVariable(
  { name: 'model', label: 'Model', several: 'one' },
  allModels,
);
export const manyModels: Builder<VariableModel> = sqlVariable(
  { name: 'model', label: 'Models', several: 'many' },
  allModels,
);

/** A condition on a column, in SQL: one of the chosen models, whatever characters their names have. */
export const isChosen = (column: string): string => `${column} in (\${model:sqlstring})`;

/** The same of the usual column. */
export const ofModel: string = isChosen('model');

const promotions = marks(
  'Promotions',
  'blue',
  `
select promoted_as_of as time,
  model || ': version ' || challenger_version || ' promoted (' || reason || ')' as text,
  'promotion' as tags
from retraining_runs
where ${ofModel} and promoted_as_of is not null and $__timeFilter(promoted_as_of)
order by promoted_as_of
limit 500`,
);

/** From when an alert opened to when it was resolved. */
const alertSpans = marks(
  'Alerts',
  'red',
  `
select opened_as_of as time, coalesce(resolved_as_of, $__timeTo()::timestamptz) as timeend,
  model || ': ' || summary as text,
  kind || ',' || severity as tags
from alerts
where ${ofModel} and opened_as_of <= $__timeTo() and (resolved_as_of is null or resolved_as_of >= $__timeFrom())
order by opened_as_of
limit 500`,
);

export const modelMarks: readonly Builder<AnnotationQuery>[] = [promotions, alertSpans];

/** The file of an alert's runbook, in SQL. */
export const runbookColumn: string = `case kind
${alertKinds.map((kind) => `    when '${kind}' then '${runbookOf(kind).replace('.md', '')}'`).join('\n')}
  end as runbook`;

/** Where a click on a column of that name leads. */
export const pages = {
  model: '${console}/models/${__data.fields.model:percentencode}',
  alert: '${console}/alerts/${__data.fields.alert:percentencode}',
  retraining: '${console}/retrainings/${__data.fields.retraining:percentencode}',
  runbook: '${worker}/runbooks/${__data.fields.runbook:percentencode}',
} as const;
