/**
 * Profiles an hour of very many columns in groups of columns, by several workers. A source gives a few columns at little more than their share of
 * the cost. What is known of whole rows is put together at the end: of every group a bit a row says whether a feature of it is out
 * of distribution, and a hash of its values is kept of rows that share entity and event time with another.
 */

import { createHash } from 'node:crypto';

import type { Monitor } from '../../core/monitor/schema.ts';
import { hoursOf, windowsOfHours, type Window } from '../../core/window.ts';
import type { Queryable } from '../../sql/database.ts';
import { toTimestamp } from '../../sql/database.ts';
import { hashOfRow, repeatCounter } from '../feature-rows/repeats.ts';
import type { RowConnection } from '../feature-rows/row-connection.ts';
import type { ColumnGroup } from '../processes/parts.ts';
import { predictionColumns, wholeModel } from './columns.ts';
import { copiedRepeats, countRows, type CountedRows } from './hour-profiles.ts';
import type { StoredReference } from './reference-store.ts';
import type { ProfiledHour, ProfileRow } from './store.ts';

/** How many groups of as many columns a model has. One where its rows were logged: reading some features of these costs what reading all does. */
export function columnGroupsOf(monitor: Monitor, columns: number): number {
  return monitor.source?.predictions === undefined
    ? 1
    : Math.floor(predictionColumns(monitor).length / columns);
}

/** Counts the columns of a group in the hours of a window that it is wanted of, and stores what was counted until all groups have been. */
export async function storeColumnGroup(
  connection: RowConnection,
  monitor: Monitor,
  reference: StoredReference,
  window: Window,
  group: ColumnGroup,
): Promise<void> {
  const hours = await hoursLeft(connection, monitor.model, reference.id, window, group);
  for (const left of windowsOfHours(hours)) await countGroup(connection, monitor, reference, left, group);
}

async function countGroup(
  connection: RowConnection,
  monitor: Monitor,
  reference: StoredReference,
  window: Window,
  { group, groups }: ColumnGroup,
): Promise<void> {
  const columns = predictionColumns(monitor);
  const bound = (at: number): number => Math.floor((at * columns.length) / groups);
  const open = new Set<RowMarks>();
  let reading = Number.NaN;
  const counted = await countRows(connection, monitor, reference.grids, {
    window,
    columns: columns.slice(bound(group - 1), bound(group)),
    begin: (hour) => {
      const marks = rowMarks(hour);
      open.add(marks);
      return marks;
    },
    note: (marks, rows) => {
      const { range } = rows.placed ?? {};
      if (range !== undefined && range !== reading) {
        reading = range;
        for (const earlier of open)
          if (earlier.hour < range) {
            earlier.close();
            open.delete(earlier);
          }
      }
      marks.add(rows);
    },
  });
  const found = counted.map(({ known, ...rest }) => ({ ...rest, ...known.close() }));
  await connection.execute(
    `insert into column_groups (model, reference_id, segment, hour, group_number, group_count, profiles, row_count, rows_hash,
       out_of_distribution, repeat_hashes)
     select $1, $2, segment, hour, $3, $4, profiles, row_count, rows_hash, out_of_distribution, repeat_hashes
     from unnest($5::text[], $6::timestamptz[], $7::jsonb[], $8::integer[], $9::bytea[], $10::bytea[], $11::bytea[])
       as counted (segment, hour, profiles, row_count, rows_hash, out_of_distribution, repeat_hashes)
     on conflict (model, reference_id, segment, hour, group_number) do update
     set group_count = excluded.group_count, profiles = excluded.profiles, row_count = excluded.row_count,
       rows_hash = excluded.rows_hash, out_of_distribution = excluded.out_of_distribution, repeat_hashes = excluded.repeat_hashes`,
    [
      monitor.model,
      reference.id,
      group,
      groups,
      found.map(({ segment }) => segment),
      found.map(({ hour }) => toTimestamp(hour)),
      found.map(({ profiles }) =>
        JSON.stringify(
          Object.fromEntries(
            profiles.map(({ column, content }) => [column, Buffer.from(content).toString('base64')]),
          ),
        ),
      ),
      found.map(({ rows }) => rows),
      found.map(({ rowsHash }) => rowsHash),
      found.map(({ isOut }) => Buffer.from(isOut)),
      found.map(({ segment, repeatHashes }) => (segment === wholeModel ? bytesOf(repeatHashes) : null)),
    ],
  );
}

