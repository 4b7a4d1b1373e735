/** Counts rows that repeat another one: the same entity, event time and features. */

import type { Monitor } from '../../core/monitor/schema.ts';
import type { Window } from '../../core/window.ts';
import type { Vector } from '../../sql/binary-rows.ts';
import type { Queryable } from '../../sql/database.ts';
import { toTimestamp } from '../../sql/database.ts';
import { predictionColumns } from '../profiles/columns.ts';
import { readPlaced } from './placed-rows.ts';
import type { RowConnection } from './row-connection.ts';

export interface RepeatCount {
  readonly hour: number;
  readonly rows: number;
  readonly repeats: number;
}

/** Of the serving rows that were copied, by hour; hours without any are absent. */
export async function countCopiedRepeats(
  connection: Queryable,
  model: string,
  window: Window,
): Promise<RepeatCount[]> {
  // One pass without a join, which a table without statistics turns into one of squared cost. Features count as equal by
  // their 64-bit hash.
  return connection.query<RepeatCount & Record<string, unknown>>(
    `select hour, sum(rows) as rows, sum(rows - 1) as repeats
     from (
       select date_trunc('hour', event_time) as hour, count(*) as rows from predictions
       where model = $1 and event_time >= $2 and event_time < $3 and role = 'serving' and source_key is null
       group by event_time, entity, jsonb_hash_extended(features, 0)
     ) as equal
     group by hour`,
    [model, toTimestamp(window.start), toTimestamp(window.end)],
  );
}

/** The serving predictions of a window, and how many of them repeat another one; reads all of them. */
export async function countRepeats(
  connection: RowConnection,
  monitor: Monitor,
  window: Window,
): Promise<{ rows: number; repeats: number }> {
  const copied = await countCopiedRepeats(connection, monitor.model, window);
  let [rows, repeats] = [0, 0];
  for (const hour of copied) [rows, repeats] = [rows + hour.rows, repeats + hour.repeats];
  const features = predictionColumns(monitor).filter(({ subject }) => subject === 'feature');
  const counter = repeatCounter();
  await readPlaced(connection, monitor, window, features, (batch) => {
    rows += batch.rows;
    repeats += counter(batch);
  });
  return { rows, repeats };
}

/** Gives how many rows of a batch repeat an earlier one. Cost: 3 ns a value, and 16 bytes a row. */
export function repeatCounter(): (batch: {
  readonly rows: number;
  readonly values: readonly (Vector | readonly unknown[])[];
  readonly subjects: Float64Array;
}) => number {
  const seen = new HashSet();
  return ({ rows, values, subjects }) => {
    let repeats = 0;
    for (let row = 0; row < rows; row += 1)
      if (!seen.add(hashOfRow(subjects[row]!, values, row))) repeats += 1;
    return repeats;
  };
}

const number = new Float64Array(1);
const words = new Uint32Array(number.buffer);

/** 53 bits of a row: two rows of an hour of a million are the same by chance once in 18,000 hours. */
export function hashOfRow(
  subject: number,
  values: readonly (Vector | readonly unknown[])[],
  row: number,
): number {
  let low = 0x81_1c_9d_c5;
  let high = 0x9e_37_79_b9;
  const take = (value: number): void => {
    number[0] = value;
    low = Math.imul(Math.imul(low ^ words[0]!, 0x01_00_01_93) ^ words[1]!, 0x01_00_01_93);
    high = Math.imul(high ^ words[1]!, 0x85_eb_ca_6b);
    high = Math.imul(high ^ (high >>> 15) ^ words[0]!, 0xc2_b2_ae_35);
    high ^= high >>> 13;
  };
  take(subject);
  for (const vector of values) {
    const value = vector[row];
    if (typeof value === 'number') take(value);
    else {
      const text = typeof value === 'string' ? value : JSON.stringify(value);
      // A missing value is not the empty text.
      take(value === null ? -1 : text.length);
      for (let i = 0; i < text.length; i += 1) take(text.charCodeAt(i));
    }
  }
  return (high >>> 0) * 2 ** 21 + (low >>> 11);
}

/** Whole numbers from 0 up, 8 bytes each and as much free. */
class HashSet {
  #slots = new Float64Array(1_024).fill(-1);
  #size = 0;

  /** Whether it was not there yet. */
  add(value: number): boolean {
    const mask = this.#slots.length - 1;
    let at = (value % 4_294_967_296) & mask;
    for (; this.#slots[at] !== -1; at = (at + 1) & mask) if (this.#slots[at] === value) return false;
    this.#slots[at] = value;
    this.#size += 1;
    if (this.#size * 1.6 > this.#slots.length) this.#grow();
    return true;
  }

  #grow(): void {
    const values = this.#slots.filter((value) => value !== -1);
    this.#slots = new Float64Array(this.#slots.length * 2).fill(-1);
    this.#size = 0;
    for (const value of values) this.add(value);
  }
}
