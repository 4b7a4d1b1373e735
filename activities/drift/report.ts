/** Writes the drift report of a run: what was judged, drawn, with how it has moved. */

import { driftReportOf } from '../../console/drift-report/from-column-drift.ts';
import type { HistoryPoint, ReportedColumn } from '../../console/drift-report/drift-report.ts';
import { renderDriftReport } from '../../console/drift-report/render.ts';
import type { Monitor } from '../../core/monitor/schema.ts';
import type { Finding, TogetherMethod } from '../../core/multivariate/finding.ts';
import { referenceWindows } from '../../core/reference/windows.ts';
import type { Level } from '../../core/verdict.ts';
import { formatInstant, type Window } from '../../core/window.ts';
import type { Queryable } from '../../sql/database.ts';
import { toTimestamp } from '../../sql/database.ts';
import type { WindowQuality } from '../quality/check-quality.ts';
import { storeReport } from '../reports/store.ts';
import type { SegmentDrift } from './judge-window.ts';

/** How many earlier windows a chart shows. */
const historyLength = 60;

/** Stores the report of the whole model in the transaction of its run. */
export async function storeDriftReport(
  connection: Queryable,
  monitor: Monitor,
  run: {
    readonly window: Window;
    readonly asOf: number;
    readonly quality: WindowQuality | undefined;
    readonly together: readonly Finding<unknown>[];
  },
  whole: SegmentDrift,
): Promise<void> {
  const { model } = monitor;
  const { window } = run;
  const history = await readHistory(connection, model, window);
  const report = driftReportOf({
    title: model,
    reference: { description: describeReference(monitor, window), rows: whole.referenceRows },
    current: { description: spanText(window), rows: whole.rows },
    asOf: formatInstant(run.asOf),
    verdict: whole.dataset.verdict,
    alpha: monitor.drift.alpha,
    columns: whole.columns.map((drift) => {
      const distribution = whole.distributions.get(drift.column);
      const past = history.get(drift.column);
      return {
        drift,
        ...(distribution !== undefined && { distribution }),
        ...(past !== undefined && { history: past }),
      };
    }),
  });
  const quality = run.quality?.checks.map(({ check, column, verdict, counts }) => ({
    check,
    ...(column !== '' && { column }),
    ...verdict,
    counts: Object.fromEntries(Object.entries(counts).filter(isNumber)),
  }));
  const page = renderDriftReport({
    ...report,
    columns: [...report.columns, ...run.together.map(togetherColumn)],
    ...(quality !== undefined && { quality }),
  });
  await storeReport(connection, { kind: 'drift', model, window }, page);
}

function isNumber(entry: [string, unknown]): entry is [string, number] {
  return typeof entry[1] === 'number';
}

/** All features at once, as a column of the report. */
function togetherColumn({
  method,
  verdict,
  statistic,
  pValue,
  effect,
  threshold,
}: Finding<unknown>): ReportedColumn {
  const found =
    statistic === null || effect === null ? { notComputable: verdict.reason } : { statistic, pValue, effect };
  return {
    name: togetherLabels[method],
    subject: 'multivariate',
    counted: false,
    verdict,
    answers: [
      {
        question: 'reference',
        level: verdict.level,
        statistic: { method: togetherLabels[method], ...found },
        floor: threshold,
      },
    ],
    statistics: [],
  };
}

const togetherLabels: Readonly<Record<TogetherMethod, string>> = {
  'domain-classifier': 'all features, told apart',
  'pca-reconstruction': 'all features, reconstructed',
  correlation: 'correlations of features',
};

function describeReference({ reference }: Monitor, window: Window): string {
  if (reference.kind === 'seasonal')
    return `the same hours of the week in the ${reference.weeks} weeks before`;
  const { grid } = referenceWindows(reference, window);
  return grid === null ? 'training statistics' : spanText(grid);
}

function spanText({ start, end }: Window): string {
  return `${formatInstant(start)} to ${formatInstant(end)}`.replaceAll('T00:00:00Z', '');
}

/** Column -> the deciding effect of this window and of those of the same length before it, the oldest first. */
async function readHistory(
  connection: Queryable,
  model: string,
  window: Window,
): Promise<ReadonlyMap<string, HistoryPoint[]>> {
  const rows = await connection.query<{
    column: string;
    windowEnd: number;
    value: number | null;
    level: Level;
  }>(
    `select result.column_name as "column", run.window_end as "windowEnd", result.effect as value, result.verdict as level
     from drift_results result
     join (
       select model, drift_run_id, window_end from drift_runs
       where model = $1 and segment = '' and window_end <= $2 and window_end - window_start = make_interval(secs => $3)
       order by window_end desc limit $4
     ) run using (model, drift_run_id)
     where result.deciding
     order by run.window_end`,
    [model, toTimestamp(window.end), (window.end - window.start) / 1000, historyLength],
  );
  const history = new Map<string, HistoryPoint[]>();
  for (const { column, windowEnd, value, level } of rows) {
    const point = { windowEnd: formatInstant(windowEnd), ...(value !== null && { value }), level };
    history.set(column, [...(history.get(column) ?? []), point]);
  }
  return history;
}
