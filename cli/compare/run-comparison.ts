/** Runs `tidewatch compare` from its request to what it prints. */

import { paper, screen, type Screen } from '../paint.ts';
import { openBar } from '../progress-bar.ts';
import { writeOutput } from '../write-output.ts';
import { compareTables, type ComparedTables } from './compare-tables.ts';
import {
  evidentlyReportOf,
  checksReportOf,
  hasAlarm,
  isJudged,
  judgeResults,
  reportOf,
  type ComparisonReport,
} from './report.ts';
import type { CompareRequest } from './request.ts';
import { refuseThresholds } from './threshold-units.ts';
import { printFile, printNote, printable } from '../print.ts';

/** What was found, and the text of it in the format that was asked for. */
export interface ComparisonOutcome {
  readonly text: string;
  /** A column, or all of them together; or a check or an expectation failed. Unknown where nothing could be judged. */
  readonly drifted: boolean | 'unknown';
}

/** Compares, judges and writes down. */
export async function runComparison(request: CompareRequest): Promise<ComparisonOutcome> {
  const bar = await openBar('columns');
  const compare =
    request.referenceIs === 'table'
      ? compareTables
      : (await import('./compare-with-profile.ts')).compareWithProfile;
  return outcomeOf(request, await compare(request, bar.update).finally(bar.close));
}

/** Judges what was compared, and writes it down. */
export async function outcomeOf(
  request: CompareRequest,
  { rows, results, performance, expectations }: ComparedTables,
): Promise<ComparisonOutcome> {
  const files = {
    reference: { file: request.reference, rows: rows.reference },
    current: { file: request.current, rows: rows.current },
  };
  refuseThresholds(request, results);
  const drifts = judgeResults(results, request.alpha);
  const judged =
    request.compat === undefined ? reportOf(files, results, drifts) : evidentlyReportOf(files, results);
  const report = {
    ...judged,
    ...(request.compat === undefined && { alpha: request.alpha }),
    ...(performance !== undefined && { performance }),
    ...(expectations !== undefined && { expectations: checksReportOf(expectations) }),
  };
  const text = await (request.format === 'html'
    ? import('./report-html.ts').then(({ reportHtml }) => reportHtml(report, results, drifts, request.alpha))
    : textOf(request.format, report, request.output === undefined ? screen() : paper));
  return { text, drifted: isJudged(report) ? hasAlarm(report) : 'unknown' };
}

async function textOf(
  format: 'table' | 'json' | 'junit',
  report: ComparisonReport,
  screen: Screen,
): Promise<string> {
  switch (format) {
    case 'json':
      return JSON.stringify(report, undefined, 2);
    case 'table':
      return (await import('./report-text.ts')).reportText(printable(report), screen);
    case 'junit':
      return (await import('./report-junit.ts')).reportJunit(report);
  }
}

/** Prints or writes what was found, and returns the exit code that was asked for. */
export async function conclude(
  { output, failOnDrift }: CompareRequest,
  { text, drifted }: ComparisonOutcome,
): Promise<number> {
  if (output === undefined) printFile(text);
  else await writeOutput(output, text);
  if (!failOnDrift) return 0;
  if (drifted !== 'unknown') return Number(drifted);
  // A gate that lets pass what nobody could look at is none.
  printNote('Nothing could be judged, so --fail-on-drift does not let it pass.');
  return 2;
}
