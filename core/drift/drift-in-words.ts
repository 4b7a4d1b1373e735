import { momentsOf } from '../profile/profile.ts';
import type { Comparison } from '../statistics/comparison.ts';
import { methodOf, type Decision, type MethodName } from '../statistics/registry.ts';
import { valueOf } from '../verdict.ts';
import type { Answer } from './answer.ts';
import type { ColumnFacts } from './column-facts.ts';

/**
 * A decision by a threshold as a person reads it: the number, the threshold, and what was compared.
 *
 * @example 'Wasserstein 1.08 sd >= 0.2 (reference mean 0.71, current 0.52; 744 and 168 rows)'
 */
export function decisionInWords(decision: Decision, compared: string): string {
  if (decision.drifted === 'unknown') return decision.reason;
  const { decidedBy, value, threshold, effect } = decision;
  const { label, unit } = methodOf(decision.method);
  const held = `${formatAgainst(value, threshold)}${decidedBy === 'effect' ? unit : ''} ${value < threshold ? '<' : '>='} ${threshold}`;
  const found =
    decidedBy === 'effect' ? `${label} ${held}` : `${label} p ${held}, effect ${formatNumber(effect)}${unit}`;
  return `${found} (${compared})`;
}

/**
 * The answer to a question as a person reads it: the size of the difference, how often it is the usual one, how probable
 * it is, and what was compared.
 *
 * @example 'Wasserstein 0.31 sd, 14 times its usual change against the 4 weeks before, p 0.004 after correction (...)'
 */
export function answerInWords(
  method: MethodName,
  answer: Answer & { readonly adjustedPValue: number; readonly level: string },
  compared: string,
): string {
  const { effect, adjustedPValue, level } = answer;
  const { label, unit, floors } = methodOf(method);
  const size = `${label} ${formatNumber(effect)}${unit}`;
  const small =
    level === 'ok' && effect < floors.warning ? `, too small to matter below ${floors.warning}${unit}` : '';
  return `${size}${heldAgainstInWords(answer)}, p ${formatNumber(adjustedPValue, 2)} after correction${small} (${compared})`;
}

function heldAgainstInWords({ question, effect, heldAgainst }: Answer): string {
  if (heldAgainst.null === 'analytic') {
    const { reference, current } = heldAgainst.effectiveSizes;
    return ` from the reference, held against ${formatNumber(reference)} and ${formatNumber(current)} independent rows`;
  }
  const { usual, lookback } = heldAgainst;
  const times = usual > 0 ? `, ${formatNumber(effect / usual, 2)} times its` : ', against no';
  if (question === 'reference') return `${times} usual difference from the reference`;
  return `${times} usual change against ${lookback === 1 ? 'the window' : `the ${lookback} windows`} before`;
}

/**
 * Both sides of a comparison in words.
 *
 * @example 'reference mean 0.71, current 0.52; 744 and 168 rows'
 */
export function comparedInWords(comparison: Comparison, facts: ColumnFacts): string {
  const { reference, current } = facts.sampleSizes;
  return [
    ...meansInWords(comparison, facts),
    `${reference} and ${current} rows`,
    ...unseenInWords(facts),
  ].join('; ');
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
