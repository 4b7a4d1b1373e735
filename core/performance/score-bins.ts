/** Scores from 0 to 1 in few frozen bins, with how often each was right: a distribution, and a calibration curve. */

export const binCount = 20;

/** Bin i holds scores above i / 20 up to (i + 1) / 20; the first also 0. */
export interface ScoreBins {
  readonly counts: Float64Array;
  /** How many of them were hits. */
  readonly hits: Float64Array;
  /** Sum of the scores. */
  readonly sums: Float64Array;
}

/** The bins of no scores. */
export function noBins(): ScoreBins {
  return {
    counts: new Float64Array(binCount),
    hits: new Float64Array(binCount),
    sums: new Float64Array(binCount),
  };
}

/** Counts scores, each with whether it was a hit. */
export function binScores(scores: readonly number[], hits: readonly boolean[]): ScoreBins {
  const bins = noBins();
  for (const [row, score] of scores.entries()) addScore(bins, score, hits[row] === true ? 1 : 0);
  return bins;
}

/** Counts one more score, which was a hit or is one with some probability. */
export function addScore(bins: ScoreBins, score: number, hit: number): void {
  const bin = binOf(score);
  bins.counts[bin]! += 1;
  bins.sums[bin]! += score;
  bins.hits[bin]! += hit;
}

/** The bins of all these scores together. */
export function mergeBins(parts: readonly ScoreBins[]): ScoreBins {
  const total = noBins();
  for (const part of parts) {
    for (let bin = 0; bin < binCount; bin += 1) {
      total.counts[bin]! += part.counts[bin]!;
      total.hits[bin]! += part.hits[bin]!;
      total.sums[bin]! += part.sums[bin]!;
    }
  }
  return total;
}

function binOf(score: number): number {
  const bin = Math.max(0, Math.ceil(score * binCount) - 1);
  // The product may round over an edge: 0.15 * 20 is 3, 0.15 is in bin 2.
  if (bin > 0 && score <= bin / binCount) return bin - 1;
  return bin + 1 < binCount && score > (bin + 1) / binCount ? bin + 1 : bin;
}
