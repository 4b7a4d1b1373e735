/** Stores what a drift run has found in a window, all of it or nothing. */

import type { Monitor } from '../../core/monitor/schema.ts';
import type { Window } from '../../core/window.ts';
import type { Queryable } from '../../sql/database.ts';
import { lockUntilCommit } from '../../sql/database.ts';
import type { WindowImportances } from '../importance/find-importances.ts';
import { storeImportanceFindings } from '../importance/findings-store.ts';
import type { Provenance } from '../processes/provenance.ts';
import { advanceWatermark, makesUpThePast, type Process } from '../processes/watermarks.ts';
import { reportQuality } from '../quality/report-quality.ts';
import { storeQuality } from '../quality/store.ts';
import type { ExaminedWindow } from './examine-window.ts';
import { readPastColumns } from './past.ts';
import { storeDriftReport } from './report.ts';
import { refuseRemoved } from './refuse-removed.ts';
import { reportDrift } from './report-drift.ts';
import { dropOtherSegments, findChecked, storeDriftRun } from './store.ts';

export interface DriftRunFacts {
  readonly process: Process;
  /** Does it look at the last 24 hours, beside the current window of the monitor? */
  readonly isOfLastDay: boolean;
  readonly window: Window;
  readonly referenceId: string;
  readonly asOf: number;
  readonly provenance: Provenance;
  /** Was its window given, in the place of the one before its asOf? Then it leaves the watermark as it is. */
  readonly isAsked: boolean;
  /** Alert even when the run makes up the past. */
  readonly act: boolean;
}

/**
 * Stores the run, its quality checks and its report, and opens or resolves the alerts. `overtaken` when another run of
 * the same window was stored since the window was read, perhaps of newer rows: then nothing is, and it is to be read again.
 */
export async function storeWindow(
  connection: Queryable,
  monitor: Monitor,
  run: DriftRunFacts,
  { whole, named, quality, together, checked }: ExaminedWindow,
  importances: WindowImportances | undefined,
): Promise<'stored' | 'overtaken'> {
  const { model } = monitor;
  const { process, window, referenceId, asOf, provenance } = run;
  await lockUntilCommit(connection, `drift:${model}`);
  await refuseRemoved(connection, monitor, window);
  if ((await findChecked(connection, { model, window })) !== checked) return 'overtaken';
  const isOfThePast = await makesUpThePast(connection, { model, process, asOf, windowEnd: window.end });
  const stored = { model, window, referenceId, asOf, provenance };
  await storeQuality(connection, { model, window, checks: quality.checks, provenance });
  const ofWhole = { ...stored, ...whole, quality: quality.verdict, together };
  const driftRunId = await storeDriftRun(connection, ofWhole);
  await storeImportanceFindings(connection, { model, driftRunId }, importances);
  for (const segment of named) await storeDriftRun(connection, { ...stored, ...segment });
  await dropOtherSegments(
    connection,
    stored,
    [whole, ...named].map(({ segment }) => segment),
  );
  const past = await readPastColumns(connection, model, window, whole.columns);
  const toReport = { ...stored, quality, together, importances, past };
  await storeDriftReport(connection, monitor, toReport, whole, named);
  if (!run.isAsked) await advanceWatermark(connection, { model, process, asOf, windowEnd: window.end });
  if (run.act || !isOfThePast) {
    await reportDrift(connection, monitor, run, { whole, named, together, past });
    await reportQuality(connection, monitor, run, quality);
  }
  return 'stored';
}
