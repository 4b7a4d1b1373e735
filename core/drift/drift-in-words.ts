import { momentsOf } from '../profile/profile.ts';
import type { Comparison } from '../statistics/comparison.ts';
import { methodOf, type Decision } from '../statistics/registry.ts';
import { valueOf } from '../verdict.ts';
import type { ColumnFacts } from './column-facts.ts';

/**
 * A decision as a person reads it: the number, the threshold, and what was compared.
 *
 * @example 'Wasserstein 1.08 sd >= 0.2 (reference mean 0.71, current 0.52; 744 and 168 rows)'
 */
export function decisionInWords(decision: Decision, comparison: Comparison, facts: ColumnFacts): string {
  if (decision.drifted === 'unknown') return decision.reason;
  const { decidedBy, value, threshold, effect } = decision;
  const { label, unit } = methodOf(decision.method);
  const compared = `${formatAgainst(value, threshold)}${decidedBy === 'effect' ? unit : ''} ${value < threshold ? '<' : '>='} ${threshold}`;
  const found =
    decidedBy === 'effect'
      ? `${label} ${compared}`
      : `${label} p ${compared}, effect ${formatNumber(effect)}${unit}`;
  const { reference, current } = facts.sampleSizes;
  const sides = [
    ...meansInWords(comparison, facts),
    `${reference} and ${current} rows`,
    ...unseenInWords(facts),
  ];
  return `${found} (${sides.join('; ')})`;
}

/** A share of 1 as a percentage, with one decimal where it is small. */
export function formatShare(share: number): string {
  return `${Number((share * 100).toFixed(share < 0.1 ? 1 : 0))}%`;
}

function formatNumber(value: number, digits = 3): string {
  return String(Number(value.toPrecision(digits)));
}

/** Three digits, and more where a number would otherwise look equal to its threshold. */
function formatAgainst(value: number, threshold: number): string {
  for (let digits = 3; digits < 17; digits += 1) {
    const text = formatNumber(value, digits);
    if (Number(text) !== threshold || value === threshold) return text;
  }
  return String(value);
}

function meansInWords(comparison: Comparison, { means }: ColumnFacts): string[] {
  const reference = valueOf(means.reference);
  const current = valueOf(means.current);
  if (comparison.kind === 'categorical' || reference === null || current === null) return [];
  const deviation = momentsOf(comparison.reference, comparison.grid)?.standardDeviation ?? 0;
  return [`reference mean ${formatMean(reference, deviation)}, current ${formatMean(current, deviation)}`];
}

/** A tenth of a standard deviation shows, whatever the unit and the offset of the column. */
function formatMean(mean: number, deviation: number): string {
  const decimals = Math.max(0, Math.ceil(-Math.log10(deviation / 10)));
  return decimals <= 12 ? String(Number(mean.toFixed(decimals))) : formatNumber(mean, 6);
}

function unseenInWords({ unseenRatio }: ColumnFacts): string[] {
  const share = valueOf(unseenRatio) ?? 0;
  return share > 0 ? [`${formatShare(share)} unseen categories`] : [];
}
