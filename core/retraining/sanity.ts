/** Is a challenger fit to be compared at all? */

import { formatShare } from '../number-text.ts';
import { countText } from '../performance/metrics.ts';

/** What a challenger predicted of the holdout, and what is known beside it. */
export interface ChallengerFacts {
  /** Rows of the holdout: those that the champion has predicted. */
  readonly holdoutRows: number;
  /** Those of them that the challenger has predicted too. */
  readonly predictedRows: number;
  /** Its predictions that could not be stored, for example because they are not finite. */
  readonly rejectedRows: number;
  /** Different predictions among its rows, of classes with their probabilities; more than one is as good as two. */
  readonly distinctPredictions: number;
  /** Different actuals of the same rows, counted alike. */
  readonly distinctActuals: number;
  /** Regression: the actuals that are known of the reference and of the training window, and the predictions held against them. */
  readonly range?: {
    readonly low: number;
    readonly high: number;
    /** Predictions beyond `extendedRange` of these. */
    readonly rowsBeyond: number;
  };
  /** Classification: predicted classes that the monitor does not know, and rows whose probabilities cannot be used. */
  readonly unknownClasses?: readonly string[];
  readonly unusableProbabilities?: number;
  /** The names of the features that it takes, where its trainer says so. */
  readonly features?: readonly string[];
}

export interface SanityCheck {
  readonly check: 'predicted' | 'finite' | 'range' | 'not-constant' | 'classes' | 'features';
  readonly holds: 'yes' | 'no';
  readonly reason: string;
}

/** Less of the holdout may be left out because it is hard. */
const leastPredicted = 0.95;
/** A linear model may leave the range on a few rows; a broken one does on many. */
const mostBeyond = 0.01;

/**
 * How far may predictions go? As far beyond the lowest and highest actual as these are apart.
 *
 * @example extendedRange({ low: 10, high: 30 }) // { low: -10, high: 50 }
 */
export function extendedRange({ low, high }: { readonly low: number; readonly high: number }): {
  readonly low: number;
  readonly high: number;
} {
  const width = high - low;
  return { low: low - width, high: high + width };
}

/**
 * Is a challenger sane? Each check with its reason; one that does not hold stops it before any gate.
 *
 * - `predicted`: at least 95% of the rows of the holdout that the champion has predicted;
 * - `finite`: none of its predictions was rejected when it was stored;
 * - `range`: at most 1% of its predictions are beyond `extendedRange` of the actuals known;
 * - `not-constant`: it does not predict the same for every row, unless all actuals are the same;
 * - `classes`: it predicts only classes that the monitor knows, with probabilities from 0 to 1 where it gives them;
 * - `features`: it takes features of the monitor only.
 *
 * Checks of which nothing is known are left out. A holdout without rows fails `predicted`.
 *
 * @example
 * const facts = { holdoutRows: 100, predictedRows: 90, rejectedRows: 0, distinctPredictions: 80, distinctActuals: 70 };
 * checkSanity(facts, []).find(({ holds }) => holds === 'no').reason
 * // 'the challenger has predicted 90 of the 100 held-out rows, at least 95% are needed'
 */
export function checkSanity(facts: ChallengerFacts, features: readonly string[]): readonly SanityCheck[] {
  return [
    checkPredicted(facts),
    checkFinite(facts),
    ...(facts.range === undefined ? [] : [checkRange(facts.range, facts.predictedRows)]),
    ...(facts.predictedRows === 0 ? [] : [checkConstant(facts)]),
    ...(facts.unknownClasses === undefined ? [] : [checkClasses(facts, facts.unknownClasses)]),
    ...(facts.features === undefined ? [] : [checkFeatures(facts.features, features)]),
  ];
}

function checkPredicted({ holdoutRows, predictedRows }: ChallengerFacts): SanityCheck {
  const holds = holdoutRows > 0 && predictedRows >= leastPredicted * holdoutRows;
  const found = `the challenger has predicted ${predictedRows} of the ${countText(holdoutRows, 'held-out row')}`;
  return answer('predicted', holds, found, `${found}, at least ${formatShare(leastPredicted)} are needed`);
}

function checkFinite({ rejectedRows }: ChallengerFacts): SanityCheck {
  return answer(
    'finite',
    rejectedRows === 0,
    'all its predictions could be stored',
    `${countText(rejectedRows, 'prediction')} of the challenger could not be stored; rejected_rows has them with the reason`,
  );
}

function checkRange(range: NonNullable<ChallengerFacts['range']>, rows: number): SanityCheck {
  const { low, high } = extendedRange(range);
  const beyond = `${countText(range.rowsBeyond, 'prediction')} of ${rows} are below ${low} or above ${high}`;
  return answer(
    'range',
    range.rowsBeyond <= mostBeyond * rows,
    beyond,
    `${beyond}, while actuals are ${range.low} to ${range.high}: at most ${formatShare(mostBeyond)} may be`,
  );
}

function checkConstant({ distinctPredictions, distinctActuals }: ChallengerFacts): SanityCheck {
  return answer(
    'not-constant',
    distinctPredictions > 1 || distinctActuals <= 1,
    'its predictions differ from row to row',
    'the challenger predicts the same for every held-out row',
  );
}

function checkClasses(
  { unusableProbabilities = 0 }: ChallengerFacts,
  unknownClasses: readonly string[],
): SanityCheck {
  const problems = [
    ...(unknownClasses.length === 0
      ? []
      : [
          `the challenger predicts ${unknownClasses.map((name) => `"${name}"`).join(', ')}, which the monitor does not list`,
        ]),
    ...(unusableProbabilities === 0
      ? []
      : [`${countText(unusableProbabilities, 'row')} of the challenger have no usable probabilities`]),
  ];
  return answer('classes', problems.length === 0, 'it predicts known classes', problems.join('; '));
}

function checkFeatures(taken: readonly string[], features: readonly string[]): SanityCheck {
  const unknown = taken.filter((name) => !features.includes(name)).map((name) => `"${name}"`);
  return answer(
    'features',
    unknown.length === 0,
    `it takes ${countText(taken.length, 'feature')} of the monitor`,
    `the challenger takes what is no feature of the monitor: ${unknown.join(', ')}`,
  );
}

function answer(check: SanityCheck['check'], holds: boolean, right: string, wrong: string): SanityCheck {
  return { check, holds: holds ? 'yes' : 'no', reason: holds ? right : wrong };
}
