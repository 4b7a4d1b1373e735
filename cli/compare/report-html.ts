/** The report as one HTML page. */

import { basename } from 'node:path';

import type { QualityCheck } from '../../console/drift-report/drift-report.ts';
import { driftReportOf } from '../../console/drift-report/from-column-drift.ts';
import { renderDriftReport } from '../../console/drift-report/render.ts';
import type { ColumnDrift } from '../../core/drift/column-drift.ts';
import type { ComparisonReport } from './report.ts';
import { isExamined, type ColumnResult } from './results.ts';

/** Draws what was judged; columns that were left out say why. */
export function reportHtml(
  { reference, current, dataset, expectations, performance }: ComparisonReport,
  results: readonly ColumnResult[],
  drifts: readonly ColumnDrift[],
  alpha: number,
): string {
  const distributions = new Map(
    results.filter(isExamined).map(({ column, distribution }) => [column, distribution]),
  );
  const report = driftReportOf({
    title: basename(current.file),
    reference: { description: reference.file, rows: reference.rows },
    current: { description: current.file, rows: current.rows },
    verdict: { level: dataset.verdict, reason: dataset.reason },
    alpha,
    ...(expectations !== undefined && { quality: expectations.checks.map(drawnCheck) }),
    ...(performance !== undefined && { performance: performance.metrics }),
    columns: drifts.map((drift) => {
      const distribution = distributions.get(drift.column);
      return { drift, ...(distribution !== undefined && { distribution }) };
    }),
  });
  const leftOut = results.flatMap((result) =>
    'notCompared' in result
      ? [
          {
            name: result.column,
            subject: 'feature',
            counted: false,
            verdict: { level: 'insufficient-data', reason: result.notCompared },
            answers: [],
            statistics: [],
          } as const,
        ]
      : [],
  );
  return renderDriftReport({ ...report, columns: [...report.columns, ...leftOut] });
}

function drawnCheck({
  check,
  column,
  verdict,
  reason,
  counts,
}: NonNullable<ComparisonReport['expectations']>['checks'][number]): QualityCheck {
  const numbers = Object.entries(counts).filter(
    (count): count is [string, number] => typeof count[1] === 'number',
  );
  return {
    check,
    ...(column !== '' && { column }),
    level: verdict,
    reason,
    counts: Object.fromEntries(numbers),
  };
}
