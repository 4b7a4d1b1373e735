/** A monitor as it is in effect, and what its newest drift run held each column against. */

import { monitorSchema, type Monitor } from '../../../core/monitor/schema.ts';
import type { Question } from '../../../core/drift/answer.ts';
import type { Queryable } from '../../../sql/database.ts';
import type { Asked } from '../../server/page.ts';

/** What decided on a column. */
export interface DecidedColumn {
  readonly column: string;
  readonly method: string;
  readonly question: Question;
  readonly threshold: number | null;
  /** What the answer was held against (`heldAgainst` of core/drift/answer.ts); null where the threshold alone decides. */
  readonly details: unknown;
  readonly reason: string;
}

export interface LoadedMonitor {
  readonly model: string;
  /** As it is stored. */
  readonly configuration: unknown;
  readonly hash: string;
  readonly appliedAt: number;
  /** Absent where another version of Tidewatch has stored it. */
  readonly monitor?: Monitor;
  readonly decided: readonly DecidedColumn[];
  readonly decidedAt: number | null;
}

export async function loadMonitor({ connection, parameters }: Asked): Promise<LoadedMonitor | undefined> {
  const model = parameters['model'] ?? '';
  if (model.includes('\0')) return undefined;
  const [stored] = await connection.query<{ configuration: unknown; hash: string; appliedAt: number }>(
    'select configuration, configuration_hash as hash, applied_at as "appliedAt" from monitors where model = $1',
    [model],
  );
  if (stored === undefined) return undefined;
  const monitor = monitorSchema.safeParse(stored.configuration).data;
  const run = await findNewestRun(connection, model);
  return {
    model,
    ...stored,
    ...(monitor && { monitor }),
    decided: run === undefined ? [] : await readDecided(connection, model, run.id),
    decidedAt: run?.windowEnd ?? null,
  };
}

async function findNewestRun(
  connection: Queryable,
  model: string,
): Promise<{ readonly id: number; readonly windowEnd: number } | undefined> {
  const [row] = await connection.query<{ id: number; windowEnd: number }>(
    `select drift_run_id as id, window_end as "windowEnd" from drift_runs
     where model = $1 and segment = '' order by window_end desc, window_start limit 1`,
    [model],
  );
  return row;
}

function readDecided(connection: Queryable, model: string, run: number): Promise<DecidedColumn[]> {
  return connection.query<DecidedColumn & Record<string, unknown>>(
    `select column_name as "column", method, question, threshold, details, reason
     from drift_results where model = $1 and drift_run_id = $2 and deciding and subject <> 'multivariate'
     order by column_name limit 500`,
    [model, run],
  );
}
