/** Some rows of a window, column by column: what the methods that look at all features together work on. */

import { isUsableNumber, type ColumnKind } from '../profile/grid.ts';
import { levelOf } from '../profile/profile.ts';

export type SampleColumn =
  | {
      readonly name: string;
      readonly kind: 'continuous';
      /** NaN where a value is missing or no usable number. */
      readonly values: Float64Array;
    }
  | {
      readonly name: string;
      readonly kind: 'categorical';
      /** null where a value is missing or no category. */
      readonly values: readonly (string | null)[];
    };

/** Rows in the order of their event times; every column has a value for each. */
export interface Sample {
  /** Event time of each row, in milliseconds since 1970, ascending. */
  readonly times: Float64Array;
  readonly columns: readonly SampleColumn[];
}

/** A row as it is read: when, and its values in the order of the columns. */
export interface SampleRow {
  readonly time: number;
  readonly values: readonly unknown[];
}

/**
 * Turns rows into columns, in the order of time (rows of one time in the order given).
 *
 * @example sampleOf([{ name: 'hum', kind: 'continuous' }], [{ time: 0, values: ['high'] }]).columns[0].values // [NaN]
 */
export function sampleOf(
  columns: readonly { readonly name: string; readonly kind: ColumnKind }[],
  rows: readonly SampleRow[],
): Sample {
  const ordered = rows.toSorted((a, b) => a.time - b.time);
  return {
    times: Float64Array.from(ordered, ({ time }) => time),
    columns: columns.map(({ name, kind }, i): SampleColumn => {
      if (kind === 'categorical')
        return { name, kind, values: ordered.map(({ values }) => levelOf(values[i]) ?? null) };
      return { name, kind, values: Float64Array.from(ordered, ({ values }) => usableNumber(values[i])) };
    }),
  };
}

function usableNumber(value: unknown): number {
  return typeof value === 'number' && isUsableNumber(value) ? value : NaN;
}

/**
 * How many rows does a sample have?
 *
 * @example rowCountOf(sampleOf([{ name: 'hum', kind: 'continuous' }], [{ time: 0, values: [0.5] }])) // 1
 */
export function rowCountOf({ times }: Sample): number {
  return times.length;
}

/**
 * The rows of one sample, then those of another, of the same columns; no longer in the order of time.
 */
export function joinColumns(first: Sample, second: Sample): readonly SampleColumn[] {
  return first.columns.map((column, i): SampleColumn => {
    const other = second.columns[i]!;
    if (column.kind === 'continuous' && other.kind === 'continuous') {
      const values = new Float64Array(column.values.length + other.values.length);
      values.set(column.values);
      values.set(other.values, column.values.length);
      return { ...column, values };
    }
    return {
      name: column.name,
      kind: 'categorical',
      values: [...column.values, ...other.values] as readonly (string | null)[],
    };
  });
}

/** The rows whose event times are wanted. */
export function rowsWhere(sample: Sample, isWanted: (time: number) => boolean): Sample {
  return {
    times: sample.times.filter(isWanted),
    columns: sample.columns.map((column): SampleColumn =>
      column.kind === 'continuous'
        ? { ...column, values: column.values.filter((_, row) => isWanted(sample.times[row]!)) }
        : { ...column, values: column.values.filter((_, row) => isWanted(sample.times[row]!)) },
    ),
  };
}

/**
 * The rows at these positions, in their order.
 *
 * @example
 * const sample = sampleOf([{ name: 'hum', kind: 'continuous' }], [3, 5, 7].map((hum, time) => ({ time, values: [hum] })));
 * rowsAt(sample, Int32Array.of(0, 2)).columns[0].values // [3, 7]
 */
export function rowsAt(sample: Sample, positions: Int32Array): Sample {
  return {
    times: Float64Array.from(positions, (row) => sample.times[row]!),
    columns: sample.columns.map((column): SampleColumn =>
      column.kind === 'continuous'
        ? { ...column, values: Float64Array.from(positions, (row) => column.values[row]!) }
        : { ...column, values: Array.from(positions, (row) => column.values[row]!) },
    ),
  };
}
