import { momentsOf } from '../profile/profile.ts';
import type { Comparison } from '../statistics/comparison.ts';
import { methodOf, type Decision } from '../statistics/registry.ts';
import { valueOf } from '../verdict.ts';
import type { ColumnFacts } from './column-facts.ts';

/**
 * A decision as a person reads it: the number, the threshold, and what was compared.
 *
 * @example 'Wasserstein 0.31 sd >= 0.2 (reference mean 0.55, current 0.63; 744 and 168 rows)'
 */
export function decisionInWords(decision: Decision, comparison: Comparison, facts: ColumnFacts): string {
  if (decision.drifted === 'unknown') return decision.reason;
  const { value, threshold } = decision;
  const { label, unit } = methodOf(decision.method);
  const number =
    decision.decidedBy === 'p-value'
      ? `${label} p ${formatAgainst(value, threshold)}`
      : `${label} ${formatAgainst(value, threshold)}${unit}`;
  const { reference, current } = facts.sampleSizes;
  const sizes = `${reference} and ${current} rows`;
  const sides = [...meansInWords(comparison, facts), sizes, ...unseenInWords(facts)].join('; ');
  return `${number} ${value < threshold ? '<' : '>='} ${threshold} (${sides})`;
}

/** A share of 1 as a percentage, with one decimal where it is small. */
export function formatShare(share: number): string {
  return `${Number((share * 100).toFixed(share < 0.1 ? 1 : 0))}%`;
}

/** Three digits, and more where a number would otherwise look equal to its threshold. */
function formatAgainst(value: number, threshold: number): string {
  for (let digits = 3; digits < 17; digits += 1) {
    const rounded = Number(value.toPrecision(digits));
    if (rounded !== threshold || value === threshold) return String(rounded);
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
  return String(decimals <= 12 ? Number(mean.toFixed(decimals)) : Number(mean.toPrecision(6)));
}

function unseenInWords({ unseenRatio }: ColumnFacts): string[] {
  const share = valueOf(unseenRatio) ?? 0;
  return share > 0 ? [`${formatShare(share)} unseen categories`] : [];
}
