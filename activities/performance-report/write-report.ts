/** Writes the performance report of a model over a window, and notes who is to be sent it. */

import { renderPerformanceReport } from '../../console/performance-report/render.ts';
import type { Level } from '../../core/verdict.ts';
import { formatWindow, parseWindow, trailingWindow, type WindowText } from '../../core/window.ts';
import type { ActivityDependencies } from '../dependencies.ts';
import { monitorRun } from '../processes/monitor-run.ts';
import { advanceWatermark, makesUpThePast } from '../processes/watermarks.ts';
import { findReport, reportPath, storeReport, type ReportKey } from '../reports/store.ts';
import { requireRows } from '../storage/removed-rows.ts';
import { addRecipients, pendingRecipients } from './deliveries.ts';
import { loadPerformanceReport } from './load-report.ts';

export interface WriteReportInput {
  readonly model: string;
  readonly asOf: string;
  /** Instead of the days before asOf. */
  readonly window?: WindowText;
  /** `yes`: send it; `no`: only store it; `unless past`: send it unless the run makes up the past. */
  readonly send: 'yes' | 'no' | 'unless past';
}

export interface WriteReportResult {
  readonly verdict: Level;
  readonly reason: string;
  readonly window: WindowText;
  /** Where the worker shows it. */
  readonly report: string;
  /** How many have not been sent it yet. */
  readonly pending: number;
}

/**
 * Makes the activity `writeReport`: all is read from one snapshot, then stored at once. A report of rows that are removed stays as it is.
 *
 * @throws TidewatchError `ROWS_REMOVED`
 */
export function createWriteReport(
  deps: Pick<ActivityDependencies, 'database' | 'codeVersion' | 'context' | 'pagesUrl'>,
): (input: WriteReportInput) => Promise<WriteReportResult> {
  const { database, pagesUrl } = deps;
  return async function writeReport(input) {
    const { model } = input;
    const { monitor, asOf, provenance } = await monitorRun(deps, input);
    const window =
      input.window === undefined ? trailingWindow(asOf, monitor.report.window) : parseWindow(input.window);
    const report = await database.snapshot((connection) =>
      loadPerformanceReport(connection, monitor, { window, asOf, provenance }),
    );
    const html = renderPerformanceReport(report);
    const key: ReportKey = { kind: 'performance', model, window };

    const pending = await database.transaction(async (connection) => {
      // Asked after all was read: what is removed before is missing in it.
      if ((await findReport(connection, key)) !== undefined)
        await requireRows(connection, model, window, 'The report');
      await storeReport(connection, key, html, report);
      const run = { model, process: 'weekly-report', asOf } as const;
      const sends =
        input.send === 'yes' ||
        (input.send === 'unless past' &&
          !(await makesUpThePast(connection, { ...run, windowEnd: window.end })));
      if (sends) await addRecipients(connection, key, monitor.report.recipients);
      if (input.window === undefined) await advanceWatermark(connection, { ...run, windowEnd: window.end });
      return pendingRecipients(connection, key);
    });
    return {
      verdict: report.verdict.level,
      reason: report.verdict.reason,
      window: formatWindow(window),
      report: `${pagesUrl}${reportPath(key)}`,
      pending: pending.length,
    };
  };
}
