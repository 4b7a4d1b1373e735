/** The report as one HTML page. */

import { basename } from 'node:path';

import type { DriftReport, ReportedColumn } from '../../console/drift-report/drift-report.ts';
import { driftReportOf } from '../../console/drift-report/from-column-drift.ts';
import { renderDriftReport } from '../../console/drift-report/render.ts';
import type { ColumnDrift } from '../../core/drift/column-drift.ts';
import { codeVersion } from '../../worker/code-version.ts';
import {
  bySeriousness,
  isAlarming,
  type ChecksReport,
  type ColumnReport,
  type ComparisonReport,
} from './report.ts';
import { isExamined, type ColumnResult } from './results.ts';

/** Draws what was judged; of columns that were judged otherwise, or left out, it says why. */
export async function reportHtml(
  comparison: ComparisonReport,
  results: readonly ColumnResult[],
  drifts: readonly ColumnDrift[],
  alpha: number,
): Promise<string> {
  const { reference, current, dataset, quality, expectations, performance, compat } = comparison;
  const distributions = new Map(
    results.filter(isExamined).map(({ column, distribution }) => [column, distribution]),
  );
  const report = driftReportOf({
    title: basename(current.file),
    reference: { description: reference.file, rows: reference.rows },
    current: { description: current.file, rows: current.rows },
    origin: {
      'Made by': `tidewatch compare ${await codeVersion()}`,
      ...(compat === undefined
        ? { Rows: 'taken as independent; in time series a small p is expected without any fault' }
        : { Rules: 'those of Evidently' }),
    },
    verdict: { level: dataset.verdict, reason: dataset.reason },
    alpha,
    quality: qualityOf(quality, expectations),
    ...(performance !== undefined && { performance: performance.metrics }),
    columns: drifts.map((drift) => {
      const distribution = distributions.get(drift.column);
      return { drift, ...(distribution !== undefined && { distribution }) };
    }),
  });
  const drawn = new Set(drifts.map(({ column }) => column));
  const others = comparison.columns.filter(({ column }) => !drawn.has(column)).map(undrawnColumn);
  return renderDriftReport({ ...report, columns: [...report.columns, ...others] });
}

/** A column of which nothing can be drawn; its reason says all. */
function undrawnColumn({ column, verdict, reason }: ColumnReport): ReportedColumn {
  return {
    name: column,
    subject: 'feature',
    counted: true,
    verdict: { level: verdict, reason },
    answers: [],
    statistics: [],
  };
}

/** The checks of the table and the expectations, as one list. */
function qualityOf(
  quality: ChecksReport,
  expectations: ChecksReport | undefined,
): NonNullable<DriftReport['quality']> {
  const reports = [quality, ...(expectations === undefined ? [] : [expectations])];
  const failed = reports.filter(isAlarming).toSorted(bySeriousness);
  const said = failed.length > 0 ? failed : reports.slice(-1);
  return {
    verdict: { level: said[0]!.verdict, reason: said.map(({ reason }) => reason).join('; ') },
    checks: reports
      .flatMap(({ checks }) => checks)
      .map(({ check, column, verdict, reason }) => ({
        check,
        ...(column !== '' && { column }),
        level: verdict,
        reason,
      })),
  };
}
