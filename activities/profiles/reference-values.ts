/** Reads the values of the rows of a reference, from which its grids are built. */

import type { Monitor } from '../../core/monitor/schema.ts';
import { levelOf } from '../../core/profile/profile.ts';
import type { Window } from '../../core/window.ts';
import { valueAt } from '../../sql/binary-rows.ts';
import type { RowConnection } from '../feature-rows/row-connection.ts';
import { scanRows } from '../feature-rows/scan-rows.ts';
import { readSampledRows } from '../multivariate/sampled-rows.ts';
import { readColumn, type Column } from './columns.ts';
import { countServingRows } from './store.ts';

/** The values of a column. */
export interface ReferenceValues {
  readonly numbers: () => Float64Array;
  readonly levels: () => readonly string[];
}

export interface ReadReference {
  /** How many rows the window has. */
  readonly rows: number;
  /** How many of them were read: fewer where that is a sample. */
  readonly read: number;
}

export interface ReferenceLimits {
  /** Values in memory at once, but at least those of one column; of more, the window is read again for the next columns. */
  readonly atOnce: number;
  /** Of a window with more values, some of whose rows stay in their source, a sample is read. */
  readonly most: number;
  readonly sampledRows: number;
}

/** 256 MB at once, and as a rule four readings at most. A sample of so many rows tells a share of 1 in 100 to 1 in 1,000. */
const usualLimits: ReferenceLimits = { atOnce: 32_000_000, most: 128_000_000, sampledRows: 50_000 };
const seed = 1;

/**
 * Gives the values of every column of the serving rows of a window to `take`, one column after another. Rows that were copied are
 * always read whole, however many there are.
 *
 * @throws TidewatchError those of `scanRows`
 */
export async function readReference(
  connection: RowConnection,
  monitor: Monitor,
  window: Window,
  columns: readonly Column[],
  take: (column: Column, values: ReferenceValues) => void,
  limits: ReferenceLimits = usualLimits,
): Promise<ReadReference> {
  const stored = await countServingRows(connection, monitor.model, window);
  if (stored.placed > 0 && stored.rows * columns.length > limits.most) {
    const sample = await readSampledRows(connection, monitor, [window], { rows: limits.sampledRows, seed });
    for (const column of columns) {
      const values = collectorOf(column, sample.length);
      for (const row of sample) values.add(readColumn(column, row));
      take(column, values);
    }
    return { rows: stored.rows, read: sample.length };
  }
  const width = Math.max(1, Math.floor(limits.atOnce / Math.max(1, stored.rows)));
  let rows = 0;
  for (let from = 0; from < columns.length; from += width) {
    const some = columns.slice(from, from + width);
    const collected = some.map((column) => collectorOf(column, stored.rows));
    rows = 0;
    await scanRows(connection, monitor, window, some, (batch) => {
      rows += batch.rows;
      for (const [index, { add }] of collected.entries())
        for (let row = 0; row < batch.rows; row += 1) add(valueAt(batch.values[index]!, row));
    });
    for (const [index, column] of some.entries()) take(column, collected[index]!);
  }
  return { rows, read: rows };
}

/**
 * Collects the values of a column: numbers 8 bytes each, the text of a level once however often it comes. Of more numbers than were
 * expected there are two copies for a moment.
 */
export function collectorOf(
  { kind }: Column,
  expected = 4_096,
): ReferenceValues & { readonly add: (value: unknown) => void } {
  let numbers = new Float64Array(kind === 'continuous' ? Math.max(1, expected) : 0);
  let count = 0;
  const levels: string[] = [];
  const known = new Map<string, string>();
  return {
    numbers: () => numbers.slice(0, count),
    levels: () => levels,
    add: (value) => {
      if (kind === 'continuous') {
        if (typeof value !== 'number') return;
        if (count === numbers.length) {
          const larger = new Float64Array(count * 2);
          larger.set(numbers);
          numbers = larger;
        }
        numbers[count] = value;
        count += 1;
        return;
      }
      const level = levelOf(value);
      if (level === undefined) return;
      const same = known.get(level) ?? level;
      known.set(level, same);
      levels.push(same);
    },
  };
}
