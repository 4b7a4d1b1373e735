import { dayMs } from '../../../core/window.ts';
import { toTimestamp } from '../../../sql/database.ts';
import type { WatchedModel } from './watched-model.ts';

export interface DriftRow {
  readonly end: number;
  readonly length?: number;
  readonly verdict?: string;
  readonly share?: number | null;
  readonly segment?: string;
}

/** Stores a drift run over the 7 days before `end`, or another length; gives its id. */
export async function insertDriftRun(
  { database, model }: WatchedModel,
  { end, length = 7 * dayMs, verdict = 'ok', share = 0.25, segment = '' }: DriftRow,
): Promise<number> {
  const [row] = await database.query<{ id: number }>(
    `insert into drift_runs (model, segment, window_start, window_end, reference_id, as_of, verdict, reason, drift_share,
       judged_features, drifted_features, out_of_distribution_ratio, row_count, reference_row_count, configuration_hash,
       code_version, workflow_id, run_id)
     values ($1, $2, $3, $4, 'r', $4, $5, '', $6, 4, '{}', 0.125, 10, 10, 'h', 'v', 'w', 'r')
     returning drift_run_id as id`,
    [model, segment, toTimestamp(end - length), toTimestamp(end), verdict, share],
  );
  return row!.id;
}
