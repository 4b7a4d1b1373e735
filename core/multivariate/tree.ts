/** One shallow regression tree on binned features. */

import { maximumBins, type BinnedFeature } from './feature-bins.ts';
import { bestSplitOf, cellOf, leafValue, type Histogram } from './tree-split.ts';

/** A complete binary tree: node i has the children 2i + 1 and 2i + 2, and the leaves come last. */
export interface Tree {
  /** Feature of each inner node; -1 where it does not split: then all rows go left. */
  readonly features: Int16Array;
  /** Of each inner node and code, 64 codes a node: 1 goes left. */
  readonly goesLeft: Uint8Array;
  /** Of each leaf, in order. */
  readonly values: Float64Array;
}

/** A tree, and which of the rows that it was grown on ended where. */
export interface GrownTree {
  readonly tree: Tree;
  readonly rowsOfLeaf: (leaf: number) => Int32Array;
}

export interface TreeOptions {
  /** Splits from root to leaf: so many features can act together. */
  readonly depth: number;
  /** Rows that each side of a split keeps. */
  readonly minimumLeafRows: number;
}

/**
 * Prepares to grow trees on some rows, one after the other with other gradients. What growing returns holds until the
 * next is grown; it is undefined where no split is better than none.
 *
 * Cost of a tree: at most rows x features x (depth + 1) / 2 additions, as of two children only the smaller is counted.
 */
export function createTreeGrower(
  features: readonly BinnedFeature[],
  rows: Int32Array,
  { depth, minimumLeafRows }: TreeOptions,
): (gradients: Float64Array, curvatures: Float64Array) => GrownTree | undefined {
  const innerNodes = 2 ** depth - 1;
  const order = new Int32Array(rows.length);
  const rightRows = new Int32Array(rows.length);
  // Node i holds order[starts[i]] up to, not including, order[ends[i]].
  const starts = new Int32Array(2 * innerNodes + 1);
  const ends = new Int32Array(2 * innerNodes + 1);
  const histograms: Histogram[] = Array.from(
    { length: innerNodes },
    () => new Float64Array(cellOf(features.length, 0)),
  );

  /** Moves the rows of a node that go left before those that go right; returns where the right ones start. */
  function divide(node: number, codes: Uint8Array, goesLeft: Uint8Array): number {
    let left = starts[node]!;
    let right = 0;
    for (let i = starts[node]!; i < ends[node]!; i += 1) {
      const row = order[i]!;
      if (goesLeft[node * maximumBins + codes[row]!] === 1) order[left++] = row;
      else rightRows[right++] = row;
    }
    order.set(rightRows.subarray(0, right), left);
    return left;
  }

  function rowsOf(node: number): Int32Array {
    return order.subarray(starts[node], ends[node]);
  }

  return (gradients, curvatures) => {
    const tree: Tree = {
      features: new Int16Array(innerNodes).fill(-1),
      goesLeft: new Uint8Array(innerNodes * maximumBins),
      values: new Float64Array(innerNodes + 1),
    };
    order.set(rows);
    starts.fill(0);
    ends.fill(0);
    ends[0] = rows.length;
    countRows(features, rows, gradients, curvatures, histograms[0]!);
    for (let node = 0; node < innerNodes; node += 1) {
      const [left, right] = [2 * node + 1, 2 * node + 2];
      const split =
        ends[node]! - starts[node]! < 2 * minimumLeafRows
          ? undefined
          : bestSplitOf(features, histograms[node]!, minimumLeafRows);
      if (split !== undefined) {
        tree.features[node] = split.feature;
        for (const code of split.leftCodes) tree.goesLeft[node * maximumBins + code] = 1;
      }
      const middle =
        split === undefined ? ends[node]! : divide(node, features[split.feature]!.codes, tree.goesLeft);
      [starts[left], ends[left]] = [starts[node]!, middle];
      [starts[right], ends[right]] = [middle, ends[node]!];
      if (right >= innerNodes) continue;
      const [smaller, larger] = middle - starts[node]! < ends[node]! - middle ? [left, right] : [right, left];
      countRows(features, rowsOf(smaller), gradients, curvatures, histograms[smaller]!);
      subtract(histograms[node]!, histograms[smaller]!, histograms[larger]!);
    }
    for (let leaf = 0; leaf <= innerNodes; leaf += 1) {
      let gradient = 0;
      let curvature = 0;
      for (let i = starts[innerNodes + leaf]!; i < ends[innerNodes + leaf]!; i += 1) {
        gradient += gradients[order[i]!]!;
        curvature += curvatures[order[i]!]!;
      }
      tree.values[leaf] = leafValue(gradient, curvature);
    }
    return tree.features[0] === -1 ? undefined : { tree, rowsOfLeaf: (leaf) => rowsOf(innerNodes + leaf) };
  };
}

function countRows(
  features: readonly BinnedFeature[],
  rows: Int32Array,
  gradients: Float64Array,
  curvatures: Float64Array,
  histogram: Histogram,
): void {
  histogram.fill(0);
  for (let feature = 0; feature < features.length; feature += 1) {
    const { codes } = features[feature]!;
    const offset = cellOf(feature, 0);
    for (let i = 0; i < rows.length; i += 1) {
      const row = rows[i]!;
      const cell = offset + 3 * codes[row]!;
      histogram[cell]! += gradients[row]!;
      histogram[cell + 1]! += curvatures[row]!;
      histogram[cell + 2]! += 1;
    }
  }
}

function subtract(whole: Histogram, part: Histogram, rest: Histogram): void {
  for (let cell = 0; cell < whole.length; cell += 1) rest[cell] = whole[cell]! - part[cell]!;
}
