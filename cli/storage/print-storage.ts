/** How much room what is stored takes, and what was removed. */

import { readBytesADay, readModelBytes, readTableBytes } from '../../activities/storage/disk-use.ts';
import { TidewatchError } from '../../core/errors.ts';
import { countText } from '../../core/performance/metrics.ts';
import { dayMs, formatDay, formatInstant } from '../../core/window.ts';
import { readRemovals, readRolledUp, type Removed } from '../../sql/read-removals.ts';
import { withDatabase } from '../database.ts';
import { bytesText } from '../doctor/bytes-text.ts';
import { print, printable, printJson } from '../print.ts';

export interface StorageOptions {
  readonly model?: string;
  readonly days: string;
  readonly json?: true;
}

const mostModels = 10;
const mostRemovals = 200;

/** @throws TidewatchError `INVALID_OPTION` */
export async function printStorage({ model, days: text, json }: StorageOptions): Promise<void> {
  const days = Number(text);
  if (!Number.isInteger(days) || days < 1)
    throw new TidewatchError('INVALID_OPTION', {
      option: '--days',
      reason: `"${text}" is not a number of days; write for example 30`,
    });
  await withDatabase('tidewatch-storage', async (database) => {
    const tables = await readTableBytes(database);
    const models = await readModelBytes(database, mostModels);
    const bytesADay = await readBytesADay(database);
    const since = Date.now() - days * dayMs;
    const rolledUp = await readRolledUp(database, model);
    const removals = await readRemovals(database, { model, since, atMost: mostRemovals });
    if (json) {
      printJson({ tables, models, bytesADay, rolledUp, removals: removals.map(removalJson) });
      return;
    }
    const growth = bytesADay === null ? '' : `; rows grow by ${bytesText(bytesADay)} a day`;
    print(`${bytesText(tables.reduce((sum, { bytes }) => sum + bytes, 0))} in all${growth}`);
    for (const { table, bytes } of tables.slice(0, mostModels)) print(`  ${table}: ${bytesText(bytes)}`);
    if (models.length > 0)
      print('The models whose rows take the most room, as the planner of Postgres has sampled them:');
    for (const one of models) print(printable(`  ${one.model}: ${bytesText(one.bytes)}`));
    if (rolledUp.hours > 0)
      print(
        `Rolled up to ${countText(rolledUp.days, 'day')} so far: ${countText(rolledUp.hours, 'hourly profile')}, ${bytesText(rolledUp.bytes)} of contents`,
      );
    if (rolledUp.weeks > 0)
      print(
        `Rolled up to ${countText(rolledUp.weeks, 'week')} so far: ${countText(rolledUp.daySums, 'daily sum')}, ${bytesText(rolledUp.daySumBytes)} of contents`,
      );
    print(
      removals.length === 0
        ? `nothing was removed in the last ${countText(days, 'day')}`
        : `Removed in the last ${countText(days, 'day')}:`,
    );
    for (const removal of removals) print(printable(`  ${removalText(removal)}`));
  });
}

function removalJson({ from, until, removedAt, ...removal }: Removed): object {
  return {
    ...removal,
    from: from === null ? null : formatInstant(from),
    until: formatInstant(until),
    removedAt: formatInstant(removedAt),
  };
}

function removalText({
  model,
  table,
  from,
  until,
  rows,
  bytes,
  partition,
  reason,
  workflowId,
  removedAt,
}: Removed): string {
  const range =
    reason === 'forgotten'
      ? 'all that there was'
      : from === null
        ? `before ${formatDay(until)}`
        : `${formatDay(from)} to ${formatDay(until)}`;
  const whole = partition === '' ? '' : `, with ${partition} as a whole`;
  const size = bytes === null ? '' : ` (${bytesText(bytes)})`;
  return `${formatDay(removedAt)} ${model}: ${countText(rows, 'row')} of ${table}${size}, ${range}${whole} (${reason}; ${workflowId})`;
}
