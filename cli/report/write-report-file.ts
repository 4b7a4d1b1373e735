/** The performance report of a model, read from the database and written to a file. */

import { loadPerformanceReport } from '../../activities/performance-report/load-report.ts';
import { findNewestHour } from '../../activities/performance-report/hours.ts';
import { findMonitor } from '../../activities/monitors/store.ts';
import { renderPerformanceReport } from '../../console/performance-report/render.ts';
import { headline, mainSentence, windowText } from '../../console/performance-report/headline.ts';
import { TidewatchError } from '../../core/errors.ts';
import { minuteMs } from '../../core/window.ts';
import { codeVersion } from '../../worker/code-version.ts';
import { withDatabase } from '../database.ts';
import { noPredictionsNote } from '../no-predictions.ts';
import { writeOutput } from '../write-output.ts';
import { reportWindow } from './report-window.ts';
import { print, printJson, printNote } from '../print.ts';

export interface ReportFileOptions {
  readonly model: string;
  readonly from?: string;
  readonly to?: string;
  readonly output?: string;
  readonly json?: true;
}

/**
 * Prints where the report went and what it says, or the report as JSON.
 *
 * @throws TidewatchError `INVALID_OPTION`, `UNKNOWN_MODEL`, `UNWRITABLE_FILE`, `POSTGRES_UNREACHABLE`
 */
export async function writeReportFile({ model, output, json, ...times }: ReportFileOptions): Promise<void> {
  if (output === undefined && json === undefined) {
    throw new TidewatchError('INVALID_OPTION', {
      option: '--output',
      reason: 'is missing; name the HTML file to write, or ask for --json',
    });
  }
  const now = Math.floor(Date.now() / minuteMs) * minuteMs;
  const provenance = { codeVersion: await codeVersion() };
  const { report, note } = await withDatabase('tidewatch-report', async (database) => {
    return database.snapshot(async (connection) => {
      const { monitor, configurationHash } = await findMonitor(connection, model);
      const newestHour = await findNewestHour(connection, model);
      const window = reportWindow(times, { now, newestHour, length: monitor.report.window });
      const report = await loadPerformanceReport(connection, monitor, {
        window,
        asOf: now,
        provenance: { ...provenance, configurationHash },
      });
      const isEmpty = report.window.predictions === 0;
      return { report, note: isEmpty ? await noPredictionsNote(connection, model, window) : undefined };
    });
  });
  if (note !== undefined) printNote(note);
  if (output !== undefined) await writeOutput(output, renderPerformanceReport(report));
  if (json) printJson(report);
  else
    print(`${output}: ${model}, ${windowText(report.window)}: ${headline(report)}; ${mainSentence(report)}`);
}
