/** The law of a table of two rows and two columns whose margins are fixed. */

import { binomialProbability } from './distributions.ts';

/** Of `total` rows, `marked` carry a mark and `drawn` are drawn at random; how many marked ones are among the drawn? */
export interface Draw {
  readonly total: number;
  readonly marked: number;
  readonly drawn: number;
}

/** The fewest and the most marked rows that can be among the drawn. */
export function rangeOf({ total, marked, drawn }: Draw): readonly [number, number] {
  return [Math.max(0, marked + drawn - total), Math.min(marked, drawn)];
}

/**
 * How probable are exactly `count` marked rows among the drawn? 0 outside the range. Whatever the size: no factorial.
 *
 * @example hypergeometricProbability({ total: 10, marked: 4, drawn: 5 }, 2) // 10 / 21
 */
export function hypergeometricProbability(draw: Draw, count: number): number {
  const { total, marked, drawn } = draw;
  const [least, most] = rangeOf(draw);
  if (count < least || count > most) return 0;
  const [share, rest] = [drawn / total, (total - drawn) / total];
  return (
    (binomialProbability(count, marked, share, rest) *
      binomialProbability(drawn - count, total - marked, share, rest)) /
    binomialProbability(drawn, total, share, rest)
  );
}

/**
 * How probable are at least `count` marked rows among the drawn? Relative error below 1e-11 at 10^9 rows. Cost: a step for
 * each count that matters, as many as some standard deviations of the law.
 */
export function probabilityOfAtLeast(draw: Draw, count: number): number {
  const [least] = rangeOf(draw);
  if (count <= least) return 1;
  // The shorter tail is summed; it is the one that needs its digits.
  if (count <= (draw.marked * draw.drawn) / draw.total) return 1 - probabilityOfAtMost(draw, count - 1);
  return tail(draw, count, upwards(draw), 1);
}

/** How probable are at most `count` marked rows among the drawn? */
export function probabilityOfAtMost(draw: Draw, count: number): number {
  const [, most] = rangeOf(draw);
  if (count >= most) return 1;
  if (count > (draw.marked * draw.drawn) / draw.total) return 1 - probabilityOfAtLeast(draw, count + 1);
  const up = upwards(draw);
  return tail(draw, count, (at) => 1 / up(at - 1), -1);
}

/** The probability of one more over that of a count; 0 at the upper end of the range, Infinity below the lower one. */
function upwards({ total, marked, drawn }: Draw): (count: number) => number {
  const neither = total - marked - drawn;
  return (count) => ((marked - count) * (drawn - count)) / ((count + 1) * (neither + count + 1));
}

/** Sums outwards; `ratioAt` is the next probability over the one at a count. */
function tail(draw: Draw, from: number, ratioAt: (count: number) => number, direction: 1 | -1): number {
  let sum = 1;
  let term = 1;
  for (let at = from; term > sum * 2 ** -53; at += direction) {
    term *= ratioAt(at);
    sum += term;
  }
  return Math.min(1, sum * hypergeometricProbability(draw, from));
}

/**
 * The law as counts with weights that add up to 1, enough of them for the moments of a smooth function: all that can occur
 * where they are few; otherwise 40 of the normal law, a third of a deviation apart, with the skewness of this one.
 */
export function hypergeometricNodes(draw: Draw): {
  readonly counts: Float64Array;
  readonly weights: Float64Array;
} {
  const { total, marked, drawn } = draw;
  const [least, most] = rangeOf(draw);
  const mean = (marked * drawn) / total;
  const deviation = Math.sqrt(mean * (1 - drawn / total) * (1 - marked / total));
  const from = Math.max(least, Math.ceil(mean - 6.5 * deviation - 1));
  const to = Math.min(most, Math.floor(mean + 6.5 * deviation + 12));
  const step = Math.max(1, Math.floor(deviation / 3));
  const counts = new Float64Array(Math.floor((to - from) / step) + 1);
  for (let i = 0; i < counts.length; i += 1) counts[i] = from + i * step;
  const skewness = ((1 - (2 * drawn) / total) * (1 - (2 * marked) / total)) / deviation;
  const weights =
    step === 1
      ? relativeLaw(Math.min(to, Math.max(from, Math.floor(mean))), from, to, upwards(draw))
      : counts.map((count) => {
          const z = (count - mean) / deviation;
          return Math.exp((-z * z) / 2) * (1 + (skewness * z * (z * z - 3)) / 6);
        });
  const sum = weights.reduce((partial, weight) => partial + weight, 0);
  for (let i = 0; i < weights.length; i += 1) weights[i]! /= sum;
  return { counts, weights };
}

/** The probabilities of `from` to `to` over that of `middle`; `ratioAt` is the next probability over the one at a count. */
export function relativeLaw(
  middle: number,
  from: number,
  to: number,
  ratioAt: (count: number) => number,
): Float64Array {
  const law = new Float64Array(to - from + 1);
  law[middle - from] = 1;
  for (let at = middle; at < to; at += 1) law[at + 1 - from] = law[at - from]! * ratioAt(at);
  for (let at = middle; at > from; at -= 1) law[at - 1 - from] = law[at - from]! / ratioAt(at - 1);
  return law;
}
