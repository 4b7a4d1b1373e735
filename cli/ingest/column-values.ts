/** What the first values of a column tell of it. */

import { nameOf } from './usual-names.ts';
import type { RowSource } from './row-source.ts';
import { areEpochs, isMissing, isTimeText, numberReader } from './value-readers.ts';

/** The values of a column in the first rows that have one. */
export function sampledValues(
  { columns, sample }: Pick<RowSource, 'columns' | 'sample'>,
  column: string,
): readonly unknown[] {
  const index = columns.indexOf(column);
  return sample
    .filter(({ problem }) => problem === undefined)
    .map(({ values }) => values[index])
    .filter((value) => !isMissing(value));
}

/** Numbers are instants only where the name says so: an amount may be as large. */
const timeWords = ['at', 'on', 'time', 'date', 'datetime', 'timestamp', 'ts', 'utc', 'epoch', 'unix', 'when'];

/** Are these the values of a column of times? Undefined where there are none. */
export function areTimes(column: string, values: readonly unknown[]): boolean | undefined {
  if (values.length === 0) return undefined;
  const others = values.filter((value) => !isTimeText(value));
  if (others.length === 0) return true;
  if (!nameOf(column).words.some((word) => timeWords.includes(word) || word.endsWith('time'))) return false;
  const numbers = others.map(numberReader('.'));
  return numbers.every((value) => typeof value === 'number') && areEpochs(numbers);
}

/** Do these values say whether a prediction reached users? Undefined where there are none. */
export function areRoles(values: readonly unknown[]): boolean | undefined {
  return values.length === 0 ? undefined : values.every((value) => value === 'serving' || value === 'shadow');
}

/** Are these numbers from 0 to 1, and more than 0 and 1? */
export function areProbabilities(values: readonly unknown[]): boolean {
  const numbers = values.map(numberReader('.'));
  return (
    numbers.every((value) => typeof value === 'number' && value >= 0 && value <= 1) &&
    numbers.some((value) => value !== 0 && value !== 1)
  );
}
