/** What `export` exports: one query a kind of result, flat, with the provenance of each row. */

import { judgedMetrics } from '../../core/performance/metrics.ts';
import type { Window } from '../../core/window.ts';
import { toTimestamp } from '../../sql/database.ts';
import { identifierSql, textSql } from '../../sql/table-types.ts';

export const exported = ['drift', 'evaluations', 'alerts', 'retrainings'] as const;
export type Exported = (typeof exported)[number];

export interface ExportRange {
  /** Of all models by default. */
  readonly model: string | undefined;
  /** By the end of a window, or the instant that something began for. */
  readonly range: Partial<Window>;
}

const provenance = 'configuration_hash, code_version, workflow_id, run_id, stored_at';

const metrics = judgedMetrics().map(
  (name) => `(metrics ->> ${textSql(name)})::float8 as ${identifierSql(name)}`,
);

const queries: Readonly<
  Record<Exported, { readonly select: string; readonly time: string; readonly order: string }>
> = {
  drift: {
    select: `
      select model, segment, window_start, window_end, as_of, run.verdict as run_verdict, run.reason as run_reason,
        drift_share, quality_verdict, row_count, reference_row_count, coverage, column_name, subject, question, method,
        deciding, result.verdict, result.reason, statistic, p_value, adjusted_p_value, effect, threshold, error_bound, weight,
        reference_rows, current_rows, reference_id, ${provenance}
      from drift_runs run
      join drift_results result using (model, drift_run_id)`,
    time: 'window_end',
    order: 'model, window_end, window_start, segment, column_name, question, method',
  },
  evaluations: {
    select: `
      select model, version, segment, window_start, window_end, as_of, revision, state, gate, verdict, reason,
        sample_size, prediction_count, coverage, ${metrics.join(', ')}, intervals::text as intervals,
        ${provenance}
      from performance_evaluations`,
    time: 'window_end',
    order: 'model, window_end, window_start, version, segment, revision',
  },
  alerts: {
    select: `
      select model, alert_key, episode, kind, subject, severity, state, state_by, state_since, summary, opened_as_of,
        resolved_as_of, told_at, repeats
      from alerts`,
    time: 'opened_as_of',
    order: 'model, opened_as_of, alert_key, episode',
  },
  retrainings: {
    select: `
      select model, retraining_id, state, reason, as_of, champion_version, challenger_version, training_start, training_end,
        holdout_start, holdout_end, helped, cost, promoted_as_of, ended_as_of, started_at, finished_at,
        comparison::text as comparison, verification::text as verification, workflow_id, run_id
      from retraining_runs`,
    time: 'as_of',
    order: 'model, as_of, retraining_id',
  },
};

/** The query of what is exported, in a stable order. */
export function exportQuery(what: Exported, { model, range }: ExportRange): string {
  const { select, time, order } = queries[what];
  const conditions = [
    ...(model === undefined ? [] : [`model = ${textSql(model)}`]),
    ...(range.start === undefined ? [] : [`${time} >= ${textSql(toTimestamp(range.start))}`]),
    ...(range.end === undefined ? [] : [`${time} < ${textSql(toTimestamp(range.end))}`]),
  ];
  const where = conditions.length === 0 ? '' : `\n      where ${conditions.join(' and ')}`;
  return `${select}${where}\n      order by ${order}`;
}
