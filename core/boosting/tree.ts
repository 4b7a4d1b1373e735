/** One shallow regression tree on binned features. */

import type { BinnedFeature } from './feature-bins.ts';
import { bestSplitOf, histogramOffsets, leafValue, type Histogram } from './tree-split.ts';

/** 256 codes, one bit each. */
const wordsOfNode = 8;

/** A complete binary tree: node i has the children 2i + 1 and 2i + 2, and the leaves come last. */
export interface Tree {
  /** Feature of each inner node; -1 where it does not split: then all rows go left. */
  readonly features: Int16Array;
  /** Of each inner node one bit a code, in eight words: 1 goes left. */
  readonly leftCodes: Uint32Array;
  /** Of each leaf, in order. */
  readonly values: Float64Array;
}

/** A tree of which no node splits yet, and all leaves are 0. */
export function emptyTree(depth: number): Tree {
  const innerNodes = 2 ** depth - 1;
  return {
    features: new Int16Array(innerNodes).fill(-1),
    leftCodes: new Uint32Array(innerNodes * wordsOfNode),
    values: new Float64Array(innerNodes + 1),
  };
}

/** Does a code go left at a node? */
export function goesLeft({ leftCodes }: Tree, node: number, code: number): boolean {
  return ((leftCodes[node * wordsOfNode + (code >> 5)]! >>> (code & 31)) & 1) === 1;
}

/** Sends a code left at a node. */
export function sendLeft({ leftCodes }: Tree, node: number, code: number): void {
  leftCodes[node * wordsOfNode + (code >> 5)]! |= 1 << (code & 31);
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
  const offsets = histogramOffsets(features);
  const histograms: Histogram[] = Array.from({ length: innerNodes }, () => new Float64Array(offsets.at(-1)!));

  /** Moves the rows of a node that go left before those that go right; returns where the right ones start. */
  function divide(node: number, codes: Uint8Array, tree: Tree): number {
    let left = starts[node]!;
    let right = 0;
    for (let i = starts[node]!; i < ends[node]!; i += 1) {
      const row = order[i]!;
      if (goesLeft(tree, node, codes[row]!)) order[left++] = row;
      else rightRows[right++] = row;
    }
    order.set(rightRows.subarray(0, right), left);
    return left;
  }

  function rowsOf(node: number): Int32Array {
    return order.subarray(starts[node], ends[node]);
  }

  return (gradients, curvatures) => {
    const tree = emptyTree(depth);
    order.set(rows);
    starts.fill(0);
    ends.fill(0);
    ends[0] = rows.length;
    countRows(features, offsets, rows, gradients, curvatures, histograms[0]!);
    for (let node = 0; node < innerNodes; node += 1) {
      const [left, right] = [2 * node + 1, 2 * node + 2];
      const split =
        ends[node]! - starts[node]! < 2 * minimumLeafRows
          ? undefined
          : bestSplitOf(features, offsets, histograms[node]!, minimumLeafRows);
      if (split !== undefined) {
        tree.features[node] = split.feature;
        for (const code of split.leftCodes) sendLeft(tree, node, code);
      }
      const middle = split === undefined ? ends[node]! : divide(node, features[split.feature]!.codes, tree);
      [starts[left], ends[left]] = [starts[node]!, middle];
      [starts[right], ends[right]] = [middle, ends[node]!];
      if (right >= innerNodes) continue;
      const [smaller, larger] = middle - starts[node]! < ends[node]! - middle ? [left, right] : [right, left];
      countRows(features, offsets, rowsOf(smaller), gradients, curvatures, histograms[smaller]!);
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
  offsets: Int32Array,
  rows: Int32Array,
  gradients: Float64Array,
  curvatures: Float64Array,
  histogram: Histogram,
): void {
  histogram.fill(0);
  for (let feature = 0; feature < features.length; feature += 1) {
    const { codes } = features[feature]!;
    const offset = offsets[feature]!;
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
