/** Verdicts on columns as a person reads them. */

import { formatPValue, formatShare, formatSignificant } from '../number-text.ts';
import { countText } from '../performance/metrics.ts';
import { momentsOf, valueCountOf } from '../profile/profile.ts';
import type { Comparison, Sides } from '../statistics/comparison.ts';
import { methodOf, type Decision, type MethodName } from '../statistics/registry.ts';
import type { Answer, Question } from './answer.ts';

/**
 * A decision by a threshold: the number, the limit, and what was compared.
 *
 * @param isConstant Is the reference one value? Then no number of its standard deviations is said.
 * @example
 * const decision = { drifted: 'yes', method: 'wasserstein', decidedBy: 'effect', value: 1.08, effect: 1.08, threshold: 0.2 };
 * decisionInWords(decision, '744 and 168 values') // 'Wasserstein 1.08 sd, its limit is 0.2 sd (744 and 168 values)'
 */
export function decisionInWords(decision: Decision, compared: string, isConstant = false): string {
  if (decision.drifted === 'unknown') return decision.reason;
  const { decidedBy, value, threshold, effect } = decision;
  const { label, unit } = methodOf(decision.method);
  const held = hasNoUnit(unit, effect, isConstant)
    ? `${constantInWords}, its limit is ${threshold}${unit}`
    : decidedBy === 'effect'
      ? `${label} ${formatAgainst(value, threshold, formatSignificant)}${unit}, its limit is ${threshold}${unit}`
      : `${label} ${formatSignificant(effect)}${unit}, p ${formatAgainst(value, threshold, formatPValue)}, its limit is p ${threshold}`;
  return `${held} (${compared})`;
}

/**
 * The answer to a question: how large the difference is, how often it is the usual one, how probable it would be if nothing
 * had changed, and what was compared.
 *
 * @param isConstant Is the reference one value? Then no number of its standard deviations is said.
 * @example
 * const heldAgainst = { null: 'empirical', usual: 0.022, lookback: 4 };
 * const answer = { question: 'recent', effect: 0.31, heldAgainst, adjustedPValue: 0.004, level: 'warning' };
 * answerInWords('wasserstein', answer, '672 and 168 values')
 * // 'Wasserstein 0.31 sd, 14 times its usual change against the 4 windows before, p 0.004 after correction (672 and 168 values)'
 */
export function answerInWords(
  method: MethodName,
  answer: Answer & { readonly adjustedPValue: number; readonly level: string },
  compared: string,
  isConstant = false,
): string {
  const { effect, adjustedPValue, level } = answer;
  const { label, unit, floors } = methodOf(method);
  const difference = hasNoUnit(unit, effect, isConstant)
    ? constantInWords
    : `${label} ${formatSignificant(effect)}${unit}${answer.heldAgainst.null === 'analytic' ? ' from the reference' : ''}`;
  const isSmall = level === 'ok' && effect < floors.warning;
  const small = isSmall ? `; it matters from ${floors.warning}${unit} on` : '';
  const sizes = `${compared}${effectiveSizesInWords(answer)}`;
  return `${difference}${heldAgainstInWords(answer)}, p ${formatPValue(adjustedPValue)} after correction${small} (${sizes})`;
}

const constantInWords = 'the reference is constant';

/** A constant has no standard deviation; what stands in for it makes a number that means nothing. */
function hasNoUnit(unit: string, effect: number, isConstant: boolean): boolean {
  return isConstant && unit === ' sd' && effect > 0;
}

function heldAgainstInWords({ question, effect, heldAgainst }: Answer): string {
  if (heldAgainst.null === 'analytic') return '';
  const { usual, lookback } = heldAgainst;
  const what =
    question === 'reference'
      ? 'usual difference from the reference'
      : `usual change against ${lookback === 1 ? 'the window' : `the ${lookback} windows`} before`;
  return usual > 0 ? `, ${formatTimes(effect / usual)} times its ${what}` : `, where it has no ${what}`;
}

/** Rows that resemble their neighbours tell less than so many independent ones. */
function effectiveSizesInWords({ heldAgainst }: Answer): string {
  if (heldAgainst.null !== 'analytic' || heldAgainst.designEffect === 1) return '';
  const { reference, current } = heldAgainst.effectiveSizes;
  return `, as telling as ${formatSignificant(reference)} and ${formatSignificant(current)} independent ones`;
}

