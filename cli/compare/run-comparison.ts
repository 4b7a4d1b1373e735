/** Runs `tidewatch compare` from its request to what it prints. */

import { writeFile } from 'node:fs/promises';

import { reasonOf, TidewatchError } from '../../core/errors.ts';
import { openBar } from '../progress-bar.ts';
import { compareTables, type ComparedTables } from './compare-tables.ts';
import {
  evidentlyReportOf,
  expectationsReportOf,
  hasAlarm,
  judgeResults,
  reportOf,
  type ComparisonReport,
} from './report.ts';
import type { CompareRequest } from './request.ts';

/** What was found, and the text of it in the format that was asked for. */
export interface ComparisonOutcome {
  readonly text: string;
  /** A column, or all of them together; or an expectation failed. */
  readonly drifted: boolean;
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
  const drifts = judgeResults(results, request.alpha);
  const judged =
    request.compat === undefined ? reportOf(files, results, drifts) : evidentlyReportOf(files, results);
  const report = {
    ...judged,
    ...(performance !== undefined && { performance }),
    ...(expectations !== undefined && { expectations: expectationsReportOf(expectations) }),
  };
  const text = await (request.format === 'html'
    ? import('./report-html.ts').then(({ reportHtml }) => reportHtml(report, results, drifts, request.alpha))
    : textOf(request.format, report));
  return { text, drifted: hasAlarm(report) };
}

async function textOf(format: 'table' | 'json' | 'junit', report: ComparisonReport): Promise<string> {
  switch (format) {
    case 'json':
      return JSON.stringify(report, undefined, 2);
    case 'table':
      return (await import('./report-text.ts')).reportText(report);
    case 'junit':
      return (await import('./report-junit.ts')).reportJunit(report);
  }
}

/** @throws TidewatchError `UNWRITABLE_FILE` */
export async function writeOutput(file: string, text: string): Promise<void> {
  try {
    await writeFile(file, `${text}\n`);
  } catch (error) {
    throw new TidewatchError('UNWRITABLE_FILE', { file, reason: reasonOf(error) }, { cause: error });
  }
}
