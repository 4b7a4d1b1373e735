/** What was compared of a window: versions, baselines, and slices in which a version is weak. */

import type {
  Comparisons,
  PerformanceReport,
  Section,
  WindowEnds,
} from '../../console/performance-report/performance-report.ts';
import type { ComparedMetric } from '../../core/comparison/compare-losses.ts';
import type { ComparisonVerdict } from '../../core/comparison/judge-difference.ts';
import type { SliceLoss } from '../../core/comparison/weak-slices/weak-slice-in-words.ts';
import type { Monitor } from '../../core/monitor/schema.ts';
import { durationMs, formatInstant, type Window } from '../../core/window.ts';
import type { Queryable } from '../../sql/database.ts';
import { toTimestamp } from '../../sql/database.ts';
import { baselines, describeBaseline } from '../comparison/baselines.ts';

/** Of the compared windows that end in that of the report the last one, of the length that the monitor compares over. */
export async function loadComparisons(
  connection: Queryable,
  monitor: Monitor,
  window: Window,
  version: string | undefined,
): Promise<Pick<PerformanceReport, 'baselines' | 'versions' | 'slices'>> {
  const { window: length, weakSlices } = monitor.performance.comparisons;
  return {
    ...(await loadDifferences(connection, monitor, await findCompared(connection, monitor, window, length))),
    slices: await loadSlices(
      connection,
      monitor,
      await findCompared(connection, monitor, window, weakSlices.window),
      version,
    ),
  };
}

async function findCompared(
  connection: Queryable,
  { model }: Monitor,
  { start, end }: Window,
  length: string,
): Promise<Window | undefined> {
  const [found] = await connection.query<Record<string, unknown> & Window>(
    `select window_start as start, window_end as "end" from compared_windows
     where model = $1 and window_end > $2 and window_end <= $3
     order by window_end desc, abs(extract(epoch from window_end - window_start) - $4), window_start
     limit 1`,
    [model, toTimestamp(start), toTimestamp(end), durationMs(length) / 1000],
  );
  return found;
}

const notCompared = 'Nothing was compared in a window that ends in this one; performanceEvaluation does so.';

interface DifferenceRow extends Record<string, unknown> {
  readonly kind: 'version' | 'ab' | 'baseline';
  readonly subject: string;
  readonly against: string;
  readonly metric: ComparedMetric;
  readonly verdict: ComparisonVerdict;
  readonly reason: string;
  readonly rows: number;
  readonly value: number | null;
  readonly againstValue: number | null;
  readonly difference: number | null;
  readonly low: number | null;
  readonly high: number | null;
  readonly pValue: number | null;
}

async function loadDifferences(
  connection: Queryable,
  monitor: Monitor,
  window: Window | undefined,
): Promise<{ readonly baselines: Section<Comparisons>; readonly versions: Section<Comparisons> }> {
  if (window === undefined) return { baselines: { absent: notCompared }, versions: { absent: notCompared } };
  const rows = await connection.query<DifferenceRow>(
    `select kind, subject, against, metric, verdict, reason, row_count as rows, value, against_value as "againstValue",
       difference, low, high, p_value as "pValue"
     from performance_comparisons
     where model = $1 and window_start = $2 and window_end = $3
     order by subject, kind, against, metric`,
    [monitor.model, toTimestamp(window.start), toTimestamp(window.end)],
  );
  const of = (kept: readonly DifferenceRow[], absent: string): Section<Comparisons> =>
    kept.length === 0
      ? { absent }
      : { window: endsOf(window), comparisons: kept.map((row) => comparisonOf(row, monitor)) };
  return {
    baselines: of(
      rows.filter(({ kind }) => kind === 'baseline'),
      'No version served outcomes that a baseline could be held against.',
    ),
    versions: of(
      rows.filter(({ kind }) => kind !== 'baseline'),
      'Only one version predicted these rows.',
    ),
  };
}

function comparisonOf(row: DifferenceRow, monitor: Monitor): Comparisons['comparisons'][number] {
  const { kind, subject, against, metric, verdict, reason, rows, low, high } = row;
  const baseline = baselines.find((one) => one === against);
  const isBaseline = kind === 'baseline' && baseline !== undefined;
  return {
    subject,
    against: isBaseline
      ? describeBaseline(baseline, monitor)
      : kind === 'ab'
        ? `${against}, on different rows of the same hours`
        : against,
    metric,
    verdict,
    reason,
    rows,
    ...(row.value !== null && { value: row.value }),
    ...(row.againstValue !== null && { againstValue: row.againstValue }),
    ...(row.difference !== null && { difference: row.difference }),
    ...(low !== null && high !== null && { interval: [low, high] as const }),
    ...(row.pValue !== null && { pValue: row.pValue }),
  };
}

async function loadSlices(
  connection: Queryable,
  { model }: Monitor,
  window: Window | undefined,
  version: string | undefined,
): Promise<PerformanceReport['slices']> {
  if (window === undefined) return { absent: notCompared };
  const key = [model, toTimestamp(window.start), toTimestamp(window.end), version ?? ''];
  const [compared] = await connection.query<{ search: { notComputable?: string } | null }>(
    `select searches -> $4 as search from compared_windows
     where model = $1 and window_start = $2 and window_end = $3`,
    key,
  );
  const search = compared?.search ?? null;
  if (search === null) return { absent: 'Slices of this version were not looked for.' };
  if (search.notComputable !== undefined) return { absent: `Not looked for: ${search.notComputable}.` };
  const rows = await connection.query<{
    name: string;
    outcomes: number;
    loss: SliceLoss;
    value: number;
    rest: number;
    adjustedPValue: number | null;
  }>(
    `select slice as name, row_count as outcomes, metric as loss, value, rest, adjusted_p_value as "adjustedPValue"
     from weak_slices
     where model = $1 and window_start = $2 and window_end = $3 and version = $4 and source = 'search'
     order by rank`,
    key,
  );
  return {
    window: endsOf(window),
    loss: rows[0]?.loss ?? 'mae',
    slices: rows.map(({ name, outcomes, value, rest, adjustedPValue }) => ({
      name,
      outcomes,
      value,
      rest,
      ...(adjustedPValue !== null && { adjustedPValue }),
    })),
  };
}

/** The segments of exactly this window in the order in which they are worse for certain; by name. */
export async function readSegmentRanks(
  connection: Queryable,
  model: string,
  window: Window,
  version: string | undefined,
): Promise<ReadonlyMap<string, number>> {
  const rows = await connection.query<{ slice: string; rank: number }>(
    `select slice, rank from weak_slices
     where model = $1 and window_start = $2 and window_end = $3 and version = $4 and source = 'segment'`,
    [model, toTimestamp(window.start), toTimestamp(window.end), version ?? ''],
  );
  return new Map(rows.map(({ slice, rank }) => [slice, rank]));
}

function endsOf({ start, end }: Window): WindowEnds {
  return { start: formatInstant(start), end: formatInstant(end) };
}
