/** Drift and data quality as conditions. */

import { countText, percentText } from '../performance/metrics.ts';
import type { QualityCheck } from '../quality/check.ts';
import { failedChecks } from '../quality/check.ts';
import type { Computed, Level, Verdict } from '../verdict.ts';
import type { DriftEvidence } from './evidence.ts';
import type { Judgement, Measurement } from './judgement.ts';
import { unjudgeable } from './judgement.ts';
import type { ColumnDriftCondition, DatasetDriftCondition, QualityCondition } from './rules.ts';

/** Have more of the features drifted than this share? */
export function judgeDatasetDrift(
  { share }: DatasetDriftCondition,
  drift: DriftEvidence | undefined,
): Judgement {
  const value: Computed =
    drift === undefined
      ? { notComputable: 'there is no drift run' }
      : drift.verdict.level === 'insufficient-data'
        ? { notComputable: drift.verdict.reason }
        : drift.share;
  const sampleSize = drift?.sampleSize ?? 0;
  const measurement: Measurement = {
    label: 'Drifted features',
    value,
    text: 'value' in value ? percentText(value.value) : value.notComputable,
    limit: percentText(share),
    sampleSize,
  };
  if ('notComputable' in value) return unjudgeable('dataset drift', value.notComputable, measurement);
  const fires = value.value > share;
  return {
    answer: fires ? 'fires' : 'fine',
    reason: `${percentText(value.value)} of the features have drifted, ${fires ? 'above' : 'not above'} ${percentText(share)} (${countText(sampleSize, 'row')})`,
    measured: [measurement],
  };
}

/** Has one column drifted? */
export function judgeColumnDrift(
  condition: ColumnDriftCondition,
  drift: DriftEvidence | undefined,
): Judgement {
  const column = condition.feature ?? condition.drift;
  const what = condition.feature === undefined ? `the ${condition.drift}` : `the feature ${column}`;
  const verdict: Verdict =
    drift === undefined
      ? { level: 'insufficient-data', reason: 'there is no drift run' }
      : (drift.columns[column] ?? { level: 'insufficient-data', reason: 'the drift run does not hold it' });
  return judgeVerdict(`drift of ${what}`, condition, verdict, drift?.sampleSize ?? 0);
}

/** Has a data-quality check found something? */
export function judgeQuality(condition: QualityCondition, drift: DriftEvidence | undefined): Judgement {
  const { quality, feature } = condition;
  const of = feature === undefined ? '' : ` of ${feature}`;
  const what = quality === 'any' ? `data quality${of}` : `data quality, ${quality}${of}`;
  const verdict = qualityVerdict(condition, drift?.quality);
  return judgeVerdict(what, condition, verdict, drift?.sampleSize ?? 0);
}

function qualityVerdict({ quality, feature }: QualityCondition, found: DriftEvidence['quality']): Verdict {
  if (found === undefined) return { level: 'insufficient-data', reason: 'nothing was checked' };
  if (quality === 'any' && feature === undefined) return found.verdict;
  const checks = found.checks.filter(
    ({ check, column }) =>
      (quality === 'any' || check === quality) && (feature === undefined || column === feature),
  );
  const [worst] = failedChecks(checks);
  const judged = checks.filter(({ verdict }) => verdict.level !== 'insufficient-data');
  if (worst !== undefined) return { level: worst.verdict.level, reason: reasonOf(worst) };
  if (judged.length > 0) return { level: 'ok', reason: `${countText(judged.length, 'check')} passed` };
  return { level: 'insufficient-data', reason: checks[0]?.verdict.reason ?? 'it was not checked' };
}

function reasonOf({ check, column, verdict }: QualityCheck): string {
  return `${column === '' ? '' : `${column} `}${check}: ${verdict.reason}`;
}

const rank: Readonly<Record<Level, number>> = { 'insufficient-data': 0, ok: 0, warning: 1, critical: 2 };

function judgeVerdict(
  what: string,
  { atLeast }: { readonly atLeast: 'warning' | 'critical' },
  { level, reason }: Verdict,
  sampleSize: number,
): Judgement {
  const measurement: Measurement = {
    label: `${what[0]?.toUpperCase()}${what.slice(1)}`,
    value: level === 'insufficient-data' ? { notComputable: reason } : { value: rank[level] },
    text: level === 'insufficient-data' ? reason : level,
    limit: `at least ${atLeast}`,
    sampleSize,
  };
  if (level === 'insufficient-data') return unjudgeable(what, reason, measurement);
  const fires = rank[level] >= rank[atLeast];
  return {
    answer: fires ? 'fires' : 'fine',
    reason: `${what} is ${level}: ${reason}`,
    measured: [measurement],
  };
}
