/** Which moments to retrain at would have been the best, had one known what comes? */

export interface Hindsight {
  /** Of what served, over all steps. */
  readonly loss: number;
  /** The steps from whose start on another version serves. */
  readonly moments: readonly number[];
}

/**
 * The best k moments for k = 0, 1 ... most: the least loss that any choice of k of them has, by dynamic programming over the last
 * one. A version can start to serve at its own step only, the first one at step 0.
 *
 * @param lossOf what the version of a step loses from one step (inclusive) to another (exclusive)
 */
export function bestMoments(
  steps: number,
  most: number,
  lossOf: (version: number, from: number, to: number) => number,
): readonly Hindsight[] {
  const losses = Array.from({ length: steps }, (_, version) =>
    Array.from({ length: steps + 1 }, (_, to) => (to > version ? lossOf(version, version, to) : Infinity)),
  );
  let best: Hindsight[] = Array.from({ length: steps + 1 }, (_, end) => ({
    loss: losses[0]![end]!,
    moments: [],
  }));
  const found = [best.at(-1)!];
  for (let k = 1; k <= Math.min(most, steps - 1); k += 1) {
    const before = best;
    best = before.map((_, end) => {
      let least: Hindsight = { loss: Infinity, moments: [] };
      for (let last = k; last < end; last += 1) {
        const loss = before[last]!.loss + losses[last]![end]!;
        if (loss < least.loss) least = { loss, moments: [...before[last]!.moments, last] };
      }
      return least;
    });
    found.push(best.at(-1)!);
  }
  return found;
}
