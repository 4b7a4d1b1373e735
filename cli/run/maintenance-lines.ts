/** What a run of storageMaintenance has done, in words. */

import { countText } from '../../core/performance/metrics.ts';
import { parseInstant } from '../../core/window.ts';
import type { StorageMaintenanceResult } from '../../workflows/storage-maintenance.ts';
import { bytesText } from '../doctor/bytes-text.ts';
import { dayOrInstant } from '../time-range.ts';

/** A line each; with a plan, what would be done. */
export function maintenanceLines({
  partitions,
  retention,
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
    ...(retention === null ? [] : retentionLines(retention, planned ? 'would remove' : 'removed')),
    ...(databaseBytes === null ? [] : [`the database has ${bytesText(databaseBytes)}`]),
  ];
}

function retentionLines(
  {
    tables,
    rolledUp,
    rolledUpDays,
    models,
    waiting,
    more,
  }: NonNullable<StorageMaintenanceResult['retention']>,
  done: 'removed' | 'would remove',
): string[] {
  return [
    ...tables.map(({ table, rows, models: count, partitions }) => {
      const whole = partitions === 0 ? '' : `, with ${countText(partitions, 'partition')} as a whole`;
      return `${done} ${countText(rows, 'row')} of ${table}, of ${countText(count, 'model')}${whole}`;
    }),
    ...rolledUpLines(rolledUp, done, ['hourly profile', 'days']),
    ...rolledUpLines(rolledUpDays, done, ['daily sum', 'weeks']),
    ...models.map(({ model, range }) => {
      const [from, to] = [range.start, range.end].map((text) => dayOrInstant(parseInstant(text)));
      return `${model}: ${done === 'removed' ? 'gives up' : 'would give up'} its rows from ${from} to ${to}; what was computed of them stays`;
    }),
    ...waiting.map(({ model, because }) => `${model}: rows that are old enough stay for now: ${because}`),
    ...(more === 0 ? [] : [`and ${countText(more, 'more model')}`]),
  ];
}

function rolledUpLines(
  counted: NonNullable<StorageMaintenanceResult['retention']>['rolledUp'],
  done: 'removed' | 'would remove',
  [what, to]: readonly [string, string],
): string[] {
  if (counted === undefined || counted.rows === 0) return [];
  const { rows, models, bytes } = counted;
  return [
    `${done === 'removed' ? 'rolled up' : 'would roll up'} ${countText(rows, what)} of ${countText(models, 'model')} to ${to}: ${bytesText(bytes)} of contents`,
  ];
}
