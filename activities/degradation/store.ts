/** The degradation checks that are stored. */

import type { DegradationFinding } from '../../core/degradation/judgement.ts';
import type { DegradationVerdict } from '../../core/degradation/judge.ts';
import type { DegradationRule } from '../../core/degradation/rules.ts';
import type { Level } from '../../core/verdict.ts';
import type { Queryable } from '../../sql/database.ts';
import { toTimestamp } from '../../sql/database.ts';
import type { Provenance } from '../processes/provenance.ts';

/** Restated evaluations changed a verdict that was told before. JSON-safe. */
export interface Restatement {
  /** Window end of the check that found it. */
  readonly by: string;
  readonly from: Level;
  readonly to: Level;
  /** In words, such as "RMSE of 12 May 1.08 -> 0.94 as coverage rose from 61% to 97%". */
  readonly numbers: readonly string[];
}

/** A check as it is stored. */
export interface DegradationCheck {
  readonly windowEnd: number;
  readonly asOf: number;
  readonly version: string | null;
  readonly verdict: DegradationVerdict;
  readonly restatements: readonly Restatement[];
}

/** The checks of days after `from`, up to and with `to`, the newest first; or only so many of the newest. */
export async function readChecks(
  connection: Queryable,
  model: string,
  range: { readonly from: number; readonly to: number } | { readonly newest: number },
): Promise<DegradationCheck[]> {
  const { from, to, newest } = { from: null, to: null, newest: null, ...range };
  const rows = await connection.query<{
    window_end: number;
    as_of: number;
    version: string | null;
    verdict: Level;
    reason: string;
    findings: readonly StoredFinding[];
    restatements: readonly Restatement[];
  }>(
    `select window_end, as_of, version, verdict, reason, findings, restatements
     from degradation_checks
     where model = $1 and window_end > coalesce($2, '-infinity'::timestamptz)
       and window_end <= coalesce($3, 'infinity'::timestamptz)
     order by window_end desc
     limit $4`,
    [model, from === null ? null : toTimestamp(from), to === null ? null : toTimestamp(to), newest],
  );
  return rows.map(({ window_end, as_of, version, verdict, reason, findings, restatements }) => ({
    windowEnd: window_end,
    asOf: as_of,
    version,
    verdict: { level: verdict, reason, findings: findings.map(toFinding) },
    restatements,
  }));
}

/** Those from before there were measurements have none. */
type StoredFinding = Omit<DegradationFinding, 'measured'> & Partial<Pick<DegradationFinding, 'measured'>>;

function toFinding(finding: StoredFinding): DegradationFinding {
  return { ...finding, measured: finding.measured ?? [] };
}

/** Did a rule fire when it was last judged for sure before a window end? */
export async function firedLast(
  connection: Queryable,
  model: string,
  rule: DegradationRule,
  before: number,
): Promise<boolean> {
  const [row] = await connection.query<{ level: Level }>(
    `select finding ->> 'level' as level
     from degradation_checks, jsonb_array_elements(findings) as finding
     where model = $1 and window_end < $2 and finding -> 'rule' = $3::jsonb
       and finding ->> 'level' <> 'insufficient-data' and not finding ? 'unsure'
     order by window_end desc
     limit 1`,
    [model, toTimestamp(before), JSON.stringify(rule)],
  );
  return row !== undefined && row.level !== 'ok';
}

interface StoredCheck extends DegradationCheck {
  readonly model: string;
  readonly provenance: Provenance;
}

/** Stores a check; one that says the same as before leaves the row, and so its provenance, as it is. */
export async function storeCheck(connection: Queryable, check: StoredCheck): Promise<void> {
  const { verdict, provenance } = check;
  await connection.execute(
    `insert into degradation_checks (
       model, window_end, as_of, verdict, reason, version, findings, restatements,
       configuration_hash, code_version, workflow_id, run_id)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
     on conflict (model, window_end) do update set
       as_of = excluded.as_of, verdict = excluded.verdict, reason = excluded.reason, version = excluded.version,
       findings = excluded.findings, restatements = excluded.restatements,
       configuration_hash = excluded.configuration_hash,
       code_version = excluded.code_version, workflow_id = excluded.workflow_id, run_id = excluded.run_id,
       stored_at = excluded.stored_at
     where (degradation_checks.verdict, degradation_checks.reason, degradation_checks.version,
         degradation_checks.findings, degradation_checks.restatements)
       is distinct from (excluded.verdict, excluded.reason, excluded.version, excluded.findings, excluded.restatements)`,
    [
      check.model,
      toTimestamp(check.windowEnd),
      toTimestamp(check.asOf),
      verdict.level,
      verdict.reason,
      check.version,
      JSON.stringify(verdict.findings),
      JSON.stringify(check.restatements),
      provenance.configurationHash,
      provenance.codeVersion,
      provenance.workflowId,
      provenance.runId,
    ],
  );
}
