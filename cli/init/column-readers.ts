/** Reads values of a table's columns as `ingest` reads those of its file. */

import type { DateOrder } from '../ingest/date-order.ts';
import { sampledValues } from '../ingest/column-values.ts';
import { classReader, instantReader, timeFormatOf, type ValueReader } from '../ingest/value-readers.ts';
import { writtenReader } from './column-facts.ts';
import type { FirstRows } from './first-rows.ts';

export interface ColumnReaders {
  /** Epoch milliseconds; anything else is no instant. */
  instant(column: string): (value: unknown) => number | undefined;
  number(column: string): (value: unknown) => number | undefined;
  /** The class that a value means. */
  klass(classes: readonly string[]): ValueReader;
}

/** @param timeZone of times without a zone */
export function columnReaders(
  firstRows: FirstRows,
  dates: DateOrder | undefined,
  timeZone: string,
): ColumnReaders {
  const numberOr = (read: ValueReader) => (value: unknown) => {
    const number = read(value);
    return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
  };
  return {
    instant: (column) => {
      // Of a type of instants the table has told them already.
      if (firstRows.instants.has(column)) return numberOr((value) => value);
      const format = timeFormatOf(sampledValues(firstRows, column), dates);
      return numberOr(instantReader({ ...format, timeZone, isLocal: false }));
    },
    number: (column) => numberOr(writtenReader(firstRows, column)),
    klass: (classes) => classReader(classes),
  };
}