/** The hours of a window that have no profile yet, and of which this group is not stored. Ask it under the profile lock. */
async function hoursLeft(
  connection: Queryable,
  model: string,
  referenceId: string,
  window: Window,
  { group, groups }: ColumnGroup,
): Promise<number[]> {
  const rows = await connection.query<{ hour: number }>(
    `select wanted.hour from unnest($3::timestamptz[]) as wanted (hour)
     where not exists (
       select from profiled_hours done
       where done.model = $1 and done.reference_id = $2 and done.segment = '' and done.hour = wanted.hour
     ) and not exists (
       select from column_groups counted
       where counted.model = $1 and counted.reference_id = $2 and counted.segment = '' and counted.hour = wanted.hour
         and group_number = $4 and group_count = $5)
     order by wanted.hour`,
    [model, referenceId, hoursOf(window).map(toTimestamp), group, groups],
  );
  return rows.map(({ hour }) => hour);
}

interface Marked {
  readonly rows: number;
  /** Of the keys of the rows. */
  readonly rowsHash: Buffer;
  /** A bit a row, in the order of their keys. */
  readonly isOut: Uint8Array;
  /** Of the rows that are like another by entity and event time, in the order of their keys. */
  readonly repeatHashes: Float64Array;
}

interface RowMarks {
  readonly hour: number;
  readonly add: (rows: CountedRows) => void;
  /** No row comes any more: from 33 bytes a row, a bit is left. */
  readonly close: () => Marked;
}

/** What is known of rows, in an order that does not depend on the columns that are read. */
function rowMarks(hour: number): RowMarks {
  let keys: number[] = [];
  let flags: number[] = [];
  let subjects: number[] = [];
  let hashes: number[] = [];
  let marked: Marked | undefined;
  return {
    hour,
    add: ({ keys: ofRows, isOut, features, placed }) => {
      for (const [row, flag] of isOut.entries()) {
        keys.push(ofRows[row]!);
        flags.push(flag);
        if (features === undefined) continue;
        // Rows that were copied are compared by Postgres.
        const subject = placed?.subjects[row] ?? Number.NaN;
        subjects.push(subject);
        hashes.push(hashOfRow(subject, features, row));
      }
    },
    close: () => {
      if (marked !== undefined) return marked;
      const order = orderOf(keys);
      const ofSubjects = subjects.length === 0 ? [] : order;
      const repeated = repeatedAmong(subjects);
      const isOut = new Uint8Array(Math.ceil(order.length / 8));
      for (const [place, row] of order.entries())
        if (flags[row] === 1) isOut[place >> 3]! |= 1 << (place & 7);
      marked = {
        rows: order.length,
        rowsHash: createHash('sha256')
          .update(bytesOf(Float64Array.from(order, (row) => keys[row]!)))
          .digest(),
        isOut,
        repeatHashes: Float64Array.from(
          [...ofSubjects].filter((row) => repeated.has(subjects[row]!)),
          (row) => hashes[row]!,
        ),
      };
      keys = flags = subjects = hashes = [];
      return marked;
    },
  };
}

function orderOf(keys: readonly number[]): Uint32Array {
  return Uint32Array.from(keys, (_, row) => row).sort((a, b) => keys[a]! - keys[b]!);
}

function repeatedAmong(subjects: readonly number[]): ReadonlySet<number> {
  const sorted = Float64Array.from(subjects).sort();
  const repeated = new Set<number>();
  for (let at = 1; at < sorted.length; at += 1) if (sorted[at] === sorted[at - 1]) repeated.add(sorted[at]!);
  return repeated;
}

function bytesOf(numbers: Float64Array): Buffer {
  return Buffer.from(numbers.buffer, numbers.byteOffset, numbers.byteLength);
}

function numbersOf(bytes: Buffer): Float64Array {
  return new Float64Array(Uint8Array.from(bytes).buffer);
}

