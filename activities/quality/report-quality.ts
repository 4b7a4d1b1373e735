/** Tells people of bad data: opens or resolves the alert of a run. */

import type { Monitor } from '../../core/monitor/schema.ts';
import { qualityFacts, qualitySummary } from '../../core/quality/alert-facts.ts';
import type { Queryable } from '../../sql/database.ts';
import { reportVerdict, type ReportedRun } from '../alerts/report-verdict.ts';
import type { WindowQuality } from './check-quality.ts';

export async function reportQuality(
  connection: Queryable,
  monitor: Monitor,
  run: ReportedRun,
  { verdict, counted }: WindowQuality,
): Promise<void> {
  const summary =
    verdict.level === 'warning' || verdict.level === 'critical' ? qualitySummary(counted) : verdict.reason;
  await reportVerdict(connection, monitor, {
    ...run,
    kind: 'data-quality',
    verdict: { level: verdict.level, reason: summary },
    facts: qualityFacts(counted),
  });
}
