/** What one run of a workflow has stored, and from what. */

import type { Level } from '../../../core/verdict.ts';
import type { Window } from '../../../core/window.ts';
import type { Queryable } from '../../../sql/database.ts';
import type { Asked } from '../../server/page.ts';

/** Of one kind of result, a run has stored at most a few hundred windows. */
const mostResults = 100;

interface Stored {
  readonly window: Window;
  readonly asOf: number;
  readonly level: Level;
  readonly reason: string;
  /** SHA-256 of the monitor that it was computed with. */
  readonly configurationHash: string;
  readonly codeVersion: string;
}

export interface StoredDrift extends Stored {
  readonly referenceId: string;
  readonly rows: number;
  readonly referenceRows: number;
  readonly coverage: number | null;
}

export interface StoredEvaluation extends Stored {
  readonly version: string;
  readonly segment: string;
  readonly revision: number;
  readonly state: string;
  readonly predictions: number;
  readonly outcomes: number;
  readonly coverage: number | null;
}

export interface ToldEvent {
  readonly key: string;
  readonly event: string;
  readonly severity: string;
  readonly summary: string;
}

export interface LoadedRun {
  readonly workflowId: string;
  readonly runId: string;
  /** Absent where no model that is known is named in the workflow id. */
  readonly model?: string;
  /** Of the monitor as it is applied now; absent where nobody watches the model. */
  readonly appliedHash?: string;
  readonly drift: readonly StoredDrift[];
  readonly evaluations: readonly StoredEvaluation[];
  readonly checks: readonly Stored[];
  readonly alerts: readonly ToldEvent[];
}

/** The model is in the workflow id (`drift-detection:bikes-2026-11-29T03:00:00Z`), or in the query where a person chose the id. */
export async function loadRun({ connection, parameters, query }: Asked): Promise<LoadedRun | undefined> {
  const { workflowId = '', runId = '' } = parameters;
  const given = query.get('model');
  if (`${workflowId}${runId}${given ?? ''}`.includes('\0')) return undefined;
  const model = given ?? (await findModel(connection, workflowId));
  const run = { workflowId, runId };
  if (model === undefined) return { ...run, drift: [], evaluations: [], checks: [], alerts: [] };
  const key = [model, workflowId, runId];
  const [appliedHash, drift, evaluations, checks, alerts] = await Promise.all([
    findAppliedHash(connection, model),
    readDrift(connection, key),
    readEvaluations(connection, key),
    readChecks(connection, key),
    readAlerts(connection, key),
  ]);
  return {
    ...run,
    model,
    ...(appliedHash !== undefined && { appliedHash }),
    drift,
    evaluations,
    checks,
    alerts,
  };
}

/** The longest known name behind the process: `a` is a part of the name `a-b`. */
async function findModel(connection: Queryable, workflowId: string): Promise<string | undefined> {
  const [row] = await connection.query<{ model: string }>(
    `select model from (select model from monitors union select model from process_watermarks) known
     where strpos($1, ':' || model) > 0
     order by length(model) desc limit 1`,
    [workflowId],
  );
  return row?.model;
}

async function findAppliedHash(connection: Queryable, model: string): Promise<string | undefined> {
  const [row] = await connection.query<{ hash: string }>(
    'select configuration_hash as hash from monitors where model = $1',
    [model],
  );
  return row?.hash;
}

const stored = `window_start as start, window_end as "end", as_of as "asOf", verdict as level, reason,
  configuration_hash as "configurationHash", code_version as "codeVersion"`;

type Flat<T extends Stored> = Omit<T, 'window'> & Window & Record<string, unknown>;

function nested<T extends Stored>(rows: readonly Flat<T>[]): T[] {
  return rows.map(({ start, end, ...rest }) => ({ ...rest, window: { start, end } }) as unknown as T);
}

async function readDrift(connection: Queryable, key: readonly string[]): Promise<StoredDrift[]> {
  const rows = await connection.query<Flat<StoredDrift>>(
    `select ${stored}, reference_id as "referenceId", row_count as rows, reference_row_count as "referenceRows", coverage
     from drift_runs where model = $1 and workflow_id = $2 and run_id = $3 and segment = ''
     order by window_end desc, window_start limit ${mostResults}`,
    key,
  );
  return nested(rows);
}

async function readEvaluations(connection: Queryable, key: readonly string[]): Promise<StoredEvaluation[]> {
  const rows = await connection.query<Flat<StoredEvaluation>>(
    `select ${stored}, version, segment, revision, state, prediction_count as predictions, sample_size as outcomes, coverage
     from performance_evaluations where model = $1 and workflow_id = $2 and run_id = $3
     order by segment, window_end desc, window_start, version limit ${mostResults}`,
    key,
  );
  return nested(rows);
}

async function readChecks(connection: Queryable, key: readonly string[]): Promise<Stored[]> {
  const rows = await connection.query<Flat<Stored>>(
    `select window_end - interval '1 day' as start, window_end as "end", as_of as "asOf", verdict as level, reason,
       configuration_hash as "configurationHash", code_version as "codeVersion"
     from degradation_checks where model = $1 and workflow_id = $2 and run_id = $3
     order by window_end desc limit ${mostResults}`,
    key,
  );
  return nested(rows);
}

function readAlerts(connection: Queryable, key: readonly string[]): Promise<ToldEvent[]> {
  return connection.query<ToldEvent & Record<string, unknown>>(
    `select alert_key as key, event, severity, summary
     from alert_events where model = $1 and workflow_id = $2 and run_id = $3
     order by recorded_at, alert_key, event limit ${mostResults}`,
    key,
  );
}