interface StoredGroup extends Record<string, unknown> {
  readonly segment: string;
  readonly group: number;
  readonly groups: number;
  /** Column -> its profile (base64). */
  readonly profiles: Readonly<Record<string, string>>;
  readonly rows: number;
  readonly rowsHash: Buffer;
  readonly isOut: Buffer;
  readonly repeatHashes: Buffer | null;
}

/**
 * Takes what the groups of columns have counted of hours: of those of which all have counted the same rows. The others have to be profiled
 * as a whole. Call it in the transaction that stores what it gives.
 */
export async function takeColumnGroups(
  connection: RowConnection,
  monitor: Monitor,
  reference: StoredReference,
  window: Window,
): Promise<{ readonly profiles: readonly ProfileRow[]; readonly hours: readonly ProfiledHour[] }> {
  const counted = await connection.query<{ hour: number }>(
    `select distinct hour from column_groups
     where model = $1 and reference_id = $2 and hour >= $3 and hour < $4 order by hour`,
    [monitor.model, reference.id, toTimestamp(window.start), toTimestamp(window.end)],
  );
  if (counted.length === 0) return { profiles: [], hours: [] };
  const columns = predictionColumns(monitor).flatMap(({ name }) => (reference.grids.has(name) ? [name] : []));
  const copied = await copiedRepeats(connection, monitor, window);
  const profiles: ProfileRow[] = [];
  const hours: ProfiledHour[] = [];
  for (const { hour } of counted) {
    const segments = await takeHour(connection, monitor.model, reference.id, hour);
    if (![...segments.values()].every((groups) => isComplete(groups, columns))) continue;
    for (const [segment, groups] of segments) {
      for (const { profiles: byColumn } of groups)
        for (const [column, content] of Object.entries(byColumn))
          profiles.push({ segment, since: hour, column, content: Buffer.from(content, 'base64') });
      hours.push({
        segment,
        hour,
        rows: groups[0]!.rows,
        outOfDistribution: countBits(groups.map(({ isOut }) => isOut)),
        repeats: segment === wholeModel ? repeatsOf(groups) + (copied.get(hour) ?? 0) : null,
      });
    }
  }
  return { profiles, hours };
}

/** Segment -> its groups, in order. */
async function takeHour(
  connection: Queryable,
  model: string,
  referenceId: string,
  hour: number,
): Promise<ReadonlyMap<string, readonly StoredGroup[]>> {
  const stored = await connection.query<StoredGroup>(
    `delete from column_groups where model = $1 and reference_id = $2 and hour = $3
     returning segment, group_number as "group", group_count as groups, profiles, row_count as rows, rows_hash as "rowsHash",
       out_of_distribution as "isOut", repeat_hashes as "repeatHashes"`,
    [model, referenceId, toTimestamp(hour)],
  );
  const segments = new Map<string, StoredGroup[]>();
  for (const one of stored.toSorted((a, b) => a.group - b.group)) {
    const groups = segments.get(one.segment);
    if (groups === undefined) segments.set(one.segment, [one]);
    else groups.push(one);
  }
  return segments;
}

/** Have all groups counted, of the same rows, all columns? */
function isComplete(groups: readonly StoredGroup[], columns: readonly string[]): boolean {
  const [first] = groups;
  const counted = new Set(groups.flatMap(({ profiles }) => Object.keys(profiles)));
  return (
    groups.length === first!.groups &&
    groups.every(({ groups: of, rowsHash }) => of === first!.groups && rowsHash.equals(first!.rowsHash)) &&
    counted.size === columns.length &&
    columns.every((column) => counted.has(column))
  );
}

/** How many bits any of them has set. */
function countBits(bits: readonly Buffer[]): number {
  let count = 0;
  for (let at = 0; at < bits[0]!.length; at += 1) {
    let byte = 0;
    for (const one of bits) byte |= one[at]!;
    for (; byte > 0; byte &= byte - 1) count += 1;
  }
  return count;
}

/** Rows are equal where they are so in every group. */
function repeatsOf(groups: readonly StoredGroup[]): number {
  const values = groups.map(({ repeatHashes }) => numbersOf(repeatHashes!));
  const rows = values[0]!.length;
  return repeatCounter()({ rows, values, subjects: new Float64Array(rows) });
}
