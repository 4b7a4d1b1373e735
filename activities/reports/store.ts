/** Stores reports: one HTML file for each kind, model and window. */

import type { Level, Verdict } from '../../core/verdict.ts';
import type { Window } from '../../core/window.ts';
import { formatInstant, parseWindow } from '../../core/window.ts';
import type { Queryable } from '../../sql/database.ts';
import { toTimestamp } from '../../sql/database.ts';

const reportKinds = ['drift', 'performance'] as const;
export type ReportKind = (typeof reportKinds)[number];

/** What names a report. */
export interface ReportKey {
  readonly kind: ReportKind;
  readonly model: string;
  readonly window: Window;
}

/** The reports of one kind and model, of one kind, or all. */
export type ReportList =
  | Pick<ReportKey, 'kind' | 'model'>
  | { readonly kind?: ReportKind; readonly model?: undefined };

/** How many reports of a kind a model has. */
export interface ReportGroup extends Pick<ReportKey, 'kind' | 'model'> {
  readonly count: number;
}

/**
 * Where a report is read, from the root of the worker's HTTP endpoint.
 *
 * @example reportPath({ kind: 'drift', model: 'bike-demand', window }) // '/reports/drift/bike-demand/2011-05-13T00:00:00Z/2011-05-20T00:00:00Z'
 */
export function reportPath({ kind, model, window }: ReportKey): string {
  return `/reports/${kind}/${encodeURIComponent(model)}/${formatInstant(window.start)}/${formatInstant(window.end)}`;
}

/** Where the reports of a list are listed. */
export function reportListPath(list: ReportList = {}): string {
  const parts = [list.kind, list.model].filter((part) => part !== undefined);
  return ['/reports', ...parts.map(encodeURIComponent)].join('/');
}

/** The list that a path names; undefined for any other path. */
export function parseReportListPath(path: string): ReportList | undefined {
  if (path === '/reports') return {};
  const match = /^\/reports\/([a-z]+)(?:\/([^/]+))?$/.exec(path);
  const kind = reportKinds.find((one) => one === match?.[1]);
  if (kind === undefined) return undefined;
  if (match?.[2] === undefined) return { kind };
  const model = decoded(match[2]);
  return model === undefined ? undefined : { kind, model };
}

function decoded(part: string): string | undefined {
  try {
    return decodeURIComponent(part);
  } catch {
    return undefined;
  }
}

/** The report that a path names; undefined for any other path. */
export function parseReportPath(path: string): ReportKey | undefined {
  const match = /^\/reports\/([a-z]+)\/([^/]+)\/([^/]+)\/([^/]+)$/.exec(path);
  const kind = reportKinds.find((one) => one === match?.[1]);
  if (match === null || kind === undefined) return undefined;
  const [, , model = '', start = '', end = ''] = match;
  try {
    return {
      kind,
      model: decodeURIComponent(model),
      window: parseWindow({ start: decodeURIComponent(start), end: decodeURIComponent(end) }),
    };
  } catch {
    return undefined;
  }
}

/** Stores a report in the place of an earlier one of the same window; `content` is what the page was drawn from. */
export async function storeReport(
  connection: Queryable,
  key: ReportKey,
  html: string,
  content: unknown = null,
): Promise<void> {
  await connection.execute(
    `insert into reports (model, kind, window_start, window_end, html, content)
     values ($1, $2, $3, $4, $5, $6)
     on conflict (model, kind, window_start, window_end) do update
     set html = excluded.html, content = excluded.content, stored_at = excluded.stored_at
     where reports.html <> excluded.html`,
    [...keyOf(key), html, content === null ? null : JSON.stringify(content)],
  );
}

/** The HTML of a report; undefined where there is none. */
export async function findReport(connection: Queryable, key: ReportKey): Promise<string | undefined> {
  const [row] = await connection.query<{ html: string }>(
    'select html from reports where model = $1 and kind = $2 and window_start = $3 and window_end = $4',
    keyOf(key),
  );
  return row?.html;
}

/** What the page of a report was drawn from; undefined where there is none. */
export async function findReportContent<Content>(
  connection: Queryable,
  key: ReportKey,
): Promise<Content | undefined> {
  const [row] = await connection.query<{ content: Content }>(
    `select content from reports
     where model = $1 and kind = $2 and window_start = $3 and window_end = $4 and content is not null`,
    keyOf(key),
  );
  return row?.content;
}

function keyOf({ model, kind, window }: ReportKey): unknown[] {
  return [model, kind, toTimestamp(window.start), toTimestamp(window.end)];
}

/** A report with what it says; absent where its run is not stored any more. */
export interface StoredReport extends ReportKey {
  readonly verdict?: Verdict;
}

/** The newest 200 reports of a list, by the end of their windows. */
export async function listReports(connection: Queryable, list: ReportList = {}): Promise<StoredReport[]> {
  const rows = await connection.query<{
    kind: ReportKind;
    model: string;
    start: number;
    end: number;
    level: Level | null;
    reason: string | null;
  }>(
    `select report.kind, report.model, window_start as start, window_end as "end",
       coalesce(report.verdict ->> 'level', run.verdict) as level, coalesce(report.verdict ->> 'reason', run.reason) as reason
     from (
       select kind, model, window_start, window_end, content -> 'verdict' as verdict from reports
       where ($1::text is null or model = $1) and ($2::text is null or kind = $2)
       order by window_end desc, model, kind, window_start limit 200
     ) report
     left join (select * from drift_runs where segment = '') run
       using (model, window_start, window_end)
     order by window_end desc, report.model, report.kind, window_start`,
    [list.model ?? null, list.kind ?? null],
  );
  return rows.map(({ kind, model, start, end, level, reason }) => ({
    kind,
    model,
    window: { start, end },
    ...(level !== null && reason !== null && { verdict: { level, reason } }),
  }));
}

/** The one of a kind and model whose window ends last, at an instant or before it. */
export async function findNewestReport(
  connection: Queryable,
  { kind, model }: Pick<ReportKey, 'kind' | 'model'>,
  until: number,
): Promise<ReportKey | undefined> {
  const [window] = await connection.query<{ start: number; end: number }>(
    `select window_start as start, window_end as "end" from reports
     where model = $1 and kind = $2 and window_end <= $3
     order by window_end desc, window_start limit 1`,
    [model, kind, toTimestamp(until)],
  );
  return window && { kind, model, window };
}

/** Which kinds of reports there are of which models. */
export function listReportGroups(connection: Queryable): Promise<ReportGroup[]> {
  return connection.query<ReportGroup & Record<string, unknown>>(
    'select kind, model, count(*) as count from reports group by 1, 2 order by 1, 2',
  );
}
