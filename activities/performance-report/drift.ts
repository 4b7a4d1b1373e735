/** The drift runs that end in a window, and the data-quality checks of the last of them. */

import type { PerformanceReport, WindowDrift } from '../../console/performance-report/performance-report.ts';
import { driftedSince } from '../../console/since.ts';
import type { Monitor } from '../../core/monitor/schema.ts';
import type { Level } from '../../core/verdict.ts';
import { durationMs, type Window } from '../../core/window.ts';
import type { Queryable } from '../../sql/database.ts';
import { toTimestamp } from '../../sql/database.ts';
import { readPastRuns } from '../drift/past.ts';
import { isCounted } from '../quality/check-quality.ts';
import { readQuality } from '../quality/store.ts';

interface RunRow extends Record<string, unknown> {
  readonly id: number;
  readonly start: number;
  readonly end: number;
  readonly level: Level;
  readonly reason: string;
  readonly qualityLevel: Level | null;
  readonly qualityReason: string | null;
}

export async function loadDrift(
  connection: Queryable,
  monitor: Monitor,
  window: Window,
): Promise<Pick<PerformanceReport, 'drift' | 'quality'>> {
  const runs = await connection.query<RunRow>(
    `select drift_run_id as id, window_start as start, window_end as "end", verdict as level, reason,
       quality_verdict as "qualityLevel", quality_reason as "qualityReason"
     from drift_runs
     where model = $1 and segment = '' and window_end > $2 and window_end <= $3
       and window_end - window_start = make_interval(secs => $4)
     order by window_end desc`,
    [monitor.model, toTimestamp(window.start), toTimestamp(window.end), durationMs(monitor.current) / 1000],
  );
  const [newest] = runs;
  if (newest === undefined) {
    const reason = 'no drift run ends in this window; start driftDetection with an asOf in it.';
    return { drift: { absent: `Not known: ${reason}` }, quality: { absent: `Not checked: ${reason}` } };
  }
  return {
    drift: await driftOf(connection, monitor, newest, runs),
    quality: await qualityOf(connection, monitor, newest),
  };
}

async function driftOf(
  connection: Queryable,
  { model, drift }: Monitor,
  newest: RunRow,
  runs: readonly RunRow[],
): Promise<WindowDrift> {
  const past = await readPastRuns(connection, model, newest);
  const since = driftedSince(past);
  const drifted = await connection.query<{ name: string; runs: number; level: Level; reason: string }>(
    `select result.column_name as name, count(distinct drift_run_id) as runs,
       (array_agg(result.verdict order by run.window_end desc, result.verdict))[1] as level,
       (array_agg(result.reason order by run.window_end desc, result.verdict))[1] as reason
     from drift_results result
     join drift_runs run using (model, drift_run_id)
     where model = $1 and drift_run_id = any($2) and deciding and result.subject <> 'multivariate' and result.verdict in ('warning', 'critical')
     group by result.column_name
     order by runs desc, name`,
    [model, runs.map(({ id }) => id)],
  );
  return {
    verdict: { level: newest.level, reason: newest.reason },
    ...(since !== undefined && { since }),
    limit: drift.share,
    runs: past,
    // The name stands before it.
    columns: drifted.map(({ name, reason, ...column }) => ({
      name,
      ...column,
      reason: reason.startsWith(`${name}: `) ? reason.slice(name.length + 2) : reason,
    })),
    runsInWindow: runs.length,
  };
}

async function qualityOf(
  connection: Queryable,
  monitor: Monitor,
  { start, end, qualityLevel, qualityReason }: RunRow,
): Promise<PerformanceReport['quality']> {
  if (qualityLevel === null || qualityReason === null) {
    return { absent: 'Not checked: the drift run of this window is older than these checks.' };
  }
  const checks = await readQuality(connection, monitor.model, { start, end });
  return {
    verdict: { level: qualityLevel, reason: qualityReason },
    checks: checks.map((check) => ({
      check: check.check,
      ...(check.column !== '' && { column: check.column }),
      ...check.verdict,
      counted: isCounted(monitor, check),
    })),
  };
}
