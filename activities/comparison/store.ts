/** Stores what was compared, and knows what it was compared from. */

import type { Window } from '../../core/window.ts';
import { dayMs } from '../../core/window.ts';
import type { Queryable } from '../../sql/database.ts';
import { toTimestamp } from '../../sql/database.ts';
import type { Provenance } from '../processes/provenance.ts';
import type { Comparison } from './compare-window.ts';
import type { FoundSlice, Search } from './find-slices.ts';

/** What was compared of one window. */
export interface WindowComparisons {
  readonly model: string;
  readonly window: Window;
  readonly asOf: number;
  readonly outcomes: number;
  readonly comparedFrom: string;
  readonly searches: Readonly<Record<string, Search>>;
  readonly comparisons: readonly Comparison[];
  readonly slices: readonly FoundSlice[];
  readonly provenance: Provenance;
}

/** Baselines look back so far. */
const longestLag = 7 * dayMs;

/**
 * A hash of the outcomes that a window is compared from: its own, and those before it that baselines look at. Cost: a million
 * outcomes take about a second.
 */
export async function hashOutcomes(
  connection: Queryable,
  model: string,
  { start, end }: Window,
): Promise<string> {
  const from = start - Math.max(longestLag, end - start);
  const [row] = await connection.query<{ hash: string }>(
    `select md5(concat_ws(':', count(*), sum(hashint8extended(prediction_id, 0)::numeric),
       sum(hashtextextended(version || role, prediction_id)::numeric),
       sum(hashfloat8extended(coalesce(prediction, 'NaN'), prediction_id)::numeric),
       sum(hashfloat8extended(coalesce(actual, 'NaN'), prediction_id)::numeric),
       sum(hashtextextended(coalesce(predicted_class, ''), prediction_id)::numeric),
       sum(hashtextextended(coalesce(actual_class, ''), prediction_id)::numeric),
       sum(jsonb_hash_extended(coalesce(probabilities, 'null'), prediction_id)::numeric))) as hash
     from outcomes
     where model = $1 and event_time >= $2 and event_time < $3`,
    [model, toTimestamp(from), toTimestamp(end)],
  );
  return row!.hash;
}

/** The compared windows that end within a range, its end included. */
export async function listComparedWindows(
  connection: Queryable,
  model: string,
  { start, end }: Window,
): Promise<Window[]> {
  const rows = await connection.query<{ window_start: number; window_end: number }>(
    `select window_start, window_end
     from compared_windows
     where model = $1 and window_end > $2 and window_end <= $3
     order by window_end, window_start`,
    [model, toTimestamp(start), toTimestamp(end)],
  );
  return rows.map((row) => ({ start: row.window_start, end: row.window_end }));
}

/** What a window was compared from; undefined where it has not been compared. */
export async function findComparedFrom(
  connection: Queryable,
  model: string,
  window: Window,
): Promise<string | undefined> {
  const [row] = await connection.query<{ compared_from: string }>(
    `select compared_from from compared_windows where model = $1 and window_start = $2 and window_end = $3`,
    [model, toTimestamp(window.start), toTimestamp(window.end)],
  );
  return row?.compared_from;
}

/** Stores the comparisons of a window in the place of earlier ones. */
export async function storeComparisons(connection: Queryable, compared: WindowComparisons): Promise<void> {
  const { model, window, provenance } = compared;
  const key = [model, toTimestamp(window.start), toTimestamp(window.end)];
  await connection.execute(
    `insert into compared_windows (
       model, window_start, window_end, as_of, outcome_count, searches, compared_from, configuration_hash, code_version,
       workflow_id, run_id)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
     on conflict (model, window_start, window_end) do update set
       as_of = excluded.as_of, outcome_count = excluded.outcome_count, searches = excluded.searches,
       compared_from = excluded.compared_from, configuration_hash = excluded.configuration_hash,
       code_version = excluded.code_version, workflow_id = excluded.workflow_id, run_id = excluded.run_id,
       stored_at = excluded.stored_at`,
    [
      ...key,
      toTimestamp(compared.asOf),
      compared.outcomes,
      JSON.stringify(compared.searches),
      compared.comparedFrom,
      provenance.configurationHash,
      provenance.codeVersion,
      provenance.workflowId,
      provenance.runId,
    ],
  );
  await storeDifferences(connection, key, compared.comparisons);
  await storeSlices(connection, key, compared.slices);
}

async function storeDifferences(
  connection: Queryable,
  key: readonly unknown[],
  comparisons: readonly Comparison[],
): Promise<void> {
  const rows = comparisons.map((one) => ({ ...one, ...numbersOf(one) }));
  const each = (column: keyof (typeof rows)[number]): unknown[] => rows.map((row) => row[column]);
  await connection.execute(
    `delete from performance_comparisons where model = $1 and window_start = $2 and window_end = $3`,
    key,
  );
  await connection.execute(
    `insert into performance_comparisons (
       model, window_start, window_end, kind, subject, against, metric, verdict, reason, value, against_value, difference, low,
       high, p_value, row_count, against_row_count, left_out, details)
     select $1, $2, $3, compared.*
     from unnest($4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::float8[], $11::float8[],
       $12::float8[], $13::float8[], $14::float8[], $15::float8[], $16::bigint[], $17::bigint[], $18::bigint[],
       $19::jsonb[]) as compared`,
    [
      ...key,
      each('kind'),
      each('subject'),
      each('against'),
      each('metric'),
      each('verdict'),
      each('reason'),
      each('value'),
      each('againstValue'),
      each('difference'),
      each('low'),
      each('high'),
      each('pValue'),
      each('rows'),
      each('againstRows'),
      each('leftOut'),
      rows.map(({ details }) => JSON.stringify(details)),
    ],
  );
}

/** The numbers of a comparison; null where they are not computable. */
function numbersOf({
  found,
}: Comparison): Readonly<
  Record<'value' | 'againstValue' | 'difference' | 'low' | 'high' | 'pValue', number | null>
> {
  const none = { low: null, high: null, pValue: null };
  if ('notComputable' in found) return { value: null, againstValue: null, difference: null, ...none };
  const { value, against: againstValue, difference, certainty } = found;
  if ('notComputable' in certainty) return { value, againstValue, difference, ...none };
  const { low, high, pValue } = certainty;
  return { value, againstValue, difference, low, high, pValue };
}

async function storeSlices(
  connection: Queryable,
  key: readonly unknown[],
  slices: readonly FoundSlice[],
): Promise<void> {
  const each = (column: keyof FoundSlice): unknown[] => slices.map((slice) => slice[column]);
  await connection.execute(
    `delete from weak_slices where model = $1 and window_start = $2 and window_end = $3`,
    key,
  );
  await connection.execute(
    `insert into weak_slices (
       model, window_start, window_end, version, source, slice, rank, conditions, metric, reason, value, rest, low, high,
       p_value, adjusted_p_value, row_count)
     select $1, $2, $3, found.*
     from unnest($4::text[], $5::text[], $6::text[], $7::integer[], $8::jsonb[], $9::text[], $10::text[], $11::float8[],
       $12::float8[], $13::float8[], $14::float8[], $15::float8[], $16::float8[], $17::bigint[]) as found`,
    [
      ...key,
      each('version'),
      each('source'),
      each('slice'),
      each('rank'),
      slices.map(({ conditions }) => JSON.stringify(conditions)),
      each('loss'),
      each('reason'),
      each('value'),
      each('rest'),
      each('low'),
      each('high'),
      each('pValue'),
      each('adjustedPValue'),
      each('rows'),
    ],
  );
}
