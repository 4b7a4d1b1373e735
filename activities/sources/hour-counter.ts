/** Refuses an hour with more rows than can be watched before all of them are stored: a join without a condition, most often. */

import { floorToHour } from '../../core/window.ts';
import { mostRowsAnHour, SourceProblem, tooManyRows, type SourceBatch } from './row-reader.ts';
import { eventTimeIn } from './table-statements.ts';
import type { WantedColumn } from './wanted-columns.ts';

/** Of what can be watched of an hour, the part after which it is looked at how many are stored. */
const parts = 10;

/**
 * Counts the rows that it is given by their hours, and gives those hours of which another tenth of what can be watched was read.
 *
 * @throws (what is returned) SourceProblem
 */
export function hourCounter(
  columns: readonly WantedColumn[],
  most: number = mostRowsAnHour,
): (rows: SourceBatch['rows']) => ReadonlySet<number> {
  const timeAt = eventTimeIn(columns);
  const rowsOf = new Map<number, number>();
  return (rows) => {
    const grown = new Set<number>();
    for (const values of rows) {
      const hour = floorToHour(Number(values[timeAt] ?? Number.NaN));
      if (!Number.isFinite(hour)) continue;
      const count = (rowsOf.get(hour) ?? 0) + 1;
      if (count > most) throw new SourceProblem([tooManyRows(hour, most)]);
      rowsOf.set(hour, count);
      if (count % Math.ceil(most / parts) === 0) grown.add(hour);
    }
    return grown;
  };
}
