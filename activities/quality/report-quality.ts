/** Tells people of bad, missing and late data: opens or resolves the alerts of a run. */

import { columnAnchor } from '../../console/drift-report/anchor.ts';
import type { Monitor } from '../../core/monitor/schema.ts';
import {
  missingFacts,
  qualityAlertKind,
  qualityFacts,
  qualitySummary,
  verdictOfSome,
} from '../../core/quality/alert-facts.ts';
import { summarizeChecks, type QualityCheck } from '../../core/quality/check.ts';
import { datasetName } from '../../core/alert/subject.ts';
import type { Queryable } from '../../sql/database.ts';
import { reportVerdicts, type ReportedRun, type ReportedVerdict } from '../alerts/report-verdict.ts';
import { unwatchedBecause, wholeModel } from '../profiles/columns.ts';
import { groupByColumn } from '../profiles/days.ts';
import { freshAt, type WindowQuality } from './check-quality.ts';

const qualityKinds = ['data-quality', 'missing-data', 'freshness'] as const;

const streams = { prediction: 'predictions', actual: 'actuals' } as const;

/** An alert for each column with missing values, for each stream that is late, and one for all other checks. */
export async function reportQuality(
  connection: Queryable,
  monitor: Monitor,
  run: ReportedRun,
  { counted }: WindowQuality,
): Promise<void> {
  const checksOf = (kind: (typeof qualityKinds)[number]): QualityCheck[] =>
    counted.filter((check) => qualityAlertKind(check) === kind);
  const verdicts = [
    ofTheRest(checksOf('data-quality'), counted),
    ...ofMissing(checksOf('missing-data')),
    ...ofStreams(monitor, run, checksOf('freshness')),
  ];
  const ignored: readonly string[] = monitor.quality.ignore;
  await reportVerdicts(connection, monitor, run, qualityKinds, verdicts, (kind, name) => {
    if (kind === 'missing-data')
      return (
        unwatchedBecause(monitor, name) ??
        (ignored.includes('missing') ? `missing values of ${name} are ignored by the monitor` : undefined)
      );
    return kind === 'freshness' && ignored.includes('freshness')
      ? `how fresh ${name} are is ignored by the monitor`
      : undefined;
  });
}

function ofTheRest(checks: readonly QualityCheck[], counted: readonly QualityCheck[]): ReportedVerdict {
  const { level, reason } = summarizeChecks(checks);
  const isTrouble = level === 'warning' || level === 'critical';
  return {
    kind: 'data-quality',
    name: datasetName(wholeModel),
    verdict: { level, reason: isTrouble ? qualitySummary(checks, counted) : reason },
    facts: qualityFacts(checks),
    anchor: 'quality',
  };
}

function ofMissing(checks: readonly QualityCheck[]): ReportedVerdict[] {
  return [...groupByColumn(checks)].map(([column, ofColumn]) => ({
    kind: 'missing-data',
    name: column,
    verdict: verdictOfSome(column, ofColumn),
    facts: missingFacts(ofColumn),
    anchor: columnAnchor(column),
  }));
}

function ofStreams(
  { quality }: Monitor,
  { window, asOf }: ReportedRun,
  checks: readonly QualityCheck[],
): ReportedVerdict[] {
  return checks.map((check) => {
    const stream = streams[check.column as keyof typeof streams];
    return {
      kind: 'freshness',
      name: stream,
      verdict: verdictOfSome(stream, [check]),
      facts: [],
      anchor: 'quality',
      asOf: freshAt(quality.freshness[stream], window, asOf),
    };
  });
}
