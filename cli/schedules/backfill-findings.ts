/** What the runs of a range have found, counted by verdict. */

import type { ScheduledProcessId } from '../../core/process/scheduled.ts';
import type { Monitor } from '../../core/monitor/schema.ts';
import type { Level } from '../../core/verdict.ts';
import { dayMs, durationMs, floorToDay, floorToHour, secondMs } from '../../core/window.ts';
import { toTimestamp, type Queryable } from '../../sql/database.ts';

/** Verdict -> how many, of one thing that a process judges. */
export interface Finding {
  readonly of: 'drift' | 'data quality' | 'windows' | 'checks';
  readonly counts: Readonly<Partial<Record<Level, number>>>;
}

interface Judgement {
  readonly of: Finding['of'];
  /** The verdicts of a model ($1) of the instants ($2), and with windows of so many seconds ($3). */
  readonly select: string;
}

/** A degradation check that runs later computes the drift of the same window again: it is the window that counts, not who was last. */
const driftRuns = `from drift_runs
  where model = $1 and segment = '' and window_end = any($2::timestamptz[])
    and window_end - window_start = make_interval(secs => $3)`;
const drift: readonly Judgement[] = [
  { of: 'drift', select: `verdict ${driftRuns}` },
  { of: 'data quality', select: `quality_verdict as verdict ${driftRuns}` },
];

const judgements: Readonly<Record<ScheduledProcessId, readonly Judgement[]>> = {
  'actuals-backfill': [],
  'drift-detection': drift,
  'hourly-drift-detection': drift,
  'performance-evaluation': [
    {
      of: 'windows',
      // Of windows that were restated, the newest revision.
      select: `distinct on (version, window_start, window_end) verdict from performance_evaluations
        where model = $1 and segment = '' and window_end = any($2::timestamptz[]) and $3::double precision is not null
        order by version, window_start, window_end, revision desc`,
    },
  ],
  'degradation-check': [
    {
      of: 'checks',
      select: `verdict from degradation_checks
        where model = $1 and as_of = any($2::timestamptz[]) and $3::double precision is not null`,
    },
  ],
  'weekly-report': [],
};

/**
 * By what is stored of the windows of these runs: a run that has judged nothing counts nowhere.
 *
 * @param asOf the instants that the runs speak for, epoch milliseconds
 */
export async function findingsOf(
  connection: Queryable,
  process: ScheduledProcessId,
  { model, current }: Pick<Monitor, 'model' | 'current'>,
  asOf: readonly number[],
): Promise<readonly Finding[]> {
  const isHourly = process === 'hourly-drift-detection';
  const instants = process === 'degradation-check' ? asOf : asOf.map(isHourly ? floorToHour : floorToDay);
  const lengthMs = isHourly ? dayMs : durationMs(current);
  const findings: Finding[] = [];
  for (const { of, select } of judgements[process]) {
    const rows = await connection.query<{ readonly verdict: Level | null; readonly count: number }>(
      `select verdict, count(*)::int as count from (select ${select}) as judged
       where verdict is not null group by verdict`,
      [model, instants.map(toTimestamp), lengthMs / secondMs],
    );
    findings.push({ of, counts: Object.fromEntries(rows.map(({ verdict, count }) => [verdict, count])) });
  }
  return findings;
}

const worstLast = ['ok', 'warning', 'critical', 'insufficient-data'] as const satisfies readonly Level[];

/**
 * In words.
 *
 * @example findingsText([{ of: 'drift', counts: { critical: 1, ok: 2 } }]) // '; drift: 2 ok, 1 critical'
 */
export function findingsText(findings: readonly Finding[]): string {
  return findings
    .map(({ of, counts }) => {
      const told = worstLast.flatMap((level) => (counts[level] ? [`${counts[level]} ${level}`] : []));
      return `; ${of}: ${told.length === 0 ? 'none judged' : told.join(', ')}`;
    })
    .join('');
}
