/** Reads outcomes and stores evaluations. */

import type { Window } from '../../core/window.ts';
import type { Queryable } from '../../sql/database.ts';
import { toTimestamp } from '../../sql/database.ts';
import type { Provenance } from '../processes/provenance.ts';

export interface OutcomeRow extends Record<string, unknown> {
  readonly event_time: number;
  readonly version: string;
  readonly prediction: number | null;
  readonly predicted_class: string | null;
  readonly probabilities: Readonly<Record<string, number>> | null;
  readonly actual: number | null;
  readonly actual_class: string | null;
}

/** The serving outcomes of a window, in order of event time. */
export function readOutcomes(connection: Queryable, model: string, window: Window): Promise<OutcomeRow[]> {
  return connection.query<OutcomeRow>(
    `select event_time, version, prediction, predicted_class, probabilities, actual, actual_class
     from outcomes
     where model = $1 and event_time >= $2 and event_time < $3 and role = 'serving'
     order by event_time, prediction_id`,
    [model, toTimestamp(window.start), toTimestamp(window.end)],
  );
}

export interface ServingCount extends Record<string, unknown> {
  readonly hour: number;
  readonly version: string;
  readonly rows: number;
}

/** How many serving predictions each hour of a window has, by version. */
export function countPredictions(
  connection: Queryable,
  model: string,
  window: Window,
): Promise<ServingCount[]> {
  return connection.query<ServingCount>(
    `select date_trunc('hour', event_time) as hour, version, count(*) as rows
     from predictions
     where model = $1 and event_time >= $2 and event_time < $3 and role = 'serving'
     group by 1, 2
     order by 1, 2`,
    [model, toTimestamp(window.start), toTimestamp(window.end)],
  );
}

/** The marks of hours whose outcomes changed since they were evaluated. */
export async function readEvaluationMarks(
  connection: Queryable,
  model: string,
): Promise<{ hours: number[]; generations: number[] }> {
  const rows = await connection.query<{ window_start: number; generation: number }>(
    `select window_start, generation from dirty_windows where model = $1 and stage in ('summaries', 'evaluations')`,
    [model],
  );
  return { hours: rows.map((row) => row.window_start), generations: rows.map((row) => row.generation) };
}

/** Deletes exactly the marks that were read. */
export async function clearEvaluationMarks(
  connection: Queryable,
  model: string,
  generations: readonly number[],
): Promise<void> {
  if (generations.length === 0) return;
  await connection.execute(
    `delete from dirty_windows where model = $1 and stage in ('summaries', 'evaluations') and generation = any($2)`,
    [model, generations],
  );
}

/** The stored windows that contain any of these hours. */
export async function findEvaluatedWindows(
  connection: Queryable,
  model: string,
  hours: readonly number[],
): Promise<Window[]> {
  if (hours.length === 0) return [];
  const rows = await connection.query<{ window_start: number; window_end: number }>(
    `select distinct window_start, window_end
     from performance_evaluations
     join unnest($2::timestamptz[]) as dirty (hour) on dirty.hour >= window_start and dirty.hour < window_end
     where model = $1`,
    [model, hours.map(toTimestamp)],
  );
  return rows.map((row) => ({ start: row.window_start, end: row.window_end }));
}

/** The windows with a provisional evaluation that end at or before an instant. */
export async function findProvisionalWindows(
  connection: Queryable,
  model: string,
  endingBy: number,
): Promise<Window[]> {
  const rows = await connection.query<{ window_start: number; window_end: number }>(
    `select distinct window_start, window_end
     from latest_performance_evaluations
     where model = $1 and state = 'provisional' and window_end <= $2`,
    [model, toTimestamp(endingBy)],
  );
  return rows.map((row) => ({ start: row.window_start, end: row.window_end }));
}

export interface StoredEvaluation {
  readonly model: string;
  readonly version: string;
  readonly window: Window;
  readonly asOf: number;
  readonly state: 'provisional' | 'final';
  readonly verdict: string;
  readonly reason: string;
  readonly metrics: Readonly<Record<string, number>>;
  readonly details: unknown;
  readonly sampleSize: number;
  readonly predictionCount: number;
  readonly coverage: number | null;
  readonly contentHash: string;
  readonly provenance: Provenance;
}

/** Stores an evaluation as a new revision when its content differs from the newest one; says whether it did. */
export async function storeEvaluation(
  connection: Queryable,
  evaluation: StoredEvaluation,
): Promise<'first' | 'restated' | 'unchanged'> {
  const { model, version, window, provenance } = evaluation;
  const key = [model, version, toTimestamp(window.start), toTimestamp(window.end)];
  const [newest] = await connection.query<{ revision: number; content_hash: string; state: string }>(
    `select revision, content_hash, state
     from latest_performance_evaluations
     where model = $1 and version = $2 and segment = '' and window_start = $3 and window_end = $4`,
    key,
  );
  if (newest?.content_hash === evaluation.contentHash) {
    if (newest.state !== evaluation.state && evaluation.state === 'final') {
      await connection.execute(
        `update performance_evaluations set state = 'final'
         where model = $1 and version = $2 and segment = '' and window_start = $3 and window_end = $4 and revision = $5`,
        [...key, newest.revision],
      );
    }
    return 'unchanged';
  }
  await connection.execute(
    `insert into performance_evaluations (
       model, version, window_start, window_end, revision, as_of, state, verdict, reason, metrics, details,
       sample_size, prediction_count, coverage, content_hash, configuration_hash, code_version, workflow_id, run_id)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)`,
    [
      ...key,
      (newest?.revision ?? 0) + 1,
      toTimestamp(evaluation.asOf),
      // Restated by a run that makes up an earlier day, it does not become provisional again.
      newest?.state === 'final' ? 'final' : evaluation.state,
      evaluation.verdict,
      evaluation.reason,
      JSON.stringify(evaluation.metrics),
      JSON.stringify(evaluation.details),
      evaluation.sampleSize,
      evaluation.predictionCount,
      evaluation.coverage,
      evaluation.contentHash,
      provenance.configurationHash,
      provenance.codeVersion,
      provenance.workflowId,
      provenance.runId,
    ],
  );
  return newest === undefined ? 'first' : 'restated';
}
