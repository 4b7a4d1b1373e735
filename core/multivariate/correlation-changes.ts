/** Which features go together otherwise than they did? */

import { adjustPValues } from '../drift/false-discovery.ts';
import { formatSignificant } from '../number-text.ts';
import { studentSurvival } from '../statistics/distributions.ts';
import type { Sides } from '../statistics/comparison.ts';
import type { PairKind } from './association.ts';
import { associatePairs, blocks, type Pair } from './blocked-association.ts';
import { levelFor, notFound, rowsInWords, type Finding, type Floors } from './finding.ts';
import { rowCountOf, type Sample } from './sample.ts';
import { fewestUsualWindows } from './usual-windows.ts';

/** Differences of a correlation. */
const correlationFloors: Floors = { warning: 0.2, critical: 0.5 };

export interface PairChange {
  readonly columns: readonly [string, string];
  readonly kind: PairKind;
  readonly reference: number;
  readonly current: number;
  readonly pValue: number;
  readonly adjustedPValue: number;
  /** So many independent rows would be as certain. */
  readonly effectiveSizes: Sides<number>;
}

export interface CorrelationDetails {
  /** Pairs that could be judged. */
  readonly pairs: number;
  /** Certain and large enough; the largest difference first. At most 50. */
  readonly changed: readonly PairChange[];
  /**
   * By how much the squared changes of usual windows exceed what chance explains, by kind of pair; 1 without such
   * windows.
   */
  readonly dispersion: Readonly<Record<PairKind, number>>;
}

export interface CorrelationOptions {
  readonly alpha: number;
  /** Earlier windows of the same length in which nothing was wrong, each with the reference's rows outside of it. */
  readonly usual?: readonly Sides<Sample>[];
}

/**
 * Which pairs of features go together otherwise in the current window than in the reference?
 *
 * Spearman's correlation of two continuous features, the bias-corrected Cramer's V of two categorical ones, the
 * correlation ratio of ranks of a mixed pair. The difference of their Fisher z is held against its standard error by
 * blocks of time (Student's law, degrees of freedom by Welch and Satterthwaite). With three usual windows or more,
 * squared standard errors are multiplied by how much more those windows differ from the reference than blocks explain:
 * their mean squared t, at least 1, for each kind of pair. Pairs with a categorical feature are judged only then,
 * because a short window in which a level stands for one day of weather always looks associated. Benjamini-Hochberg
 * over the pairs.
 *
 * A pair has changed where the adjusted p <= alpha and the values differ by .2 or more; .5 is critical. Statistic: how
 * many have changed; effect and p-value are those of the pair that has changed most, or without one of the least
 * probable pair. Pairs with a constant column or fewer than 30 complete rows of a side are not judged. Cost: pairs x
 * rows; 66 pairs x 4,000 rows take 5 ms.
 *
 * False alarms at alpha .05 (as for the domain classifier): none of independent rows, 10 to 18% with an autocorrelation
 * of .9, 40% with .97; with usual windows 5%, and 9% at .97.
 *
 * @example
 * const columns = ['temp', 'hum'].map((name) => ({ name, kind: 'continuous' }));
 * const sample = (rows, hum) =>
 *   sampleOf(columns, Array.from({ length: rows }, (_, i) => ({ time: i * hourMs, values: [(i * 7) % 101, hum(i)] })));
 * const [reference, current] = [sample(700, (i) => (i * 13) % 97), sample(168, (i) => 100 - ((i * 7) % 101))];
 * correlationChanges(reference, current, { alpha: 0.05 }).verdict.reason
 * // '1 of 1 pairs of features changed: temp and hum 0.029 -> -1 (700 and 168 rows)'
 */
