/** Reads the evidence of a degradation check and stores what it says. */

import type { DriftEvidence, EvaluationEvidence } from '../../core/degradation/evidence.ts';
import type { DegradationFinding, DegradationVerdict } from '../../core/degradation/judge.ts';
import type { Level } from '../../core/verdict.ts';
import type { Window } from '../../core/window.ts';
import type { Queryable } from '../../sql/database.ts';
import { toTimestamp } from '../../sql/database.ts';
import type { Provenance } from '../processes/provenance.ts';

/** The champion; a model without registered versions has the one that served the newest prediction before an instant. */
export async function findServingVersion(
  connection: Queryable,
  model: string,
  before: number,
): Promise<string | null> {
  const [row] = await connection.query<{ version: string | null }>(
    `select coalesce(
       (select version from model_versions where model = $1 and stage = 'champion'),
       (select version from predictions where model = $1 and role = 'serving' and event_time < $2
        order by event_time desc, prediction_id desc limit 1)
     ) as version`,
    [model, toTimestamp(before)],
  );
  return row?.version ?? null;
}

interface EvaluationRow extends Record<string, unknown> {
  readonly verdict: Level;
  readonly reason: string;
  readonly metrics: Readonly<Record<string, number>>;
  readonly details: { readonly notComputable?: Readonly<Record<string, string>> };
  readonly sample_size: number;
  readonly coverage: number | null;
}

/** The newest revision of a version's evaluation of exactly this window. */
export async function findEvaluation(
  connection: Queryable,
  model: string,
  version: string,
  window: Window,
): Promise<EvaluationEvidence | undefined> {
  const [row] = await connection.query<EvaluationRow>(
    `select verdict, reason, metrics, details, sample_size, coverage
     from latest_performance_evaluations
     where model = $1 and version = $2 and segment = '' and window_start = $3 and window_end = $4`,
    [model, version, toTimestamp(window.start), toTimestamp(window.end)],
  );
  return row === undefined ? undefined : toEvidence(row);
}

/** The newest revisions of a version's one-day evaluations in a window. */
export async function findDailyEvaluations(
  connection: Queryable,
  model: string,
  version: string,
  window: Window,
): Promise<EvaluationEvidence[]> {
  const rows = await connection.query<EvaluationRow>(
    `select verdict, reason, metrics, details, sample_size, coverage
     from latest_performance_evaluations
     where model = $1 and version = $2 and segment = '' and window_start >= $3 and window_end <= $4
       and window_end - window_start = interval '1 day'
     order by window_start`,
    [model, version, toTimestamp(window.start), toTimestamp(window.end)],
  );
  return rows.map(toEvidence);
}

function toEvidence(row: EvaluationRow): EvaluationEvidence {
  const computed = Object.entries(row.metrics).map(([name, value]) => [name, { value }]);
  const not = Object.entries(row.details.notComputable ?? {}).map(([name, notComputable]) => [
    name,
    { notComputable },
  ]);
  return {
    sampleSize: row.sample_size,
    verdict: { level: row.verdict, reason: row.reason },
    metrics: Object.fromEntries([...computed, ...not]),
    ...(row.coverage !== null && { coverage: row.coverage }),
  };
}

/** The drift run of exactly this window. */
export async function findDrift(
  connection: Queryable,
  model: string,
  window: Window,
): Promise<DriftEvidence | undefined> {
  const [row] = await connection.query<{
    verdict: Level;
    reason: string;
    drift_share: number | null;
    row_count: number;
  }>(
    `select verdict, reason, drift_share, row_count
     from drift_runs
     where model = $1 and segment = '' and window_start = $2 and window_end = $3`,
    [model, toTimestamp(window.start), toTimestamp(window.end)],
  );
  if (row === undefined) return undefined;
  return {
    share: row.drift_share === null ? { notComputable: row.reason } : { value: row.drift_share },
    verdict: { level: row.verdict, reason: row.reason },
    sampleSize: row.row_count,
  };
}

/** The findings that fired in the newest check before a window end that had any. */
export async function findLastFired(
  connection: Queryable,
  model: string,
  before: number,
): Promise<DegradationFinding[]> {
  const [row] = await connection.query<{ findings: DegradationFinding[] }>(
    `select findings from degradation_checks
     where model = $1 and window_end < $2 and verdict in ('warning', 'critical')
     order by window_end desc
     limit 1`,
    [model, toTimestamp(before)],
  );
  return (row?.findings ?? []).filter(({ level }) => level === 'warning' || level === 'critical');
}

interface StoredCheck {
  readonly model: string;
  readonly windowEnd: number;
  readonly asOf: number;
  readonly version: string | null;
  readonly verdict: DegradationVerdict;
  readonly provenance: Provenance;
}

/** Stores a check; one that says the same as before leaves the row, and so its provenance, as it is. */
export async function storeCheck(connection: Queryable, check: StoredCheck): Promise<void> {
  const { verdict, provenance } = check;
  await connection.execute(
    `insert into degradation_checks (
       model, window_end, as_of, verdict, reason, version, findings, configuration_hash, code_version, workflow_id, run_id)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
     on conflict (model, window_end) do update set
       as_of = excluded.as_of, verdict = excluded.verdict, reason = excluded.reason, version = excluded.version,
       findings = excluded.findings, configuration_hash = excluded.configuration_hash,
       code_version = excluded.code_version, workflow_id = excluded.workflow_id, run_id = excluded.run_id,
       stored_at = now()
     where (degradation_checks.verdict, degradation_checks.reason, degradation_checks.version,
         degradation_checks.findings)
       is distinct from (excluded.verdict, excluded.reason, excluded.version, excluded.findings)`,
    [
      check.model,
      toTimestamp(check.windowEnd),
      toTimestamp(check.asOf),
      verdict.level,
      verdict.reason,
      check.version,
      JSON.stringify(verdict.findings),
      provenance.configurationHash,
      provenance.codeVersion,
      provenance.workflowId,
      provenance.runId,
    ],
  );
}
