/** Tells people of drift: opens or resolves the alerts of a run. */

import { alertFacts } from '../../core/drift/alert-facts.ts';
import type { Monitor } from '../../core/monitor/schema.ts';
import type { Finding } from '../../core/multivariate/finding.ts';
import { speakingFindings } from '../../core/multivariate/join-findings.ts';
import type { Verdict } from '../../core/verdict.ts';
import type { Fact } from '../../core/alert/alert.ts';
import type { Queryable } from '../../sql/database.ts';
import { reportVerdict, type ReportedRun } from '../alerts/report-verdict.ts';
import type { SegmentDrift } from './judge-window.ts';

export interface FoundDrift {
  readonly whole: SegmentDrift;
  readonly named: readonly SegmentDrift[];
  readonly together: readonly Finding<unknown>[];
}

/** A segment speaks for itself only while the model as a whole is calm: nobody wants the same drift five times. */
export async function reportDrift(
  connection: Queryable,
  monitor: Monitor,
  run: ReportedRun,
  { whole, named, together }: FoundDrift,
): Promise<void> {
  const report = (subject: string, verdict: Verdict, facts: readonly Fact[]): Promise<void> =>
    reportVerdict(connection, monitor, { ...run, kind: 'drift', subject, verdict, facts });
  const speaking = speakingFindings(together, monitor.drift.alpha);
  await report(run.subject, whole.dataset.verdict, alertFacts(whole.columns, speaking));
  for (const { segment, dataset, columns } of named) {
    const verdict: Verdict =
      whole.dataset.drifted === 'yes'
        ? { level: 'ok', reason: 'the whole model has drifted' }
        : dataset.verdict;
    await report(`${run.subject}/${segment}`, verdict, alertFacts(columns));
  }
}
