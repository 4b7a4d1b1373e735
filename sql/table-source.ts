/** A file as DuckDB reads it: Parquet or CSV by its content, and what can be said when it is neither. */

import { open, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { createGunzip } from 'node:zlib';
import { createReadStream } from 'node:fs';

import { reasonOf, TidewatchError } from '../core/errors.ts';
import { textSql } from './table-types.ts';

export interface TableSource {
  readonly path: string;
  readonly format: 'parquet' | 'csv';
  /** The table function that reads it. */
  readonly relation: string;
  /** CSV: reads every column as text, so that its errors name a line. */
  readonly asText?: string;
  /** Bytes on disk. */
  readonly size: number;
}

/** Texts that stand for a missing value in a CSV file: those of pandas that are no words and no numbers. */
const missingTexts = ['', 'NA', 'N/A', 'n/a', '<NA>', '#N/A', 'NULL', 'null'];

const delimiters = [',', ';', '\t', '|'];
const beginningLength = 65_536;

/**
 * How is this file read?
 *
 * Parquet is known by its first bytes; anything else is CSV, gzipped or not, whose first line names the columns. The
 * delimiter is the one of `,` `;` tab `|` that occurs most often in that line.
 *
 * @throws TidewatchError `UNREADABLE_TABLE` when there is no such file, it is empty, or it claims to be Parquet and is not.
 */
export async function tableSourceOf(path: string): Promise<TableSource> {
  const { size, isDirectory } = await statusOf(path);
  if (isDirectory) throw unreadable(path, 'it is a directory');
  if (size === 0) throw unreadable(path, 'it is empty');
  const beginning = await beginningOf(path);
  if (beginning.subarray(0, 4).toString('latin1') === 'PAR1') {
    return { path, format: 'parquet', relation: `read_parquet(${fileSql(path)})`, size };
  }
  if (isUtf16(beginning)) throw unreadable(path, 'it is UTF-16 text, not UTF-8');
  if (/\.(parquet|pq)$/i.test(path)) throw unreadable(path, 'it does not begin as Parquet files do');
  return { path, format: 'csv', ...csvRelations(path, await firstLineOf(path, beginning)), size };
}

/** What went wrong with a file, as the error that people see. */
export function unreadable(path: string, reason: string, cause?: unknown): TidewatchError {
  return new TidewatchError('UNREADABLE_TABLE', { file: path, reason }, { cause });
}

/**
 * The words of DuckDB's error that are about the file: not its class, its settings or its advice on SQL.
 *
 * @example
 * reasonOfDuckdb(new Error('Invalid Input Error: CSV Error on Line: 3\nExpected Number of Columns: 2 Found: 3\n...'))
 * // 'line 3: expected 2 columns, found 3'
 */
export function reasonOfDuckdb(error: unknown): string {
  const [first = '', ...rest] = reasonOf(error).split('\n');
  const line = /CSV Error on Line: (\d+)/.exec(first)?.[1];
  if (line !== undefined) return `line ${line}: ${lowerFirst(csvProblemOf(rest))}`;
  const words = first.replace(/^[A-Z][\w ]*Error: /, '').replace(/ (in|of) file '.*?'/, '');
  return `it is damaged or cut short (${lowerFirst(words)})`;
}

/** How DuckDB says what is wrong with a line; the text of the line itself, which may span several, comes before. */
const csvProblem = /^(Expected Number|Value with|Invalid unicode|Error when|Maximum line|The CSV|Missing)/;

function csvProblemOf(lines: readonly string[]): string {
  const said = lines.find((line) => csvProblem.test(line)) ?? 'it cannot be parsed';
  const counts = /Expected Number of Columns: (\d+) Found: (\d+)/.exec(said);
  return counts === null ? said.replace(/\.$/, '') : `expected ${counts[1]} columns, found ${counts[2]}`;
}

function lowerFirst(text: string): string {
  return /^[A-Z][a-z ]/.test(text) ? text.charAt(0).toLowerCase() + text.slice(1) : text;
}

async function statusOf(path: string): Promise<{ readonly size: number; readonly isDirectory: boolean }> {
  try {
    const status = await stat(path);
    return { size: status.size, isDirectory: status.isDirectory() };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw unreadable(path, code === 'ENOENT' ? 'there is no such file' : reasonOf(error), error);
  }
}

async function beginningOf(path: string): Promise<Buffer> {
  try {
    const file = await open(path);
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(beginningLength), 0, beginningLength, 0);
      return buffer.subarray(0, bytesRead);
    } finally {
      await file.close();
    }
  } catch (error) {
    throw unreadable(path, reasonOf(error), error);
  }
}

function isUtf16([first, second]: Buffer): boolean {
  return (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);
}

/** The line that names the columns; a name may hold quoted delimiters and line ends. */
async function firstLineOf(path: string, beginning: Buffer): Promise<string> {
  const isGzipped = beginning[0] === 0x1f && beginning[1] === 0x8b;
  const text = (isGzipped ? await gunzippedBeginningOf(path) : beginning)
    .toString('utf8')
    .replace(/^\uFEFF/, '');
  if (text.trim() === '') throw unreadable(path, 'it is empty');
  const line = /^(?:"(?:[^"]|"")*"|[^"\r\n])*/.exec(text.trimStart())?.[0] ?? '';
  return line.replaceAll(/"(?:[^"]|"")*"/g, 'quoted');
}

async function gunzippedBeginningOf(path: string): Promise<Buffer> {
  const parts: Buffer[] = [];
  let length = 0;
  try {
    for await (const part of createReadStream(path).pipe(createGunzip()) as AsyncIterable<Buffer>) {
      parts.push(part);
      length += part.length;
      if (length >= beginningLength) break;
    }
  } catch (error) {
    throw unreadable(path, `its compression is damaged (${reasonOf(error)})`, error);
  }
  return Buffer.concat(parts);
}

function csvRelations(path: string, firstLine: string): Pick<TableSource, 'relation' | 'asText'> {
  const widths = delimiters.map((delimiter) => firstLine.split(delimiter).length);
  const width = Math.max(...widths);
  const options = [
    fileSql(path),
    `delim = ${textSql(delimiters[widths.indexOf(width)]!)}`,
    `quote = '"'`,
    `escape = '"'`,
    // Left to a guess, a longer row below would make the rows above it, and the names, a preamble.
    'skip = 0',
    `comment = ''`,
    'header = true',
  ];
  const guessing = [
    // The type of a column is one that holds all of its values: a word after 100,000 numbers makes it text, not an error.
    'sample_size = -1',
    `nullstr = [${missingTexts.map(textSql).join(', ')}]`,
  ];
  const columns = Array.from({ length: width }, (_, i) => `c${i}: 'VARCHAR'`).join(', ');
  return {
    relation: `read_csv(${[...options, ...guessing].join(', ')})`,
    asText: `read_csv(${[...options, 'auto_detect = false', `columns = {${columns}}`].join(', ')})`,
  };
}

/** A path as DuckDB takes it: absolute, and with nothing in it that is a pattern. */
function fileSql(path: string): string {
  return textSql(resolve(path).replaceAll(/[*?[]/g, '[$&]'));
}
