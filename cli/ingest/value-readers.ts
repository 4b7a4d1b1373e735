/** Reads values of files as the client takes them: what a text means, by what its column is. */

import { instantOfLocal, parseInstant } from '../../core/window.ts';
import { missingTexts } from '../../sql/table-source.ts';
import { dateOrderOf, isoOfWritten, isWrittenDate, type DateOrder } from './date-order.ts';
import { writtenNumber, type DecimalMark } from './number-format.ts';

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

/**
 * A class: text. Of known classes the one that is meant by another spelling: 1.0 for 1, True for true, 1 for yes.
 *
 * @param classes of the monitor
 */
export function classReader(classes: readonly string[] | undefined): ValueReader {
  if (classes === undefined) return keyReader;
  const known = new Map<unknown, unknown>(classes.map((name) => [name, name]));
  return (value) => {
    const text = keyReader(value);
    if (known.has(text)) return known.get(text);
    const meant = typeof text === 'string' ? classMeant(text, classes) : undefined;
    if (known.size < 1_000) known.set(text, meant ?? text);
    return meant ?? text;
  };
}

const truthWords = [
  ['0', 'false', 'no', 'n', 'f'],
  ['1', 'true', 'yes', 'y', 't'],
] as const;

/** Does it say no (0) or yes (1)? */
function truthOf(text: string): number {
  const number = numberOf(text);
  const word = number === undefined ? text.trim().toLowerCase() : String(number);
  return truthWords.findIndex((words) => (words as readonly string[]).includes(word));
}

function classMeant(text: string, classes: readonly string[]): string | undefined {
  const number = numberOf(text);
  const alike = classes.filter(
    (name) =>
      name.trim().toLowerCase() === text.trim().toLowerCase() ||
      (number !== undefined && Number.isFinite(number) && numberOf(name) === number),
  );
  if (alike.length > 0) return alike.length === 1 ? alike[0] : undefined;
  const truths = classes.map(truthOf);
  const truth = truthOf(text);
  const areTruths = classes.length === 2 && truths.includes(0) && truths.includes(1);
  return areTruths && truth !== -1 ? classes[truths.indexOf(truth)] : undefined;
}

const notFinite: Readonly<Record<string, number>> = { nan: NaN, inf: Infinity, infinity: Infinity };

/** A number. What is none stays as it is: the client says what is wrong with it. */
export function numberReader(decimal: DecimalMark): ValueReader {
  return (value) => {
    if (typeof value === 'number') return value;
    if (isMissing(value)) return null;
    if (typeof value !== 'string') return value;
    // First as it mostly is.
    if (decimal === '.') return numberOf(value) ?? writtenNumber(value, decimal) ?? value;
    const plain = value.replace(',', '.');
    return (
      (value.includes('.') ? writtenNumber(value, decimal) : undefined) ??
      numberOf(plain) ??
      writtenNumber(value, decimal) ??
      value
    );
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
  readonly unit: number;
  /** Of dates that do not begin with the year. */
  readonly order: DateOrder | undefined;
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
  return (
    typeof value === 'string' &&
    (localTime.test(value) || isWrittenDate(value) || isoOfWritten(value, undefined) !== undefined)
  );
}

/** Is it a text of a time, with its zone or without? */
export function isTimeText(value: unknown): boolean {
  return typeof value === 'string' && (zonedTime.test(value) || isLocalTime(value));
}

/** Earlier in seconds than in milliseconds: 1973 in milliseconds is the year 5138 in seconds; and so on. */
const units = [
  { below: 1e11, unit: 1000 },
  { below: 1e14, unit: 1 },
  { below: 1e17, unit: 1e-3 },
] as const;

/**
 * How the times of a column are written, by values of it.
 *
 * @param order where it is said
 */
export function timeFormatOf(
  values: readonly unknown[],
  order: DateOrder | undefined,
): Pick<TimeFormat, 'unit' | 'order'> {
  const numbers = values
    .map((value) => (typeof value === 'string' ? numberOf(value) : value))
    .filter((value) => typeof value === 'number');
  const found = dateOrderOf(values);
  return {
    unit: unitOf(numbers),
    order: order ?? (found === 'day-first' || found === 'month-first' ? found : undefined),
  };
}

/** How many milliseconds the numbers of a column of instants are: those of seconds, milli-, micro- or nanoseconds. */
function unitOf(numbers: readonly number[]): number {
  const largest = numbers.reduce((found, number) => Math.max(found, Math.abs(number)), 0);
  if (largest === 0) return 1;
  return units.find(({ below }) => largest < below)?.unit ?? 1e-6;
}

/** Could the numbers be instants of 1990 to 2100? */
export function areEpochs(numbers: readonly number[]): boolean {
  const unit = unitOf(numbers);
  return numbers.length > 0 && numbers.every((number) => number * unit > 6.3e11 && number * unit < 4.1e12);
}

/** An instant: as epoch milliseconds, or as it is where it names none. */
export function instantReader({ unit, order, timeZone, isLocal }: TimeFormat): ValueReader {
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
    return typeof value === 'string' ? textInstant(value, timeZone, order) : value;
  };
  return (value) => {
    if (value !== last) {
      last = value;
      lastRead = read(value);
    }
    return lastRead;
  };
}

function textInstant(text: string, timeZone: string | undefined, order: DateOrder | undefined): unknown {
  const [, day, time = '00:00'] = localTime.exec(isoOfWritten(text, order) ?? text) ?? [];
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