export function correlationChanges(
  reference: Sample,
  current: Sample,
  { alpha, usual = [] }: CorrelationOptions,
): Finding<CorrelationDetails> {
  const sampleSizes = { reference: rowCountOf(reference), current: rowCountOf(current) };
  const enough = usual.length >= fewestUsualWindows;
  const dispersion = dispersionOf(enough ? usual.flatMap(associatePairs) : []);
  const pairs = associatePairs({ reference, current });
  const judged = judgePairs(
    pairs.filter(({ kind }) => enough || kind === 'continuous'),
    dispersion,
  );
  const [least] = judged.toSorted(
    (a, b) => a.adjustedPValue - b.adjustedPValue || differenceOf(b) - differenceOf(a),
  );
  if (least === undefined) {
    const reason = 'no pair of features has enough complete rows that vary on both sides';
    return notFound('correlation', correlationFloors, sampleSizes, reason);
  }
  const changed = judged
    .filter((pair) => levelFor(pair.adjustedPValue, alpha, differenceOf(pair), correlationFloors) !== 'ok')
    .sort((a, b) => differenceOf(b) - differenceOf(a));
  const leading = changed[0] ?? least;
  return {
    method: 'correlation',
    statistic: changed.length,
    pValue: leading.adjustedPValue,
    effect: differenceOf(leading),
    threshold: correlationFloors.warning,
    sampleSizes,
    verdict: {
      level: levelFor(leading.adjustedPValue, alpha, differenceOf(leading), correlationFloors),
      reason: inWords(changed, judged.length, sampleSizes),
    },
    details: { pairs: judged.length, changed: changed.slice(0, keptPairs), dispersion },
  };
}

/** So many changed pairs are kept, and so many are named. */
const keptPairs = 50;
const namedPairs = 3;

function differenceOf({ reference, current }: PairChange): number {
  return Math.abs(current - reference);
}

/** The change of an association in units of its standard error; undefined where a side has none. */
function standardChange({ reference, current }: Pair): number | undefined {
  if (reference === undefined || current === undefined) return undefined;
  return (current.z - reference.z) / Math.sqrt(reference.variance + current.variance);
}

function dispersionOf(usual: readonly Pair[]): Record<PairKind, number> {
  const ofKind = (kind: PairKind): number => {
    const changes = usual.filter((pair) => pair.kind === kind).flatMap((pair) => standardChange(pair) ?? []);
    if (changes.length === 0) return 1;
    return Math.max(1, changes.reduce((sum, change) => sum + change ** 2, 0) / changes.length);
  };
  return { continuous: ofKind('continuous'), categorical: ofKind('categorical'), mixed: ofKind('mixed') };
}

function judgePairs(pairs: readonly Pair[], dispersion: Record<PairKind, number>): PairChange[] {
  const judged = pairs.flatMap((pair) => {
    const { columns, kind, reference, current } = pair;
    const change = standardChange(pair);
    if (change === undefined || reference === undefined || current === undefined) return [];
    const t = Math.abs(change) / Math.sqrt(dispersion[kind]);
    const pValue = Math.min(
      1,
      2 * studentSurvival(t, degreesOfFreedom(reference.variance, current.variance)),
    );
    const effectiveSizes = { reference: reference.effectiveSize, current: current.effectiveSize };
    return [{ columns, kind, reference: reference.value, current: current.value, pValue, effectiveSizes }];
  });
  const adjusted = adjustPValues(judged.map(({ pValue }) => pValue));
  return judged.map((pair, i) => ({ ...pair, adjustedPValue: adjusted[i]! }));
}

function degreesOfFreedom(reference: number, current: number): number {
  return ((blocks - 1) * (reference + current) ** 2) / (reference ** 2 + current ** 2);
}

function inWords(changed: readonly PairChange[], pairs: number, sampleSizes: Sides<number>): string {
  const head = `${changed.length} of ${pairs} pairs of features changed`;
  const named = changed
    .slice(0, namedPairs)
    .map(
      ({ columns, reference, current }) =>
        `${columns.join(' and ')} ${formatSignificant(reference, 2)} -> ${formatSignificant(current, 2)}`,
    );
  const more = changed.length > namedPairs ? ` and ${changed.length - namedPairs} more` : '';
  const list = named.length === 0 ? '' : `: ${named.join(', ')}${more}`;
  return `${head}${list} (${rowsInWords(sampleSizes)})`;
}
