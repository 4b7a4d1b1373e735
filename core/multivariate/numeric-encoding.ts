/** The columns of a sample as standard numbers, in units of the reference's deviation. */

import { rowCountOf, type Sample, type SampleColumn } from './sample.ts';

/**
 * One number of a row: the value of a column (of a category: how frequent it is in the reference), or whether it is
 * missing.
 */
export interface EncodedColumn {
  readonly column: string;
  readonly part: 'value' | 'missing';
  /** Of the reference; a missing value counts as the mean. */
  readonly mean: number;
  /** Of the population of the reference, above 0. */
  readonly standardDeviation: number;
  /** Level -> share of the reference's values; any other level has 0. */
  readonly frequencies?: Readonly<Record<string, number>>;
}

/** A deviation this small against the mean is rounding: the column is constant. */
const smallestRelativeDeviation = 1e-12;
/** Deviations from the mean, at most: so that squares of them stay finite. */
const farthest = 1e6;

/**
 * How are the columns of a reference written as numbers? Columns, and indicators of what is missing, that do not vary
 * in the reference have no scale and are left out.
 */
export function encodeColumns(reference: Sample): readonly EncodedColumn[] {
  return reference.columns.flatMap((column) => {
    const frequencies = column.kind === 'categorical' ? frequenciesOf(column.values) : undefined;
    const parts = (['value', 'missing'] as const).map((part) => {
      const values = numbersOf(column, part, frequencies);
      return {
        column: column.name,
        part,
        ...momentsOf(values),
        ...(part === 'value' && frequencies !== undefined && { frequencies }),
      };
    });
    return parts.filter(
      ({ mean, standardDeviation }) => standardDeviation > smallestRelativeDeviation * Math.abs(mean),
    );
  });
}

/**
 * The rows of a sample in standard numbers, one row after the other. A column that the sample does not have is all
 * missing.
 */
export function standardizeRows(encoding: readonly EncodedColumn[], sample: Sample): Float64Array {
  const rows = rowCountOf(sample);
  const width = encoding.length;
  const standard = new Float64Array(rows * width);
  const byName = new Map(sample.columns.map((column) => [column.name, column]));
  for (const [i, { column: name, part, mean, standardDeviation, frequencies }] of encoding.entries()) {
    const column = byName.get(name);
    const values = column && numbersOf(column, part, frequencies);
    for (let row = 0; row < rows; row += 1) {
      const value = values === undefined ? NaN : values[row]!;
      const deviations = Number.isNaN(value) ? 0 : (value - mean) / standardDeviation;
      standard[row * width + i] = Math.min(farthest, Math.max(-farthest, deviations));
    }
  }
  return standard;
}

/** One number a row; NaN where the value is missing. */
function numbersOf(
  column: SampleColumn,
  part: EncodedColumn['part'],
  frequencies: EncodedColumn['frequencies'],
): Float64Array {
  if (column.kind === 'continuous') {
    if (part === 'value') return column.values;
    return column.values.map((value) => (Number.isNaN(value) ? 1 : 0));
  }
  if (part === 'missing') return Float64Array.from(column.values, (value) => (value === null ? 1 : 0));
  const shares = new Map(Object.entries(frequencies ?? {}));
  return Float64Array.from(column.values, (value) => (value === null ? NaN : (shares.get(value) ?? 0)));
}

function frequenciesOf(values: readonly (string | null)[]): Record<string, number> {
  const levels = values.filter((value) => value !== null);
  const counts = new Map<string, number>();
  for (const level of levels) counts.set(level, (counts.get(level) ?? 0) + 1);
  return Object.fromEntries([...counts].map(([level, count]) => [level, count / levels.length]));
}

/** A missing value counts as the mean: it adds nothing to the squares. */
function momentsOf(values: Float64Array): { mean: number; standardDeviation: number } {
  let count = 0;
  let mean = 0;
  let squares = 0;
  // Welford (1962).
  for (const value of values) {
    if (Number.isNaN(value)) continue;
    count += 1;
    const difference = value - mean;
    mean += difference / count;
    squares += difference * (value - mean);
  }
  return { mean, standardDeviation: count === 0 ? 0 : Math.sqrt(squares / values.length) };
}
