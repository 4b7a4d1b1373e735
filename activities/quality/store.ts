/** Stores the checks of windows. */

import type { QualityCheck } from '../../core/quality/check.ts';
import type { Window } from '../../core/window.ts';
import type { Queryable } from '../../sql/database.ts';
import { toTimestamp } from '../../sql/database.ts';
import type { Provenance } from '../processes/provenance.ts';

export interface QualityRun {
  readonly model: string;
  readonly window: Window;
  readonly checks: readonly QualityCheck[];
  readonly provenance: Provenance;
}

/**
 * Stores the checks of a window in the place of earlier ones; what is not checked any more is forgotten. A check that says
 * the same keeps its row, and so its provenance.
 */
export async function storeQuality(connection: Queryable, run: QualityRun): Promise<void> {
  const { model, window, checks, provenance } = run;
  const key = [model, toTimestamp(window.start), toTimestamp(window.end)];
  const names = checks.map(({ check }) => check);
  const columns = checks.map(({ column }) => column);
  await connection.execute(
    `delete from quality_results
     where model = $1 and window_start = $2 and window_end = $3
       and (check_name, column_name) not in (select * from unnest($4::text[], $5::text[]))`,
    [...key, names, columns],
  );
  await connection.execute(
    `insert into quality_results (
       model, window_start, window_end, check_name, column_name, verdict, reason, counts,
       configuration_hash, code_version, workflow_id, run_id)
     select $1, $2, $3, result.*, $9, $10, $11, $12
     from unnest($4::text[], $5::text[], $6::text[], $7::text[], $8::jsonb[]) as result
     on conflict (model, window_start, window_end, check_name, column_name) do update set
       verdict = excluded.verdict, reason = excluded.reason, counts = excluded.counts,
       configuration_hash = excluded.configuration_hash, code_version = excluded.code_version,
       workflow_id = excluded.workflow_id, run_id = excluded.run_id
     where (quality_results.verdict, quality_results.reason, quality_results.counts, quality_results.configuration_hash)
       is distinct from (excluded.verdict, excluded.reason, excluded.counts, excluded.configuration_hash)`,
    [
      ...key,
      names,
      columns,
      checks.map(({ verdict }) => verdict.level),
      checks.map(({ verdict }) => verdict.reason),
      checks.map(({ counts }) => JSON.stringify(counts)),
      provenance.configurationHash,
      provenance.codeVersion,
      provenance.workflowId,
      provenance.runId,
    ],
  );
}

/** The stored checks of a window: whole rows first, then by column and check. */
export async function readQuality(
  connection: Queryable,
  model: string,
  window: Window,
): Promise<QualityCheck[]> {
  const rows = await connection.query<Record<keyof QualityCheck | 'level' | 'reason', never>>(
    `select check_name as "check", column_name as "column", verdict as level, reason, counts
     from quality_results
     where model = $1 and window_start = $2 and window_end = $3
     order by column_name collate "C", check_name collate "C"`,
    [model, toTimestamp(window.start), toTimestamp(window.end)],
  );
  return rows.map(({ check, column, level, reason, counts }) => ({
    check,
    column,
    verdict: { level, reason },
    counts,
  }));
}
