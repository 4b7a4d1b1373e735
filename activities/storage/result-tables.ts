/** Where results are, and how old a row of them is. */

import type { Window } from '../../core/window.ts';
import type { Queryable } from '../../sql/database.ts';
import { toTimestamp } from '../../sql/database.ts';

interface ResultTable {
  readonly table: string;
  /** What a row is about ends here; of rows about an hour or a day, it begins here, and where `from` is something else its last hour does. */
  readonly at: string;
  /** Where what it is about begins: rows that overlap what is kept stay. Absent: none does. */
  readonly from?: string;
  /** Which rows may go at all. */
  readonly where?: string;
  /** On a reference: what is kept is kept of those only that somebody can ask for. */
  readonly ofReference?: true;
}

const ofWindow = { at: 'window_end', from: 'window_start' } as const;

/** Those that others refer to come after these. What refers to a run, an alert or a report goes with it. */
const resultTables: readonly ResultTable[] = [
  { table: 'drift_runs', ...ofWindow },
  { table: 'quality_results', ...ofWindow },
  { table: 'performance_comparisons', ...ofWindow },
  { table: 'weak_slices', ...ofWindow },
  { table: 'compared_windows', ...ofWindow },
  { table: 'performance_estimates', ...ofWindow },
  { table: 'performance_evaluations', ...ofWindow },
  { table: 'degradation_checks', at: 'window_end' },
  { table: 'reports', ...ofWindow },
  { table: 'feature_importances', at: 'as_of' },
  { table: 'alerts', at: 'resolved_as_of', where: `state = 'resolved'` },
  { table: 'outcome_summaries', at: 'hour', from: 'hour' },
  // That of a fixed reference was learned from hours before its end.
  { table: 'calibrations', at: 'before', from: `before - interval '1 hour'`, ofReference: true },
  { table: 'profiles', at: 'hour', from: 'hour', ofReference: true },
  {
    table: 'rolled_up_days',
    // A week goes as one.
    at: `date_trunc(summed_by, day, 'UTC') + case when summed_by = 'week' then interval '167 hours' else interval '23 hours' end`,
    from: `date_trunc(summed_by, day, 'UTC')`,
    ofReference: true,
  },
  { table: 'profile_weeks', at: `week + interval '167 hours'`, from: 'week', ofReference: true },
  { table: 'profile_days', at: 'day', from: 'day', ofReference: true },
  { table: 'profiled_hours', at: 'hour', from: 'hour', ofReference: true },
  { table: 'column_groups', at: 'hour', from: 'hour', ofReference: true },
  {
    table: 'model_references',
    // That of training statistics has no window.
    at: 'coalesce(window_end, built_at)',
    from: 'coalesce(window_start, built_at)',
    ofReference: true,
    where: `not exists (
      select from drift_runs run where run.model = $1 and run.reference_id = candidate.reference_id)`,
  },
];

export interface OldResults {
  readonly model: string;
  readonly before: number;
  /** Rows about these stay. */
  readonly kept: readonly Window[];
}

/** A superseded reference has no run any more, once all that it had are too old; the page of a run shows its profiles. */
const isAsked = `and exists (
  select from model_references asked
  where asked.model = $1 and asked.reference_id = candidate.reference_id and (
    asked.built_at >= $2 or exists (
      select from drift_runs run where run.model = $1 and run.reference_id = candidate.reference_id)))`;

const old = ({ at, from, where, ofReference }: ResultTable): string =>
  `model = $1 and ${at} < $2 ${where === undefined ? '' : `and ${where}`} ${
    from === undefined
      ? ''
      : `and not exists (
           select from unnest($3::timestamptz[], $4::timestamptz[]) as kept (kept_from, kept_until)
           where ${from} < kept_until and ${at} ${at === from ? '>=' : '>'} kept_from ${ofReference ? isAsked : ''})`
  }`;

const parametersOf = ({ from }: ResultTable, { model, before, kept }: OldResults): unknown[] => [
  model,
  toTimestamp(before),
  ...(from === undefined
    ? []
    : [kept.map(({ start }) => toTimestamp(start)), kept.map(({ end }) => toTimestamp(end))]),
];

export interface RemovableTable {
  readonly table: string;
  /** How many rows are old enough. */
  readonly count: (connection: Queryable, results: OldResults) => Promise<number>;
  /** Deletes at most so many of them; gives how many these were. */
  readonly remove: (connection: Queryable, results: OldResults, atMost: number) => Promise<number>;
}

/** In the order in which they are removed. */
export const removableTables: readonly RemovableTable[] = resultTables.map((of) => ({
  table: of.table,
  count: async (connection, results) => {
    const [row] = await connection.query<{ rows: number }>(
      `select count(*) as rows from ${of.table} candidate where ${old(of)}`,
      parametersOf(of, results),
    );
    return row!.rows;
  },
  remove: (connection, results, atMost) => {
    const parameters = parametersOf(of, results);
    return connection.execute(
      `delete from ${of.table} where model = $1 and ctid = any (array(
           select ctid from ${of.table} candidate where ${old(of)} limit $${parameters.length + 1}))`,
      [...parameters, atMost],
    );
  },
}));
