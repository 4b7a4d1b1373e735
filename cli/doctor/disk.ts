/** How much room do the tables take, and for how long is there more where Postgres keeps them? */

import { statfs } from 'node:fs/promises';

import { readBytesADay, readTableBytes, type TableBytes } from '../../activities/storage/disk-use.ts';
import type { Queryable } from '../../sql/database.ts';
import { bytesText } from './bytes-text.ts';
import type { Finding } from './check.ts';
import type { Sources } from './sources.ts';

interface Disk {
  /** The largest first. */
  readonly tables: readonly TableBytes[];
  /** By which predictions, actuals and outcomes grow; null where no full partition tells. */
  readonly bytesADay: number | null;
  /** Where the data are, if that is on this machine: no statement tells what is free on another. */
  readonly room: { readonly path: string; readonly freeBytes: number } | undefined;
}

export async function readDisk({ database }: Sources): Promise<Disk> {
  return {
    tables: await readTableBytes(database),
    bytesADay: await readBytesADay(database),
    room: await readRoom(database),
  };
}

/** A server in a container has an address of its own; its directory is shown to members of pg_read_all_settings only. */
async function readRoom(connection: Queryable): Promise<Disk['room']> {
  const [row] = await connection.query<{ path: string }>(
    `select setting as path from pg_settings
     where name = 'data_directory' and coalesce(host(inet_server_addr()) in ('127.0.0.1', '::1'), true)`,
  );
  if (row === undefined) return undefined;
  try {
    const { bavail, bsize } = await statfs(row.path);
    return { path: row.path, freeBytes: bavail * bsize };
  } catch {
    return undefined;
  }
}

const mostTables = 6;
const little = { bytes: 4 * 1024 ** 3, days: 30 };
/** Postgres stops where it cannot write; a vacuum or a new index needs room, too. */
const tooLittle = { bytes: 1024 ** 3, days: 7 };

export function judgeDisk({ tables, bytesADay, room }: Disk): Finding {
  const total = tables.reduce((sum, { bytes }) => sum + bytes, 0);
  const largest = tables
    .slice(0, mostTables)
    .map(({ table, bytes }) => `${table} ${bytesText(bytes)}`)
    .join(', ');
  const growth =
    bytesADay === null
      ? ''
      : `; rows grow by ${bytesText(bytesADay)} a day, ${bytesText(bytesADay * 365)} a year`;
  const taken = `${bytesText(total)}: ${largest}${growth}`;
  if (room === undefined)
    return {
      level: 'ok',
      words: `${taken}; what is free is not known from here: watch it on the machine of Postgres`,
    };
  const { path, freeBytes } = room;
  const days = bytesADay === null || bytesADay <= 0 ? Infinity : freeBytes / bytesADay;
  const isBelow = (limit: typeof little): boolean => freeBytes < limit.bytes || days < limit.days;
  const left = `${bytesText(freeBytes)} free at ${path}`;
  if (!isBelow(little)) return { level: 'ok', words: `${left}; ${taken}` };
  return {
    level: isBelow(tooLittle) ? 'critical' : 'warning',
    words: `${left}${days < little.days ? `, which is full in ${Math.floor(days)} days` : ''}`,
    details: [`the tables take ${taken}`],
    fix: 'give Postgres a larger disk, or keep less: TIDEWATCH_RETENTION_ROWS, or `retention` in monitors, and tidewatch run storage-maintenance',
  };
}
