/** Stores what a drift run found about importances, as flat rows. */

import type { Queryable } from '../../sql/database.ts';
import { toTimestamp } from '../../sql/database.ts';
import type { WindowImportances } from './find-importances.ts';

interface RunKey {
  readonly model: string;
  readonly driftRunId: number;
}

/** Stores the findings of a run, or that there are none, in the place of earlier ones. */
export async function storeImportanceFindings(
  connection: Queryable,
  run: RunKey,
  found: WindowImportances | undefined,
): Promise<void> {
  for (const table of ['importance_shifts', 'drift_error_correlations']) {
    await connection.execute(`delete from ${table} where model = $1 and drift_run_id = $2`, [
      run.model,
      run.driftRunId,
    ]);
  }
  if (found === undefined) return;
  await storeShifts(connection, run, found);
  await storeCorrelations(connection, run, found);
}

async function storeShifts(
  connection: Queryable,
  { model, driftRunId }: RunKey,
  { shifts }: WindowImportances,
): Promise<void> {
  for (const { since, before, after, shift } of shifts) {
    const { features } = shift;
    await connection.execute(
      `insert into importance_shifts (model, drift_run_id, since, source, before_version, before_as_of, version, as_of,
         feature, importance_before, rank_before, importance, rank)
       select $1, $2, $3, $4, $5, $6, $7, $8, moved.*
       from unnest($9::text[], $10::float8[], $11::int[], $12::float8[], $13::int[]) as moved`,
      [
        model,
        driftRunId,
        since,
        after.source,
        before.version,
        toTimestamp(before.asOf),
        after.version,
        toTimestamp(after.asOf),
        features.map(({ feature }) => feature),
        features.map((feature) => feature.before),
        features.map(({ rankBefore }) => rankBefore),
        features.map((feature) => feature.after),
        features.map(({ rankAfter }) => rankAfter),
      ],
    );
  }
}

async function storeCorrelations(
  connection: Queryable,
  { model, driftRunId }: RunKey,
  { metric, driftAndError }: WindowImportances,
): Promise<void> {
  if (driftAndError.length === 0) return;
  await connection.execute(
    `insert into drift_error_correlations (model, drift_run_id, metric, feature, related, correlation, p_value,
       adjusted_p_value, window_count, reason)
     select $1, $2, $3, found.*
     from unnest($4::text[], $5::text[], $6::float8[], $7::float8[], $8::float8[], $9::int[], $10::text[]) as found`,
    [
      model,
      driftRunId,
      metric,
      driftAndError.map(({ feature }) => feature),
      driftAndError.map(({ related }) => related),
      driftAndError.map(({ correlation }) => correlation),
      driftAndError.map(({ pValue }) => pValue),
      driftAndError.map(({ adjustedPValue }) => adjustedPValue),
      driftAndError.map(({ windows }) => windows),
      driftAndError.map(({ reason }) => reason),
    ],
  );
}
