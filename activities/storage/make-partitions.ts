import type { PartitionWidth } from '../../core/storage/settings.ts';
import { dayMs, formatWindow, parseInstant, weekMs, type WindowText } from '../../core/window.ts';
import { toTimestamp } from '../../sql/database.ts';
import type { ActivityDependencies } from '../dependencies.ts';
import {
  listMissingUnits,
  listStrays,
  moveStrays,
  partitionedTables,
  storePartitionWidth,
} from './partitions-store.ts';
import { patiently } from './patiently.ts';

/** How far ahead partitions are made. A run that fails for a week does not matter. */
const aheadMs: Readonly<Record<PartitionWidth, number>> = {
  month: 62 * dayMs,
  week: 4 * weekMs,
  day: 14 * dayMs,
};

/** So many rows move at once at most, where their day has no more: two to four seconds in which writers of the table wait. */
const rowsAtOnce = 100_000;

export interface MakePartitionsInput {
  readonly asOf: string;
  /** Only says what it would do. */
  readonly plan?: boolean;
}

export interface MakePartitionsResult {
  readonly width: PartitionWidth;
  /** Everything that has an event time before it has a partition to go to, from now on. */
  readonly preparedUntil: string;
  /** Ranges for which partitions were missing. */
  readonly made: number;
  /** Rows that were in a default partition. */
  readonly moved: readonly { readonly table: string; readonly rows: number; readonly range: WindowText }[];
}

/**
 * Makes the partitions that the next weeks need, and moves rows that have gone to a default partition into one of their own. Each step is
 * a short transaction that gives up where it would have to wait for a lock, so that it holds up no writer; it is tried again.
 *
 * @throws TidewatchError `STORAGE_BUSY`, `INVALID_INSTANT`
 */
export function createMakePartitions({
  database,
  partitionWidth: width,
  context,
}: Pick<ActivityDependencies, 'database' | 'partitionWidth' | 'context'>): (
  input: MakePartitionsInput,
) => Promise<MakePartitionsResult> {
  return async function makePartitions({ asOf, plan = false }) {
    const now = parseInstant(asOf);
    const range = { start: now, end: now + aheadMs[width] };
    const { heartbeat, cancelled } = context();
    if (!plan) await storePartitionWidth(database, width);

    const units = await listMissingUnits(database, width, range);
    for (const unit of plan ? [] : units) {
      cancelled.throwIfAborted();
      await patiently(database, (connection) =>
        connection.query('select ensure_partitions($1, $1)', [toTimestamp(unit)]),
      );
      heartbeat(unit);
    }

    const moved: MakePartitionsResult['moved'][number][] = [];
    for (const table of partitionedTables) {
      for (const strays of await listStrays(database, table, width, rowsAtOnce)) {
        cancelled.throwIfAborted();
        const rows = plan
          ? strays.rows
          : await patiently(database, (connection) => moveStrays(connection, strays));
        moved.push({ table, rows, range: formatWindow(strays) });
        heartbeat(strays.start);
      }
    }
    return {
      width,
      preparedUntil: formatWindow(range).end,
      made: units.length,
      moved,
    };
  };
}
