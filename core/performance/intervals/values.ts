/** Sums over the rows of an hour of what a row adds by its value. */

import { blockSize, cellGrids, mostBlocks } from '../cell-grid.ts';
import type { CountArray, ExactCounts, ValueCounts } from '../value-counts.ts';

/** For each group of rows, a weight for each of the counts of the whole. */
export type ValueWeights = readonly Float64Array[];

/** Adds up a part by two weightings at once: reading its counts is what takes time. */
export type SummerOfTwo = (part: ValueCounts, first: ValueWeights, second: ValueWeights) => SumOfTwo;

interface SumOfTwo {
  first: number;
  second: number;
}

/** Gives the sums over the rows of a part of these counts. */
export function summerOver(whole: ValueCounts): SummerOfTwo {
  if (whole.resolution === 'values') {
    return (part, first, second) =>
      sumOfValues(part as ExactCounts, first, second, (value) => placeOf(whole.values, value));
  }
  const { cellOf } = cellGrids[whole.grid];
  const placeOfBlock = new Uint16Array(mostBlocks);
  for (const [place, block] of whole.blocks.entries()) placeOfBlock[block] = place;
  const placeOfCell = (cell: number): number =>
    placeOfBlock[Math.floor(cell / blockSize)]! * blockSize + (cell % blockSize);
  return (part, first, second) => {
    if (part.resolution === 'values')
      return sumOfValues(part, first, second, (value) => placeOfCell(cellOf(value)));
    const places = part.blocks.map((block) => placeOfBlock[block]!);
    const total = { first: 0, second: 0 };
    for (const [group, counts] of part.counts.entries()) {
      addBlocks(total, counts, places, first[group]!, second[group]!);
    }
    return total;
  };
}

function sumOfValues(
  part: ExactCounts,
  first: ValueWeights,
  second: ValueWeights,
  placeOfValue: (value: number) => number,
): SumOfTwo {
  const total = { first: 0, second: 0 };
  for (let i = 0; i < part.values.length; i += 1) {
    const place = placeOfValue(part.values[i]!);
    for (let group = 0; group < first.length; group += 1) {
      total.first += part.counts[group]![i]! * first[group]![place]!;
      total.second += part.counts[group]![i]! * second[group]![place]!;
    }
  }
  return total;
}

function addBlocks(
  total: SumOfTwo,
  counts: CountArray,
  places: Uint16Array,
  ofFirst: Float64Array,
  ofSecond: Float64Array,
): void {
  let first = 0;
  let second = 0;
  for (let block = 0; block < places.length; block += 1) {
    const shift = (places[block]! - block) * blockSize;
    const end = (block + 1) * blockSize;
    for (let i = block * blockSize; i < end; i += 1) {
      const count = counts[i]!;
      first += count * ofFirst[i + shift]!;
      second += count * ofSecond[i + shift]!;
    }
  }
  total.first += first;
  total.second += second;
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
