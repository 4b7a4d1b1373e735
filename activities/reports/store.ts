/** Stores reports: one HTML file for each model, segment and window. */

import type { Level, Verdict } from '../../core/verdict.ts';
import type { Window } from '../../core/window.ts';
import { formatInstant, parseWindow } from '../../core/window.ts';
import type { Queryable } from '../../sql/database.ts';
import { toTimestamp } from '../../sql/database.ts';

/** What names a report. */
export interface ReportKey {
  readonly kind: 'drift';
  readonly model: string;
  readonly window: Window;
}

/**
 * Where a report is read, from the root of the worker's HTTP endpoint.
 *
 * @example reportPath({ kind: 'drift', model: 'bike-demand', window }) // '/reports/drift/bike-demand/2011-05-13T00:00:00Z/2011-05-20T00:00:00Z'
 */
export function reportPath({ kind, model, window }: ReportKey): string {
  return `/reports/${kind}/${encodeURIComponent(model)}/${formatInstant(window.start)}/${formatInstant(window.end)}`;
}

/** Where the reports of a model are listed, or, without a model, the newest of all. */
export function reportListPath(model?: string): string {
  return model === undefined ? '/reports' : `/reports/drift/${encodeURIComponent(model)}`;
}

/** The list that a path names; undefined for any other path. */
export function parseReportListPath(path: string): { readonly model?: string } | undefined {
  if (path === '/reports') return {};
  const match = /^\/reports\/drift\/([^/]+)$/.exec(path);
  const model = match?.[1] === undefined ? undefined : decoded(match[1]);
  return model === undefined ? undefined : { model };
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
  const match = /^\/reports\/(drift)\/([^/]+)\/([^/]+)\/([^/]+)$/.exec(path);
  if (match === null) return undefined;
  const [, , model = '', start = '', end = ''] = match;
  try {
    return {
      kind: 'drift',
      model: decodeURIComponent(model),
      window: parseWindow({ start: decodeURIComponent(start), end: decodeURIComponent(end) }),
    };
  } catch {
    return undefined;
  }
}

/** Stores a report in the place of an earlier one of the same window. */
export async function storeReport(connection: Queryable, key: ReportKey, html: string): Promise<void> {
  await connection.execute(
    `insert into reports (model, kind, window_start, window_end, html)
     values ($1, $2, $3, $4, $5)
     on conflict (model, kind, window_start, window_end) do update set html = excluded.html, stored_at = now()
     where reports.html <> excluded.html`,
    [key.model, key.kind, toTimestamp(key.window.start), toTimestamp(key.window.end), html],
  );
}

/** The HTML of a report; undefined where there is none. */
export async function findReport(connection: Queryable, key: ReportKey): Promise<string | undefined> {
  const [row] = await connection.query<{ html: string }>(
    'select html from reports where model = $1 and kind = $2 and window_start = $3 and window_end = $4',
    [key.model, key.kind, toTimestamp(key.window.start), toTimestamp(key.window.end)],
  );
  return row?.html;
}

/** A report with what it says; absent where its run is not stored any more. */
export interface StoredReport extends ReportKey {
  readonly verdict?: Verdict;
}

/** The newest 200 reports, of a model or of all, by the end of their windows. */
export async function listReports(connection: Queryable, model?: string): Promise<StoredReport[]> {
  const rows = await connection.query<{
    kind: 'drift';
    model: string;
    start: number;
    end: number;
    level: Level | null;
    reason: string | null;
  }>(
    `select kind, model, window_start as start, window_end as "end", verdict as level, reason
     from (
       select kind, model, window_start, window_end from reports
       where $1::text is null or model = $1
       order by window_end desc, model, window_start limit 200
     ) report
     left join (select * from drift_runs where segment = '') run using (model, window_start, window_end)
     order by window_end desc, model, window_start`,
    [model ?? null],
  );
  return rows.map(({ kind, model, start, end, level, reason }) => ({
    kind,
    model,
    window: { start, end },
    ...(level !== null && reason !== null && { verdict: { level, reason } }),
  }));
}
