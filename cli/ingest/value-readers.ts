/** Reads values of files as the client takes them: what a text means, by what its column is. */

import { instantOfLocal, parseInstant } from '../../core/window.ts';
import { missingTexts } from '../../sql/table-source.ts';

export type ValueReader = (value: unknown) => unknown;

const missing = new Set(missingTexts);
const longestMissing = Math.max(...missingTexts.map(({ length }) => length));

/** Is no value there? */
export function isMissing(value: unknown): boolean {
  return (
    value === undefined ||
    value === null ||
    (typeof value === 'string' && value.length <= longestMissing && missing.has(value))
  );
}

/** A text that is part of a key: numbers as they are written. */
export const keyReader: ValueReader = (value) => {
  if (isMissing(value)) return undefined;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : value;
};

/** A text or a truth value; numbers only where a file has types. */
export const categoryReader: ValueReader = (value) => (isMissing(value) ? null : value);

/** A class: text. */
export const classReader: ValueReader = (value) => keyReader(value);

const notFinite: Readonly<Record<string, number>> = { nan: NaN, inf: Infinity, infinity: Infinity };

/** A number. What is none stays as it is: the client says what is wrong with it. */
export function numberReader(decimalComma: boolean): ValueReader {
  return (value) => {
    if (typeof value === 'number') return value;
    if (isMissing(value)) return null;
    if (typeof value !== 'string') return value;
    return numberOf(decimalComma ? value.replace(',', '.') : value) ?? value;
  };
}

/**
 * The number that a text is.
 *
 * @example [numberOf('1e3'), numberOf('-inf'), numberOf('0x1f'), numberOf('1,000')] // [1000, -Infinity, undefined, undefined]
 */
function numberOf(text: string): number | undefined {
  const number = Number(text);
  if (!Number.isNaN(number)) return /^\s*$|^[+-]?0[xob]/i.test(text) ? undefined : number;
  const [, sign, word = ''] = /^([+-]?)([a-z]+)$/i.exec(text) ?? [];
  const found = notFinite[word.toLowerCase()];
  return found === undefined ? undefined : sign === '-' ? -found : found;
}

export interface TimeFormat {
  /** Numbers are this many milliseconds. */
  readonly unit: 1 | 1000;
  /** Of times without a zone. */
  readonly timeZone: string | undefined;
  /** The column has no zone, by its type: its numbers are what clocks show, in milliseconds. */
  readonly isLocal: boolean;
}

const localTime = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?))?$/;
const zonedTime =
  /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?) ?(Z|UTC|[+-]\d{2}(?::?\d{2})?)$/i;

/** Is it a time that does not say its zone? */
export function isLocalTime(value: unknown): boolean {
  return typeof value === 'string' && localTime.test(value);
}

/** An instant: as epoch milliseconds, or as it is where it names none. */
export function instantReader({ unit, timeZone, isLocal }: TimeFormat): ValueReader {
  // Rows of one instant usually follow each other.
  let last: unknown;
  let lastRead: unknown;
  const read = (value: unknown): unknown => {
    if (isMissing(value)) return undefined;
    const number = typeof value === 'string' ? numberOf(value) : value;
    if (typeof number === 'number') {
      if (isLocal) return timeZone === undefined ? value : instantOfLocal(number, timeZone);
      return number * unit;
    }
    return typeof value === 'string' ? textInstant(value, timeZone) : value;
  };
  return (value) => {
    if (value !== last) {
      last = value;
      lastRead = read(value);
    }
    return lastRead;
  };
}

function textInstant(text: string, timeZone: string | undefined): unknown {
  const [, day, time = '00:00'] = localTime.exec(text) ?? [];
  if (day !== undefined) {
    const shown = instantOr(`${day}T${time}Z`, text);
    return typeof shown === 'number' && timeZone !== undefined ? instantOfLocal(shown, timeZone) : text;
  }
  const [, zonedDay, zonedClock, zone = ''] = zonedTime.exec(text) ?? [];
  return zonedDay === undefined ? text : instantOr(`${zonedDay}T${zonedClock ?? ''}${offsetOf(zone)}`, text);
}

function offsetOf(zone: string): string {
  if (/^(z|utc)$/i.test(zone)) return 'Z';
  const digits = zone.slice(1).replace(':', '').padEnd(4, '0');
  return `${zone.charAt(0)}${digits.slice(0, 2)}:${digits.slice(2)}`;
}

function instantOr(iso: string, text: string): number | string {
  try {
    return parseInstant(iso);
  } catch {
    return text;
  }
}
