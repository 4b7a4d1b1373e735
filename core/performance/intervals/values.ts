/** Sums over the rows of an hour of what a row adds by its value. */

import { blockSize, cellGrids, mostBlocks } from '../cell-grid.ts';
import type { CountArray, ExactCounts, ValueCounts } from '../value-counts.ts';

/** For each group of rows, a weight for each of the counts of the whole. */
export type ValueWeights = readonly Float64Array[];

/** Gives the sum over the rows of a part of these counts. */
export function summerOver(whole: ValueCounts): (part: ValueCounts, weights: ValueWeights) => number {
  if (whole.resolution === 'values') {
    return (part, weights) =>
      sumOfValues(part as ExactCounts, weights, (value) => placeOf(whole.values, value));
  }
  const { cellOf } = cellGrids[whole.grid];
  const placeOfBlock = new Uint16Array(mostBlocks);
  for (const [place, block] of whole.blocks.entries()) placeOfBlock[block] = place;
  const placeOfCell = (cell: number): number =>
    placeOfBlock[Math.floor(cell / blockSize)]! * blockSize + (cell % blockSize);
  return (part, weights) => {
    if (part.resolution === 'values')
      return sumOfValues(part, weights, (value) => placeOfCell(cellOf(value)));
    const places = Uint32Array.from(part.blocks, (block) => placeOfBlock[block]! * blockSize);
    return weights.reduce(
      (sum, ofGroup, group) => sum + sumOfBlocks(part.counts[group]!, places, ofGroup),
      0,
    );
  };
}

function sumOfValues(
  part: ExactCounts,
  weights: ValueWeights,
  placeOfValue: (value: number) => number,
): number {
  let sum = 0;
  for (let i = 0; i < part.values.length; i += 1) {
    const place = placeOfValue(part.values[i]!);
    for (let group = 0; group < weights.length; group += 1) {
      sum += part.counts[group]![i]! * weights[group]![place]!;
    }
  }
  return sum;
}

function sumOfBlocks(counts: CountArray, places: Uint32Array, weights: Float64Array): number {
  let sum = 0;
  for (let block = 0; block < places.length; block += 1) {
    const shift = places[block]! - block * blockSize;
    const end = (block + 1) * blockSize;
    for (let i = block * blockSize; i < end; i += 1) sum += counts[i]! * weights[i + shift]!;
  }
  return sum;
}

/** Of a value among ascending ones. */
function placeOf(values: Float64Array, value: number): number {
  let low = 0;
  let high = values.length - 1;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (values[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
