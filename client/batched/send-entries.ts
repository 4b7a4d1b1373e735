/** Entries -> Postgres: what can be stored is, whatever else is in the batch. */

import { setImmediate } from 'node:timers/promises';

import { reasonOf } from '../../core/errors.ts';
import type { Database } from '../../sql/database.ts';
import type { Expectation } from '../prediction-rows.ts';
import type { Batch, Stream } from '../store-rows.ts';
import { actualStream, expectationOf, predictionStream, readBatch, writeBatch } from '../store-rows.ts';
import { readEntry, type Entry } from './entries.ts';

export interface Sent {
  /** Rows that are predictions or actuals now. */
  readonly stored: number;
  /** Rows that are in `rejected_rows` now. */
  readonly rejected: number;
  /** Rows that Postgres takes in no form, with the reason. */
  readonly refused: readonly string[];
}

const streams: Readonly<Record<Stream['name'], Stream>> = {
  predictions: predictionStream,
  actuals: actualStream,
};

/** The entries of one stream and model, as long as they are being sent. */
interface Sending {
  readonly database: Database;
  readonly ensuredMonths: Set<string>;
  readonly stream: Stream;
  readonly model: string;
  readonly expected: Expectation;
  readonly onWritten: () => void;
}

/**
 * Stores entries in their order; those that have been stored before are stored again, which changes nothing.
 *
 * @param onWritten called after each write: many are needed where rows are refused
 * @throws whatever keeps Postgres from storing any rows at all; the entries may then be stored in part
 */
export async function sendEntries(
  database: Database,
  ensuredMonths: Set<string>,
  texts: readonly string[],
  onWritten: () => void,
): Promise<Sent> {
  const sent: Sent[] = [];
  const groups = new Map<string, Entry[]>();
  for await (const text of inSlices(texts)) {
    const entry = readEntry(text);
    if (entry === undefined) {
      sent.push({ stored: 0, rejected: 0, refused: ['the spool holds a line that is no row'] });
      continue;
    }
    const key = `${entry.stream} ${entry.model}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [entry]);
    else group.push(entry);
  }
  for (const entries of groups.values()) {
    const { stream, model } = entries[0]!;
    const expected = await expectationOf(database, model);
    const sending = { database, ensuredMonths, stream: streams[stream], model, expected, onWritten };
    sent.push(await store(sending, entries));
  }
  return sum(sent);
}

const sum = (parts: readonly Sent[]): Sent => ({
  stored: parts.reduce((total, { stored }) => total + stored, 0),
  rejected: parts.reduce((total, { rejected }) => total + rejected, 0),
  refused: parts.flatMap(({ refused }) => refused),
});

// Longer than this, reading rows would be felt by the requests that the process answers meanwhile.
const slice = 100;

async function* inSlices<T>(items: readonly T[]): AsyncGenerator<T> {
  for (const [index, item] of items.entries()) {
    if (index % slice === slice - 1) await setImmediate();
    yield item;
  }
}

/** One row that Postgres refuses fails a whole batch: halves of it are tried, down to that row. */
async function store(sending: Sending, entries: readonly Entry[]): Promise<Sent> {
  const { database, ensuredMonths, stream, model, onWritten } = sending;
  const batch = await readEntries(sending, entries);
  const write = (): Promise<unknown> =>
    writeBatch(database, ensuredMonths, { stream, model, batch }).finally(onWritten);
  try {
    await write();
  } catch (error) {
    // A partition may have been dropped since.
    ensuredMonths.clear();
    if (!isRefusal(error)) throw error;
    if (entries.length === 1) {
      return write().then(
        () => sentOf(batch),
        (again: unknown) => refuse(sending, entries[0]!, again),
      );
    }
    const middle = Math.floor(entries.length / 2);
    return sum([await store(sending, entries.slice(0, middle)), await store(sending, entries.slice(middle))]);
  }
  return sentOf(batch);
}

const sentOf = ({ stored, bad }: Batch): Sent => ({ stored, rejected: bad.length, refused: [] });

async function readEntries({ stream, model, expected }: Sending, entries: readonly Entry[]): Promise<Batch> {
  const good: string[] = [];
  const bad: Batch['bad'][number][] = [];
  const months = new Set<string>();
  let stored = 0;
  for (let start = 0; start < entries.length; start += slice) {
    const part = entries.slice(start, start + slice);
    for (const { reason, row } of part) if (reason !== undefined) bad.push({ index: 0, reason, row });
    const rows = part.filter(({ reason }) => reason === undefined).map(({ row }) => row);
    const batch = readBatch(stream, model, rows, expected);
    good.push(...batch.good);
    bad.push(...batch.bad);
    for (const month of batch.months) months.add(month);
    stored += batch.stored;
    await setImmediate();
  }
  return { good, stored, bad, months };
}

// SQLSTATE: data exceptions, constraints, limits of a value, and what a trigger raises. Everything else (a table that is not
// there yet, rights, a full disk, a lost connection) says nothing of the row, and may be right in a minute.
const refusals = /^(22|23|54|P0)/;

function isRefusal(error: unknown): boolean {
  const { code } = error as { readonly code?: unknown };
  return typeof code === 'string' && code.length === 5 && refusals.test(code);
}

/** Keeps a row that Postgres has refused as a rejected row. */
async function refuse(
  { database, ensuredMonths, stream, model }: Sending,
  entry: Entry,
  error: unknown,
): Promise<Sent> {
  if (!isRefusal(error)) throw error;
  const reason = entry.reason ?? `Postgres refuses the row: ${reasonOf(error)}`;
  const bad = [{ index: 0, reason, row: entry.row }];
  const batch: Batch = { good: [], stored: 0, bad, months: new Set() };
  try {
    await writeBatch(database, ensuredMonths, { stream, model, batch });
    return sentOf(batch);
  } catch (again) {
    if (!isRefusal(again)) throw again;
    return { stored: 0, rejected: 0, refused: [reasonOf(again)] };
  }
}
