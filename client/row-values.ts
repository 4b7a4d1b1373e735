/** Reads the values of rows that anyone may have sent: each reader gives the value, or the problem in words. */

import { formatInstant, parseInstant } from '../core/window.ts';

/** Why a row cannot be stored. */
export interface Problem {
  readonly problem: string;
}

export function isProblem(value: unknown): value is Problem {
  return typeof value === 'object' && value !== null && 'problem' in value;
}

/** A value as people read it in a reason: short, and never mistaken for another. */
export function describe(value: unknown): string {
  switch (typeof value) {
    case 'undefined':
      return 'missing';
    case 'number':
    case 'boolean':
      return String(value);
    case 'string':
      return value === '' ? 'empty' : JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}...` : value);
    case 'object':
      if (value === null) return 'null';
      if (Array.isArray(value)) return 'an array';
      return value instanceof Date ? 'a Date' : 'an object';
    default:
      return `a ${typeof value}`;
  }
}

/** Is this an object with names and values (not an array, a Date, a Map)? */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return Object.prototype.toString.call(value) === '[object Object]';
}

// Postgres stores neither in text nor in jsonb; one such string would fail the whole batch.
const unstorable = /[\0\p{Surrogate}]/u;

/** What is wrong with a text that Postgres shall store, if anything. */
export function textProblem(name: string, text: string): string | undefined {
  return unstorable.test(text)
    ? `${name} contains a NUL character or half of a surrogate pair; send well-formed text without NUL`
    : undefined;
}

/** A name that is part of a key: 1 to 300 characters, because an index entry holds 2,700 bytes. */
export function keyProblem(name: string, value: unknown): string | undefined {
  if (typeof value !== 'string' || value === '') return `${name} is ${describe(value)}; send a text such as "42"`;
  if (value.length > 300) return `${name} has ${value.length} characters; send at most 300`;
  return textProblem(name, value);
}

// Outside of these years a wrong unit or an uninitialised date is likelier than a prediction, and every month that
// has rows gets a partition.
const earliest = parseInstant('1900-01-01T00:00:00Z');
const latest = parseInstant('2200-01-01T00:00:00Z');
/** In milliseconds this is March 1973; in seconds it is the year 5138. */
const secondsBelow = 100_000_000_000;

/** An instant in epoch milliseconds, from a Date, an ISO 8601 text with its offset, or epoch milliseconds. */
export function readInstant(name: string, value: unknown): number | Problem {
  let instant = Number.NaN;
  if (value instanceof Date) instant = value.getTime();
  else if (typeof value === 'number') instant = value;
  else if (typeof value === 'string') {
    try {
      instant = parseInstant(value);
    } catch {
      return {
        problem: `${name} is ${describe(value)}; send ISO 8601 with an offset, for example "2011-05-20T00:00:00Z"`,
      };
    }
  }
  if (Number.isNaN(instant)) {
    const found = value instanceof Date ? 'an invalid Date' : describe(value);
    return { problem: `${name} is ${found}; send a Date, ISO 8601 with an offset, or epoch milliseconds` };
  }
  if (typeof value === 'number' && Math.abs(value) < secondsBelow) {
    return { problem: `${name} is ${value}, which looks like seconds; send epoch milliseconds` };
  }
  if (instant < earliest || instant >= latest) {
    const found = Math.abs(instant) < 8.64e15 ? formatInstant(instant) : String(instant);
    return { problem: `${name} is ${found}; send an instant from 1900 to 2199` };
  }
  return Math.trunc(instant);
}

/** A predicted or observed value: a finite number, or a class. */
export function outcomeProblem(
  name: string,
  value: unknown,
  task: 'regression' | 'classification' | undefined,
): string | undefined {
  if (typeof value === 'number' && task !== 'classification') {
    return Number.isFinite(value) ? undefined : `${name} is ${value}; send a finite number`;
  }
  if (typeof value === 'string' && value !== '' && task !== 'regression') return textProblem(name, value);
  if (task === 'regression') return `${name} is ${describe(value)}; the model is a regression: send a number`;
  if (task === 'classification') {
    return `${name} is ${describe(value)}; the model is a classification: send the class as text, for example "1"`;
  }
  return `${name} is ${describe(value)}; send a number, or a class as text`;
}
