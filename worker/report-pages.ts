/** The stored reports as pages. */

import {
  parseReportListPath,
  parseReportPath,
  reportListPath,
  reportPath,
  type ReportKey,
  type StoredReport,
} from '../activities/reports/store.ts';
import { renderReportList } from '../console/report-list.ts';
import { formatInstant } from '../core/window.ts';

export interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

export interface StoredReports {
  /** The HTML of a report. */
  readonly find: (key: ReportKey) => Promise<string | undefined>;
  /** The newest ones, of a model or of all. */
  readonly list: (model?: string) => Promise<readonly StoredReport[]>;
}

/** A report, the list of them, or why there is none; undefined for a path that has nothing to do with reports. */
export async function reportPage(path: string, reports: StoredReports): Promise<Answer | undefined> {
  const key = parseReportPath(path);
  if (key !== undefined) {
    const found = await reports.find(key);
    const [start, end] = [formatInstant(key.window.start), formatInstant(key.window.end)];
    return found === undefined
      ? nothing(`${key.model} has no drift report of ${start} to ${end}; see ${reportListPath(key.model)}`)
      : htmlPage(found);
  }
  const list = parseReportListPath(path);
  if (list !== undefined) return listPage(list.model, reports);
  if (!path.startsWith('/reports')) return undefined;
  return nothing('a report is at /reports/drift/<model>/<start>/<end>; all of them are listed at /reports');
}

async function listPage(model: string | undefined, reports: StoredReports): Promise<Answer> {
  const found = await reports.list(model);
  if (model !== undefined && found.length === 0) return nothing(`${model} has no drift report; see /reports`);
  const title = model === undefined ? 'Drift reports' : `Drift reports of ${model}`;
  const listed = found.map((report) => ({
    ...report,
    path: reportPath(report),
    modelPath: reportListPath(report.model),
  }));
  return htmlPage(renderReportList(title, listed));
}

function htmlPage(body: string): Answer {
  return { status: 200, type: 'text/html; charset=utf-8', body };
}

function nothing(reason: string): Answer {
  return { status: 404, type: 'text/plain; charset=utf-8', body: `${reason}\n` };
}
