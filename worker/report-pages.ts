/** The stored reports as pages. */

import {
  parseReportListPath,
  parseReportPath,
  reportListPath,
  reportPath,
  type ReportGroup,
  type ReportKey,
  type ReportList,
  type StoredReport,
} from '../activities/reports/store.ts';
import { renderReportList, reportKindNames } from '../console/report-list.ts';
import { formatInstant } from '../core/window.ts';

export interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

export interface StoredReports {
  /** The HTML of a report. */
  readonly find: (key: ReportKey) => Promise<string | undefined>;
  /** The newest ones of a list. */
  readonly list: (list: ReportList) => Promise<readonly StoredReport[]>;
  readonly groups: () => Promise<readonly ReportGroup[]>;
}

/** A report, the list of them, or why there is none; undefined for a path that has nothing to do with reports. */
export async function reportPage(path: string, reports: StoredReports): Promise<Answer | undefined> {
  const key = parseReportPath(path);
  if (key !== undefined) {
    const found = await reports.find(key);
    const [start, end] = [formatInstant(key.window.start), formatInstant(key.window.end)];
    return found === undefined
      ? nothing(`${key.model} has no ${key.kind} report of ${start} to ${end}; see ${reportListPath(key)}`)
      : htmlPage(found);
  }
  const list = parseReportListPath(path);
  if (list !== undefined) return listPage(list, reports);
  if (!path.startsWith('/reports')) return undefined;
  return nothing(
    'a report is at /reports/<drift or performance>/<model>/<start>/<end>; all of them are listed at /reports',
  );
}

async function listPage(list: ReportList, reports: StoredReports): Promise<Answer> {
  const found = await reports.list(list);
  if (list.model !== undefined && found.length === 0)
    return nothing(`${list.model} has no ${list.kind} report; see /reports`);
  const title = [
    list.kind === undefined ? 'Reports' : `${reportKindNames[list.kind]} reports`,
    ...(list.model === undefined ? [] : [`of ${list.model}`]),
  ].join(' ');
  const listed = found.map((report) => ({
    ...report,
    path: reportPath(report),
    modelPath: reportListPath(report),
  }));
  const groups = (await reports.groups()).map((group) => ({
    ...group,
    path: reportListPath(group),
    kindPath: reportListPath({ kind: group.kind }),
  }));
  return htmlPage(renderReportList(title, listed, groups));
}

function htmlPage(body: string): Answer {
  return { status: 200, type: 'text/html; charset=utf-8', body };
}

function nothing(reason: string): Answer {
  return { status: 404, type: 'text/plain; charset=utf-8', body: `${reason}\n` };
}
