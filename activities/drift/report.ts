/** Writes the drift report of a run: what was judged, drawn, with how it has moved. */

import { setImmediate } from 'node:timers/promises';

import type { DriftReport, ReportedSegment } from '../../console/drift-report/drift-report.ts';
import { driftReportOf, reportedColumn } from '../../console/drift-report/from-column-drift.ts';
import { renderDriftReport } from '../../console/drift-report/render.ts';
import { driftedSince } from '../../console/since.ts';
import { instantText } from '../../console/instant-text.ts';
import type { Monitor } from '../../core/monitor/schema.ts';
import type { Finding } from '../../core/multivariate/finding.ts';
import { formatInstant, type Window } from '../../core/window.ts';
import type { Queryable } from '../../sql/database.ts';
import type { WindowImportances } from '../importance/find-importances.ts';
import { importancesToReport } from '../importance/shown-importances.ts';
import type { Provenance } from '../processes/provenance.ts';
import type { WindowQuality } from '../quality/check-quality.ts';
import { storeReport } from '../reports/store.ts';
import { describeReference, spanText } from './describe-windows.ts';
import type { SegmentDrift } from './judge-window.ts';
import { readPastRuns, type PastColumns } from './past.ts';

export interface RunToReport {
  readonly window: Window;
  readonly asOf: number;
  readonly quality: WindowQuality;
  readonly together: readonly Finding<unknown>[];
  readonly importances: WindowImportances | undefined;
  /** Of the columns of the whole model. */
  readonly past: PastColumns;
  readonly provenance: Pick<Provenance, 'configurationHash' | 'codeVersion'>;
}

/** Stores the report of a model in the transaction of its run, whose results are stored already. */
export async function storeDriftReport(
  connection: Queryable,
  monitor: Monitor,
  run: RunToReport,
  whole: SegmentDrift,
  segments: readonly SegmentDrift[],
): Promise<void> {
  const { model } = monitor;
  const { alpha } = monitor.drift;
  const { window, quality, together, past } = run;
  const points = await readPastRuns(connection, model, window);
  const since = driftedSince(points);
  const report: DriftReport = driftReportOf({
    title: model,
    reference: { description: describeReference(monitor, window), rows: whole.referenceRows },
    current: { description: spanText(window), rows: whole.rows },
    origin: originOf(run),
    verdict: whole.dataset.verdict,
    ...(since !== undefined && { since }),
    past: { limit: whole.dataset.threshold, points },
    alpha,
    columns: whole.columns.map((drift) => {
      const distribution = whole.distributions.get(drift.column);
      const pastOfColumn = past.get(drift.column);
      return {
        drift,
        ...(distribution !== undefined && { distribution }),
        ...(pastOfColumn !== undefined && { past: pastOfColumn }),
      };
    }),
    segments: segments.map((segment) => reportedSegment(segment, alpha)),
    together,
    quality: reportedQuality(quality),
    ...(run.importances !== undefined && { importances: importancesToReport(run.importances) }),
  });
  // Drawing many columns takes seconds: the worker's other activities go on meanwhile.
  const page = await renderDriftReport(report, () => setImmediate());
  await storeReport(connection, { kind: 'drift', model, window }, page);
}

function reportedSegment({ segment, dataset, rows, columns }: SegmentDrift, alpha: number): ReportedSegment {
  return {
    name: segment,
    rows,
    verdict: dataset.verdict,
    drifted: columns
      .filter(({ drifted, enabled }) => drifted === 'yes' && enabled)
      .map((drift) => reportedColumn({ drift }, alpha)),
  };
}

function reportedQuality({ verdict, checks, counted }: WindowQuality): NonNullable<DriftReport['quality']> {
  return {
    verdict,
    checks: checks.map((made) => ({
      check: made.check,
      ...(made.column !== '' && { column: made.column }),
      ...made.verdict,
      counted: counted.includes(made),
    })),
  };
}

/** What is the same for a repetition, so that it leaves the report as it is. */
function originOf({ asOf, provenance }: RunToReport): Readonly<Record<string, string>> {
  return {
    'As of': `${instantText(formatInstant(asOf))} UTC`,
    'Made by': `Tidewatch ${provenance.codeVersion}, configuration ${provenance.configurationHash.slice(0, 12)}`,
  };
}
