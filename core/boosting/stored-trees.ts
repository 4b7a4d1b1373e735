/** Boosted trees as plain data, to be kept as JSON. */

import type { BoostedTrees } from './boosted-trees.ts';
import { maximumBins } from './feature-bins.ts';
import { emptyTree, goesLeft, sendLeft, type Tree } from './tree.ts';

/** JSON-safe. */
export interface StoredTrees {
  readonly base: number;
  readonly depth: number;
  readonly trees: readonly {
    /**
     * Of each inner node: the feature, then the codes that go left as ranges, each its first code and the first one
     * after it. Nothing where the node does not split.
     */
    readonly splits: readonly (readonly number[])[];
    readonly values: readonly number[];
  }[];
}

/**
 * Boosted trees as plain data: some 20 bytes of JSON a node.
 *
 * @example
 * const x = binFeature({ name: 'x', kind: 'continuous', values: Float64Array.of(1, 1, 2, 2) });
 * const options = { loss: 'squared', rounds: 1, depth: 1, shrinkage: 1, minimumLeafRows: 1 };
 * storeTrees(fitBoostedTrees([x], Float64Array.of(0, 0, 6, 6), Int32Array.of(0, 1, 2, 3), options))
 * // { base: 3, depth: 1, trees: [{ splits: [[0, 1, 2]], values: [-2, 2] }] }
 */
export function storeTrees({ base, depth, trees }: BoostedTrees): StoredTrees {
  return {
    base,
    depth,
    trees: trees.map((tree) => ({
      splits: Array.from(tree.features, (feature, node) =>
        feature === -1 ? [] : [feature, ...leftRanges(tree, node)],
      ),
      values: [...tree.values],
    })),
  };
}

/**
 * The boosted trees that were stored, which predict the same.
 *
 * @example readTrees({ base: 3, depth: 1, trees: [{ splits: [[0, 1, 2]], values: [-2, 2] }] }).trees[0].values // [-2, 2]
 */
export function readTrees({ base, depth, trees }: StoredTrees): BoostedTrees {
  return {
    base,
    depth,
    trees: trees.map(({ splits, values }) => {
      const tree = emptyTree(depth);
      for (const [node, [feature = -1, ...ranges]] of splits.entries()) {
        tree.features[node] = feature;
        for (let i = 0; i < ranges.length; i += 2) {
          for (let code = ranges[i]!; code < ranges[i + 1]!; code += 1) sendLeft(tree, node, code);
        }
      }
      tree.values.set(values);
      return tree;
    }),
  };
}

function leftRanges(tree: Tree, node: number): number[] {
  const ranges: number[] = [];
  let inside = false;
  for (let code = 0; code <= maximumBins; code += 1) {
    const left = code < maximumBins && goesLeft(tree, node, code);
    if (left !== inside) ranges.push(code);
    inside = left;
  }
  return ranges;
}
