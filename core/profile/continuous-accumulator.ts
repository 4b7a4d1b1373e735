import { cellLookupOf, findCells } from './cell-lookup.ts';
import { imposePointSums } from './point-cells.ts';
import { cellCountOf, centerOf, isUsableNumber, type ContinuousGrid } from './grid.ts';
import type { ContinuousAccumulator } from './profile.ts';

/** Numbers are counted so many at a time, one loop after the other: together they take half the time of a single loop. */
const chunkLength = 1_024;
/** Scratch: nothing lives in it between two calls. */
const cellOfChunk = new Uint16Array(chunkLength);

/** What is counted so far. */
interface Counting {
  /** One more than the grid has: the last takes what is no usable number. */
  readonly cells: Float64Array;
  readonly cellSums: Float64Array;
  sumOfSquares: number;
  min: number;
  max: number;
  belowMinimum: number;
  aboveMaximum: number;
  beyondThreeDeviations: number;
}

/** Counts numbers into the cells of a grid. Cost: 15 to 35 ns a number; 60 where its edges crowd in a few places. */
export function continuousAccumulator(grid: ContinuousGrid): ContinuousAccumulator {
  const cellCount = cellCountOf(grid);
  const counting: Counting = {
    cells: new Float64Array(cellCount + 1),
    cellSums: new Float64Array(cellCount + 1),
    sumOfSquares: 0,
    min: Infinity,
    max: -Infinity,
    belowMinimum: 0,
    aboveMaximum: 0,
    beyondThreeDeviations: 0,
  };
  const pending = new Float64Array(chunkLength);
  let pendingCount = 0;
  let missing = 0;
  let ofAnotherType = 0;
  const countPending = (): void => {
    countNumbers(counting, grid, pending, 0, pendingCount);
    pendingCount = 0;
  };

  return {
    add: (value) => {
      if (typeof value === 'number') {
        if (pendingCount === chunkLength) countPending();
        pending[pendingCount] = value;
        pendingCount += 1;
      } else if (value === null || value === undefined) missing += 1;
      else ofAnotherType += 1;
    },
    addNumbers: (values, missingBeside = 0) => {
      missing += missingBeside;
      countPending();
      for (let start = 0; start < values.length; start += chunkLength) {
        countNumbers(counting, grid, values, start, Math.min(values.length, start + chunkLength));
      }
    },
    profile: () => {
      countPending();
      const { cells, cellSums, min, max, ...moments } = counting;
      const profile = {
        kind: 'continuous',
        grid: grid.fingerprint,
        cells: cells.slice(0, cellCount),
        cellSums: cellSums.slice(0, cellCount),
        missing,
        invalid: ofAnotherType + cells[cellCount]!,
        ...moments,
        // Adding 0 drops the sign of zero, which would depend on the order of rows.
        ...(min <= max && { extent: { min: min + 0, max: max + 0 } }),
      } as const;
      imposePointSums(grid, profile.cells, profile.cellSums);
      return profile;
    },
  };
}

/** Counts `values[start]` up to `values[end - 1]`, at most `chunkLength`. */
function countNumbers(
  counting: Counting,
  grid: ContinuousGrid,
  values: Float64Array,
  start: number,
  end: number,
): void {
  findCells(cellLookupOf(grid), values, start, end, cellOfChunk);
  addToCells(counting, centerOf(grid), values, start, end);
  addToMoments(counting, grid, values, start, end);
}

function addToCells(
  { cells, cellSums }: Counting,
  center: number,
  values: Float64Array,
  start: number,
  end: number,
): void {
  for (let i = start; i < end; i += 1) {
    const cell = cellOfChunk[i - start]!;
    cells[cell]! += 1;
    cellSums[cell]! += values[i]! - center;
  }
}

function addToMoments(
  counting: Counting,
  grid: ContinuousGrid,
  values: Float64Array,
  start: number,
  end: number,
): void {
  const { summary } = grid;
  const center = centerOf(grid);
  // Without a summary nothing is out of range.
  const lowest = summary?.min ?? -Infinity;
  const highest = summary?.max ?? Infinity;
  const deviations = summary === undefined ? Infinity : 3 * summary.standardDeviation;
  // In local variables, because V8 allocates for every write of a float to an object.
  let { sumOfSquares, min, max, belowMinimum, aboveMaximum, beyondThreeDeviations } = counting;
  for (let i = start; i < end; i += 1) {
    const value = values[i]!;
    if (!isUsableNumber(value)) continue;
    const shifted = value - center;
    sumOfSquares += shifted * shifted;
    if (value < min) min = value;
    if (value > max) max = value;
    if (value < lowest) belowMinimum += 1;
    else if (value > highest) aboveMaximum += 1;
    if (Math.abs(shifted) > deviations) beyondThreeDeviations += 1;
  }
  Object.assign(counting, { sumOfSquares, min, max, belowMinimum, aboveMaximum, beyondThreeDeviations });
}
