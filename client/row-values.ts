/** Reads the values of rows that anyone may have sent: each reader gives the value, or throws the problem in words. */

import type { Monitor } from '../core/monitor/schema.ts';
import { formatInstant, parseInstant } from '../core/window.ts';
import { toTimestamp } from '../sql/database.ts';

/** Why a row cannot be stored; caught for each row, it never leaves the client. */
export class RowProblem extends Error {
  override readonly name = 'RowProblem';
}

/** A value as people read it in a reason: short, and never mistaken for another. */
export function describe(value: unknown): string {
  if (value === undefined) return 'missing';
  if (value === '') return 'empty';
  if (typeof value === 'string')
    return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}...` : value);
  if (value === null || typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (Array.isArray(value)) return 'an array';
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'an invalid Date' : 'a Date';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

/** Is this an object with names and values (not an array, a Date, a Map)? */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return Object.prototype.toString.call(value) === '[object Object]';
}

// Postgres stores neither in text nor in jsonb; one such string would fail the whole batch.
const unstorable = /[\0\p{Surrogate}]/u;

/** A text that Postgres can store. */
export function readText(name: string, text: string): string {
  if (!unstorable.test(text)) return text;
  throw new RowProblem(
    `${name} contains a NUL character or half of a surrogate pair; send well-formed text without NUL`,
  );
}

// An index entry holds 2,700 bytes, and two such texts are in one key.
const longestKey = 300;

/** A text that is part of a key. */
export function readKey(name: string, value: unknown): string {
  if (typeof value !== 'string' || value === '') {
    throw new RowProblem(`${name} is ${describe(value)}; send a text such as "42"`);
  }
  if (value.length > longestKey) {
    throw new RowProblem(`${name} has ${value.length} characters; send at most ${longestKey}`);
  }
  return readText(name, value);
}

/** A number that is neither NaN nor infinite. */
export function readFinite(name: string, value: unknown): number {
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  throw new RowProblem(`${name} is ${describe(value)}; send a finite number`);
}

// Outside of these years a wrong unit or an empty date is likelier than a prediction, and every month that has rows
// gets a partition.
const earliest = parseInstant('1900-01-01T00:00:00Z');
const latest = parseInstant('2200-01-01T00:00:00Z');
/** In milliseconds this is March 1973; in seconds it is the year 5138. */
const secondsBelow = 100_000_000_000;

/** An instant in epoch milliseconds, from a Date, an ISO 8601 text with its offset, or epoch milliseconds. */
export function readInstant(name: string, value: unknown): number {
  const instant = instantOf(value);
  if (Number.isNaN(instant)) {
    const expected =
      'a Date, epoch milliseconds, or ISO 8601 with an offset, for example "2011-05-20T00:00:00Z"';
    throw new RowProblem(`${name} is ${describe(value)}; send ${expected}`);
  }
  if (typeof value === 'number' && Math.abs(value) < secondsBelow) {
    throw new RowProblem(`${name} is ${value}, which looks like seconds; send epoch milliseconds`);
  }
  if (instant < earliest || instant >= latest) {
    const found = Math.abs(instant) <= 8.64e15 ? formatInstant(instant) : String(instant);
    throw new RowProblem(`${name} is ${found}; send an instant from 1900 to 2199`);
  }
  return Math.trunc(instant);
}

function instantOf(value: unknown): number {
  if (value instanceof Date) return value.getTime();
  if (typeof value === 'number') return value;
  if (typeof value !== 'string') return Number.NaN;
  try {
    return parseInstant(value);
  } catch {
    return Number.NaN;
  }
}

let lastSecond = Number.NaN;
let lastTimestamp = '';

/** The instant as Postgres takes it. Rows of one second usually follow each other, and a Date for each is slow. */
export function timestampOf(instant: number): string {
  const second = Math.floor(instant / 1_000);
  if (second !== lastSecond) {
    lastSecond = second;
    lastTimestamp = toTimestamp(second * 1_000).slice(0, -'000Z'.length);
  }
  return `${lastTimestamp}${String(instant - second * 1_000).padStart(3, '0')}Z`;
}

/** A predicted or observed value: a finite number (regression) or a class (classification); either without a monitor. */
export function readOutcome(
  name: string,
  value: unknown,
  task: Monitor['task'] | undefined,
): number | string {
  if (typeof value === 'number' && task !== 'classification') return readFinite(name, value);
  if (typeof value === 'string' && value !== '' && task !== 'regression') return readText(name, value);
  const expected =
    task === undefined
      ? 'send a number, or a class as text'
      : task === 'regression'
        ? 'the model is a regression: send a number'
        : 'the model is a classification: send the class as text, for example "1"';
  throw new RowProblem(`${name} is ${describe(value)}; ${expected}`);
}
