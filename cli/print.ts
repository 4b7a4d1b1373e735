/**
 * All that the commands print goes through here: names come from tables, services and trainers, and may hold what moves a cursor,
 * paints, or turns the direction of a line.
 */

import { Writable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';

/** What `paint` writes: the colours, bold, dim, and their ends. */
const ourColors = String.raw`\u001B\[(?:1|2|22|3[1-6]|39)m`;
const dangerous = new RegExp(String.raw`${ourColors}|[\p{Cc}\p{Bidi_Control}]`, 'gu');
const kept = new RegExp(String.raw`^(?:${ourColors}|\n|\t)$`, 'u');
const mark = '\u{FFFD}';

/** A longer text says no more to a person; it is whole in --json. */
const mostCharacters = 2_000;

/**
 * Facts as a line can hold them: in each text of them line breaks become spaces, other control characters and those that turn the
 * direction are marked. What is written of them afterwards, colours and lines, is the command's own.
 *
 * @example printable({ feature: 'hum\u001B[2J\nall is well' }) // { feature: 'hum\uFFFD[2J all is well' }
 */
export function printable<T>(facts: T): T {
  return printableValue(facts) as T;
}

function printableValue(value: unknown): unknown {
  if (typeof value === 'string') return printableText(value);
  if (Array.isArray(value)) return value.map(printableValue);
  if (value instanceof Map)
    return new Map([...value].map(([key, inner]) => [printableValue(key), printableValue(inner)]));
  if (value === null || typeof value !== 'object' || Object.getPrototypeOf(value) !== Object.prototype)
    return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [printableText(key), printableValue(inner)]),
  );
}

function printableText(text: string): string {
  const safe = text.replaceAll(/[\n\r\t\u2028\u2029]+/g, ' ').replaceAll(/[\p{Cc}\p{Bidi_Control}]/gu, mark);
  return safe.length <= mostCharacters ? safe : `${safe.slice(0, mostCharacters)}...`;
}

/** A text of lines as a terminal can show it; colours of the command stay. */
export function forTerminal(text: string): string {
  return text.replaceAll(dangerous, (found) => (kept.test(found) ? found : mark));
}

/** Prints what was asked for, for people. */
export function print(text: string): void {
  console.log(forTerminal(text));
}

/** Prints what a person should know besides: to stderr, where it is in no pipe's way. Without colours. */
export function printNote(text: string): void {
  console.error(text.split('\n').map(printableText).join('\n'));
}

/** Prints what was asked for, for machines; what a terminal would obey is escaped, which JSON reads as the same. */
export function printJson(value: unknown): void {
  const text = JSON.stringify(value, undefined, 2);
  console.log(
    text.replaceAll(
      /[\u007F-\u009F\p{Bidi_Control}]/gu,
      (found) => `\\u${found.charCodeAt(0).toString(16).padStart(4, '0')}`,
    ),
  );
}

/** A stream to the terminal, of bytes that a file would get as they are. */
export function terminal(): Writable {
  const decoder = new StringDecoder('utf8');
  return new Writable({
    write: (bytes: Buffer, _encoding, done) =>
      void process.stdout.write(forTerminal(decoder.write(bytes)), () => done()),
  });
}

/** Prints a file as it is; to a terminal, as that can show it. */
export function printFile(text: string): void {
  console.log(process.stdout.isTTY ? forTerminal(text) : text);
}
