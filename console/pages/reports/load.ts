/** The stored reports. */

import type { Level } from '../../../core/verdict.ts';
import { pageOf, type Pages } from '../../layout/links.ts';
import type { Asked } from '../../server/page.ts';

export const reportKinds = ['drift', 'performance'] as const;
export type ReportKind = (typeof reportKinds)[number];

export interface ReportLine {
  readonly kind: ReportKind;
  readonly model: string;
  readonly start: number;
  readonly end: number;
  readonly storedAt: number;
  /** Null where its run is not stored any more. */
  readonly level: Level | null;
  readonly reason: string | null;
}

export interface LoadedReports {
  readonly reports: readonly ReportLine[];
  readonly pages: Pages;
  readonly kind?: ReportKind;
  readonly model?: string;
}

const pageSize = 50;

/** To count all of two years takes longer than the page; who looks for older ones names a model. */
const mostCounted = 10_000;

/** The newest windows first; kind and model are of the path, as those who link to a list have it, or of a form. */
export async function loadReports({ connection, parameters, query }: Asked): Promise<LoadedReports> {
  const kind = reportKinds.find((known) => known === (parameters['kind'] ?? query.get('kind')));
  const model = (parameters['model'] ?? query.get('model') ?? '').trim();
  const asked = [kind ?? null, model === '' ? null : model];
  const page = pageOf(query);
  const [counted, reports] = await Promise.all([
    connection.query<{ count: number }>(
      `select count(*) as count
       from (
         select from reports where ($1::text is null or kind = $1) and ($2::text is null or model = $2) limit $3
       ) counted`,
      [...asked, mostCounted + 1],
    ),
    connection.query<ReportLine & Record<string, unknown>>(
      `select report.kind, report.model, window_start as start, window_end as "end", report.stored_at as "storedAt",
       coalesce(report.verdict ->> 'level', run.verdict) as level,
       coalesce(report.verdict ->> 'reason', run.reason) as reason
     from (
       select kind, model, window_start, window_end, stored_at, content -> 'verdict' as verdict from reports
       where ($1::text is null or kind = $1) and ($2::text is null or model = $2)
       order by window_end desc, model, kind, window_start
       limit $3 offset $4
     ) report
     left join (select * from drift_runs where segment = '') run using (model, window_start, window_end)
     order by window_end desc, report.model, report.kind, window_start`,
      [...asked, pageSize, (page - 1) * pageSize],
    ),
  ]);
  const { count } = counted[0]!;
  return {
    reports,
    pages: {
      page,
      size: pageSize,
      count: Math.min(count, mostCounted),
      ...(count > mostCounted && { isMore: true }),
    },
    ...(kind && { kind }),
    ...(model !== '' && { model }),
  };
}
