/** The numbers of a column, as they are taken from chunks. */

import { isUsableNumber } from '../core/profile/grid.ts';
import { missingMark } from './table-types.ts';

/** The numbers of one column, in the order of its rows. */
export interface NumberColumn {
  /** Usable ones only: finite, and at most 1e145 away from 0; never -0. */
  readonly values: Float64Array;
  readonly missing: number;
  /** NaN, infinite, beyond 1e145, or text that is no number. */
  readonly invalid: number;
}

/** A column that is being read: the first `count` of its values are taken. */
export interface NumbersTaken {
  readonly values: Float64Array;
  count: number;
  missing: number;
  invalid: number;
}

/** Nothing taken yet; `values` is as long as the table. */
export function noNumbers(values: Float64Array): NumbersTaken {
  return { values, count: 0, missing: 0, invalid: 0 };
}

/** Takes what `numberSql` has read. The inner loop of a comparison: 1 ns a value. */
export function takeNumbers(items: Float64Array, taken: NumbersTaken): void {
  const { values } = taken;
  let { count } = taken;
  for (let i = 0; i < items.length; i += 1) {
    const value = items[i]!;
    if (isUsableNumber(value)) {
      // Adding 0 drops the sign of zero.
      values[count] = value + 0;
      count += 1;
    } else if (value === missingMark) taken.missing += 1;
    else taken.invalid += 1;
  }
  taken.count = count;
}

/** What was taken, as it is handed out. */
export function numberColumnOf({ values, count, missing, invalid }: NumbersTaken): NumberColumn {
  return { values: values.subarray(0, count), missing, invalid };
}
