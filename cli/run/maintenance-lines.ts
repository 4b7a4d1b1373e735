/** What a run of storageMaintenance has done, in words. */

import { countText } from '../../core/performance/metrics.ts';
import { parseInstant } from '../../core/window.ts';
import type { StorageMaintenanceResult } from '../../workflows/storage-maintenance.ts';
import { bytesText } from '../doctor/bytes-text.ts';
import { dayOrInstant } from '../time-range.ts';

/** A line each; with a plan, what would be done. */
export function maintenanceLines({
  partitions,
  databaseBytes,
  metrics,
}: StorageMaintenanceResult): readonly string[] {
  const planned = metrics === 'planned only';
  const [made, moved] = planned
    ? ['would make partitions for', 'would move']
    : ['made partitions for', 'moved'];
  const { width, preparedUntil } = partitions;
  return [
    partitions.made === 0
      ? `partitions by ${width}: made until ${dayOrInstant(parseInstant(preparedUntil))}, nothing to do`
      : `partitions by ${width}: ${made} ${countText(partitions.made, width)}, until ${dayOrInstant(parseInstant(preparedUntil))}`,
    ...partitions.moved.map(
      ({ table, rows, range }) =>
        `${moved} ${countText(rows, 'row')} of ${table}, ${[range.start, range.end].map((text) => dayOrInstant(parseInstant(text))).join(' to ')}, out of the default partition`,
    ),
    ...(databaseBytes === null ? [] : [`the database has ${bytesText(databaseBytes)}`]),
  ];
}
