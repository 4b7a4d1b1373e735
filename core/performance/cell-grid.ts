/** The frozen cells that values are counted in when they are too many to keep. */

/** `score`: from 0 to 1; `magnitude`: 0 or more, of any size. */
export type CellGridName = 'score' | 'magnitude';

/** Cells are half-open, [lower edge, next lower edge), and number 0 starts at 0. They are stored in blocks. */
export interface CellGrid {
  readonly cellOf: (value: number) => number;
  readonly lowerEdgeOf: (cell: number) => number;
}

/** Cells of a block. */
export const blockSize = 128;
/** No grid has more. */
export const mostBlocks = 2_048;

/** A power of 2: edges are exact, and so are thresholds at multiples of a 64th. */
const scoreCells = 4_096;

/** Of the 20 bits of mantissa in a double's high half, so many do not tell cells apart: 7 do. */
const ignoredBits = 13;

const double = new Float64Array(1);
/** Low half first: every processor that Node.js runs on is little-endian. */
const halves = new Uint32Array(double.buffer);

export const cellGrids: Readonly<Record<CellGridName, CellGrid>> = {
  /** 4,096 cells of equal width, and one for exactly 1. */
  score: {
    cellOf: (value) => Math.floor(value * scoreCells),
    lowerEdgeOf: (cell) => cell / scoreCells,
  },
  /** 128 cells, a block, between each power of 2 and the next: a width of at most 2^-7 of the value. */
  magnitude: {
    cellOf: (value) => {
      double[0] = value;
      return halves[1]! >>> ignoredBits;
    },
    lowerEdgeOf: (cell) => {
      halves[0] = 0;
      halves[1] = cell << ignoredBits;
      return double[0]!;
    },
  },
};