/** As 0.4, 2.9 and 14. */
function formatTimes(times: number): string {
  return times < 9.95 ? times.toFixed(1) : formatSignificant(times, 2);
}

/**
 * Both sides of a comparison: the means, or the categories that moved most, and how many values there are.
 *
 * @example
 * const grid = buildContinuousGrid(Float64Array.of(0.4, 0.6, 0.8));
 * const comparison = compareProfiles(grid, buildProfile(grid, [0.4, 0.6, 0.8]), buildProfile(grid, [0.5]));
 * comparedInWords(comparison, 'reference') // 'reference mean 0.6, current 0.5; sd 0.16, now 0; 3 and 1 value'
 */
export function comparedInWords(comparison: Comparison, question: Question): string {
  const values = {
    reference: valueCountOf(comparison.reference),
    current: valueCountOf(comparison.current),
  };
  const moved =
    comparison.kind === 'continuous' ? meansInWords(comparison, question) : levelsInWords(comparison, values);
  return `${moved}${values.reference} and ${countText(values.current, 'value')}`;
}

type Continuous = Extract<Comparison, { kind: 'continuous' }>;
type Categorical = Extract<Comparison, { kind: 'categorical' }>;

function meansInWords({ grid, reference, current }: Continuous, question: Question): string {
  const [old, young] = [momentsOf(reference, grid), momentsOf(current, grid)];
  if (old === undefined || young === undefined) return '';
  const [before, now] = [old, young].map(({ mean }) => formatMean(mean, old.standardDeviation));
  const means =
    question === 'reference'
      ? `reference mean ${before}, current ${now}; `
      : `mean before ${before}, now ${now}; `;
  return `${means}${spreadInWords(old, young)}`;
}

/** Said where it has moved further than the mean, which then explains nothing. */
function spreadInWords(old: Moments, young: Moments): string {
  const moved = Math.abs(young.standardDeviation - old.standardDeviation);
  if (moved <= Math.abs(young.mean - old.mean) || moved < leastSpreadChange * old.standardDeviation)
    return '';
  const [before, now] = [old, young].map(({ standardDeviation }) =>
    formatMean(standardDeviation, old.standardDeviation),
  );
  return `sd ${before}, now ${now}; `;
}

/** So many standard deviations; less is no news. */
const leastSpreadChange = 0.1;

type Moments = NonNullable<ReturnType<typeof momentsOf>>;

/** A tenth of a standard deviation shows, whatever the unit and the offset of the column. */
function formatMean(mean: number, deviation: number): string {
  const decimals = Math.max(0, Math.ceil(-Math.log10(deviation / 10)));
  return decimals <= 12 ? String(Number(mean.toFixed(decimals))) : formatSignificant(mean, 6);
}

/** Categories that are named, and the change of share below which they are not worth it. */
const named = { levels: 3, change: 0.01, length: 40 };

function levelsInWords({ grid, reference, current }: Categorical, values: Sides<number>): string {
  if (values.reference === 0 || values.current === 0) return '';
  const sharesOf = (before: number, now: number): Sides<number> => ({
    reference: before / values.reference,
    current: now / values.current,
  });
  const changes = [
    ...grid.levels.map((level, i) => ({ level, ...sharesOf(reference.cells[i]!, current.cells[i]!) })),
    { level: 'unseen categories', ...sharesOf(reference.unseen, current.unseen) },
  ];
  const changeOf = (shares: Sides<number>): number => Math.abs(shares.current - shares.reference);
  const moved = changes
    .filter((change) => changeOf(change) >= named.change)
    .sort((a, b) => changeOf(b) - changeOf(a))
    .slice(0, named.levels)
    .map(
      ({ level, reference: before, current: now }) =>
        `${shorten(level)}: ${formatShare(before)} -> ${formatShare(now)}`,
    );
  return moved.length === 0 ? '' : `${moved.join(', ')}; `;
}

function shorten(level: string): string {
  return level.length <= named.length ? level : `${level.slice(0, named.length)}...`;
}

/** As many digits as it takes not to look equal to the threshold. */
function formatAgainst(value: number, threshold: number, format: (value: number) => string): string {
  const text = format(value);
  if (value === threshold || Number(text) !== threshold) return text;
  for (let digits = 3; digits < 17; digits += 1) {
    const longer = formatSignificant(value, digits);
    if (Number(longer) !== threshold) return longer;
  }
  return String(value);
}
