/** Tells people of drift: opens or resolves the alerts of a run. */

import { columnAnchor } from '../../console/drift-report/anchor.ts';
import { driftedSince, sinceInWords } from '../../console/since.ts';
import type { AlertKind } from '../../core/alert/alert.ts';
import { datasetName, segmentOf } from '../../core/alert/subject.ts';
import { alertFacts, columnFacts } from '../../core/drift/alert-facts.ts';
import type { ColumnDrift } from '../../core/drift/column-drift.ts';
import type { Monitor } from '../../core/monitor/schema.ts';
import type { Finding } from '../../core/multivariate/finding.ts';
import { speakingFindings } from '../../core/multivariate/join-findings.ts';
import type { Verdict } from '../../core/verdict.ts';
import type { Queryable } from '../../sql/database.ts';
import { reportVerdicts, type ReportedRun, type ReportedVerdict } from '../alerts/report-verdict.ts';
import { unwatchedBecause } from '../profiles/columns.ts';
import { describeReference, spanText } from './describe-windows.ts';
import type { SegmentDrift } from './judge-window.ts';
import type { PastColumns } from './past.ts';

export interface FoundDrift {
  readonly whole: SegmentDrift;
  readonly named: readonly SegmentDrift[];
  readonly together: readonly Finding<unknown>[];
  readonly past: PastColumns;
}

const kindOf = {
  feature: 'drift',
  prediction: 'prediction-drift',
  confidence: 'prediction-drift',
  actual: 'actuals-drift',
} as const satisfies Record<ColumnDrift['subject'], AlertKind>;

/** Alerts of what is measured against the reference. */
export const driftKinds = ['dataset-drift', 'drift', 'prediction-drift', 'actuals-drift'] as const;

/** An alert for the model as a whole, for each of its segments, and for each column that counts. */
export async function reportDrift(
  connection: Queryable,
  monitor: Monitor,
  run: ReportedRun,
  found: FoundDrift,
): Promise<void> {
  const verdicts = [...ofDatasets(monitor, found), ...ofColumns(monitor, run, found)];
  await reportVerdicts(connection, monitor, run, driftKinds, verdicts, (kind, name) =>
    kind === 'dataset-drift'
      ? segmentGoneBecause(monitor, segmentOf(name), found.whole)
      : unwatchedBecause(monitor, name),
  );
}

/** A segment speaks for itself only while the model as a whole is calm: nobody wants the same drift five times. */
function ofDatasets(monitor: Monitor, { whole, named, together }: FoundDrift): ReportedVerdict[] {
  const speaking = speakingFindings(together, monitor.drift.alpha);
  const explained: Verdict = { level: 'ok', reason: 'the whole model has drifted' };
  return [whole, ...named].map((one) => ({
    kind: 'dataset-drift',
    name: datasetName(one.segment),
    verdict: one !== whole && whole.dataset.drifted === 'yes' ? explained : one.dataset.verdict,
    facts: alertFacts(one.columns, one === whole ? speaking : []),
  }));
}

function ofColumns(
  monitor: Monitor,
  { window }: ReportedRun,
  { whole, past }: FoundDrift,
): ReportedVerdict[] {
  const context = { reference: describeReference(monitor, window), window: spanText(window) };
  return whole.columns
    .filter(({ enabled }) => enabled)
    .map((drift) => {
      const since = driftedSince(past.get(drift.column)?.verdicts ?? []);
      return {
        kind: kindOf[drift.subject],
        name: drift.column,
        verdict: drift.verdict,
        facts: columnFacts(drift, { ...context, ...(since !== undefined && { since: sinceInWords(since) }) }),
        anchor: columnAnchor(drift.column),
      };
    });
}

/** A segment that has no rows may have none for long: a season, a shop that has closed. */
function segmentGoneBecause(
  { segments }: Monitor,
  segment: string,
  { columns }: SegmentDrift,
): string | undefined {
  if (segment === '') return undefined;
  if (!segments.some((feature) => segment.startsWith(`${feature}=`)))
    return `${segment} is no longer a segment of the monitor`;
  return columns.length === 0 ? undefined : `no row of the window has ${segment}`;
}
