import type { DatasetDrift } from '../drift/dataset-drift.ts';
import { adjustPValues } from '../drift/false-discovery.ts';
import { togetherLabels, type Finding } from './finding.ts';

/**
 * The findings that speak: a warning or critical by themselves, and still certain when as many questions were asked
 * (Benjamini-Hochberg over the findings that could be judged), so that three methods raise no more false alarms than one.
 *
 * @param alpha The share of false alarms that is accepted.
 * @example
 * const found = { method: 'correlation', pValue: 0.04, verdict: { level: 'warning', reason: '1 of 3 pairs of features changed' } };
 * const calm = { ...found, pValue: 0.8, verdict: { level: 'ok', reason: 'as before' } };
 * [speakingFindings([found], 0.05).length, speakingFindings([found, calm, calm], 0.05).length] // [1, 0]
 */
export function speakingFindings(
  findings: readonly Finding<unknown>[],
  alpha: number,
): readonly Finding<unknown>[] {
  const judged = findings.filter(({ pValue }) => pValue !== null);
  const adjusted = adjustPValues(judged.map(({ pValue }) => pValue!));
  return judged.filter(
    ({ verdict: { level } }, i) => (level === 'warning' || level === 'critical') && adjusted[i]! <= alpha,
  );
}

/**
 * Have the inputs of a model changed, when all features are looked at together as well?
 *
 * Where no single feature has drifted, but a finding speaks, the verdict is a warning that says so: the features go together
 * otherwise than they did, or some change is spread over many of them. No more than a warning: which features it takes to call a model
 * drifted is for `drift.share` to say. Where features have drifted, findings only repeat them, and the verdict stays.
 *
 * @example
 * const calm = { driftedFeatures: [], verdict: { level: 'ok', reason: '0 of 3 features drifted (0%, limit 50%)' } };
 * const found = { method: 'correlation', pValue: 0.01, verdict: { level: 'critical', reason: 'x and y 0.9 -> -0.9' } };
 * joinFindings(calm, [found], 0.05).verdict.reason
 * // '0 of 3 features drifted (0%, limit 50%), but together they have changed: correlations of features: x and y 0.9 -> -0.9'
 */
export function joinFindings(
  dataset: DatasetDrift,
  findings: readonly Finding<unknown>[],
  alpha: number,
): DatasetDrift {
  const speaking = speakingFindings(findings, alpha);
  if (dataset.verdict.level !== 'ok' || dataset.driftedFeatures.length > 0 || speaking.length === 0)
    return dataset;
  const found = speaking.map(({ method, verdict }) => `${togetherLabels[method]}: ${verdict.reason}`);
  return {
    ...dataset,
    verdict: {
      level: 'warning',
      reason: `${dataset.verdict.reason}, but together they have changed: ${found.join('; ')}`,
    },
  };
}
