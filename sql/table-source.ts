/** Files as DuckDB reads them: Parquet or CSV by their content, and what can be said when they are neither. */

import { createReadStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { createGunzip } from 'node:zlib';

import { reasonOf, TidewatchError } from '../core/errors.ts';
import { identifierSql, textSql } from './table-types.ts';

export interface TableSource {
  /** Opens it again: the path of its file, or the pattern of several. */
  readonly path: string;
  readonly format: Format;
  /** The table function that reads it. */
  readonly relation: string;
  /** CSV: reads every column as text, so that its errors name a line. */
  readonly asText?: string;
  /** Bytes on disk. */
  readonly size: number;
}

type Format = 'parquet' | 'csv' | 'gzipped csv';

/** What is known of a CSV file beforehand: the type of each of its columns, in their order. */
export type KnownTypes = Readonly<Record<string, string>>;

/** Is a directory `month=1` a column, or only what the files were chosen by? */
export type FolderMeaning = 'columns' | 'nothing';

/** Of CSV: are columns of dates and times told by their values, or texts as they stand there? */
export type TimeMeaning = 'guessed' | 'texts';

/** Texts that stand for a missing value in a CSV file: those of pandas that are no words and no numbers. */
export const missingTexts: readonly string[] = ['', 'NA', 'N/A', 'n/a', '<NA>', '#N/A', 'NULL', 'null'];

/** What the columns of a CSV file may hold, for DuckDB to guess. */
const guessedTypes = [
  'NULL',
  'BIGINT',
  'DOUBLE',
  'TIME',
  'DATE',
  'TIMESTAMP',
  'TIMESTAMP WITH TIME ZONE',
  'VARCHAR',
];

const delimiters = [',', ';', '\t', '|'];
const beginningLength = 65_536;

/**
 * How are these files read, one below the other?
 *
 * Parquet is known by its first bytes; anything else is CSV, gzipped or not, whose first line names the columns. The
 * delimiter is the one of `,` `;` tab `|` that occurs most often in that line. Columns are matched by name; a file that
 * lacks one has no values in it.
 *
 * @param name of all of them, for messages
 * @throws TidewatchError `UNREADABLE_TABLE` when a file is empty, or is no table.
 */
export async function tableSourceOf(
  name: string,
  [first = '', ...others]: readonly string[],
  {
    types,
    folders = 'nothing',
    times = 'guessed',
  }: {
    readonly types?: KnownTypes | undefined;
    readonly folders?: FolderMeaning;
    readonly times?: TimeMeaning;
  } = {},
): Promise<TableSource> {
  const nameOf = (path: string): string => (others.length === 0 ? name : path);
  const start = await beginningOf(first, nameOf(first));
  let { size } = start;
  for (const path of others) {
    const other = await beginningOf(path, path);
    if (other.format !== start.format) {
      throw unreadable(name, `${first} is ${wordsOf(start.format)}, ${path} is ${wordsOf(other.format)}`);
    }
    size += other.size;
  }
  const files = `[${[first, ...others].map(fileSql).join(', ')}]`;
  // Only where it is needed: it opens every file beforehand.
  const byName = others.length === 0 ? [] : ['union_by_name = true'];
  const { format } = start;
  const path = others.length === 0 ? first : name;
  if (format === 'parquet') {
    const options = [files, `hive_partitioning = ${folders === 'columns'}`, ...byName];
    return { path, format, relation: `read_parquet(${options.join(', ')})`, size };
  }
  const options = [files, `compression = ${textSql(format === 'csv' ? 'none' : 'gzip')}`, ...byName];
  if (types !== undefined) return { path, format, relation: typedCsv(options, types), size };
  return { path, format, ...csvRelations(options, await textOf(first, nameOf(first), start), times), size };
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
  if (first.includes('when sniffing file')) return 'it is no text of lines with one delimiter';
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

export interface Beginning {
  readonly bytes: Buffer;
  readonly format: Format;
  /** Of the whole file. */
  readonly size: number;
}

/**
 * The first bytes of a file, and what they tell.
 *
 * @throws TidewatchError `UNREADABLE_TABLE` where it is empty or no text
 */
export async function beginningOf(path: string, name: string): Promise<Beginning> {
  const { bytes, size } = await firstBytesOf(path, name);
  if (size === 0) throw unreadable(name, 'it is empty');
  if (bytes.subarray(0, 4).toString('latin1') === 'PAR1') return { bytes, format: 'parquet', size };
  if (isUtf16(bytes)) throw unreadable(name, 'it is UTF-16 text, not UTF-8');
  if (/\.(parquet|pq)$/i.test(path)) throw unreadable(name, 'it does not begin as Parquet files do');
  return { bytes, format: bytes[0] === 0x1f && bytes[1] === 0x8b ? 'gzipped csv' : 'csv', size };
}

async function firstBytesOf(
  path: string,
  name: string,
): Promise<{ readonly bytes: Buffer; readonly size: number }> {
  try {
    const { size } = await stat(path);
    const file = await open(path);
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(beginningLength), 0, beginningLength, 0);
      return { bytes: buffer.subarray(0, bytesRead), size };
    } finally {
      await file.close();
    }
  } catch (error) {
    throw unreadable(name, reasonOf(error), error);
  }
}

function isUtf16([first, second]: Buffer): boolean {
  return (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);
}

function wordsOf(format: Format): string {
  return { parquet: 'Parquet', csv: 'CSV', 'gzipped csv': 'gzipped CSV' }[format];
}

/** The first text of a file that is not Parquet, without white space before it. */
export async function startingTextOf(
  path: string,
  name: string,
  { bytes, format }: Beginning,
): Promise<string> {
  const text = (format === 'csv' ? bytes : await gunzippedBeginningOf(path, name))
    .toString('utf8')
    .replace(/^\uFEFF/, '')
    .trimStart();
  if (text === '') throw unreadable(name, 'it is empty');
  return text;
}

/** The first text of a CSV file. */
async function textOf(path: string, name: string, beginning: Beginning): Promise<string> {
  const text = await startingTextOf(path, name, beginning);
  checkIsCsv(text, name);
  if (/^(\{\s*"|\[\s*[{[])/.test(text)) throw unreadable(name, 'it is JSON, not CSV');
  return text;
}

/** Refuses text that is known to be something else. */
export function checkIsCsv(text: string, name: string): void {
  if (/^tidewatch profile \d/.test(text)) {
    const instead = 'give it to --profile, or two of them to `tidewatch profile compare`';
    throw unreadable(name, `it is a profile; ${instead}`);
  }
  // What a failed download leaves behind, and what people try.
  if (/^<(!doctype|html|\?xml)/i.test(text)) throw unreadable(name, 'it is HTML or XML, not CSV');
}

async function gunzippedBeginningOf(path: string, name: string): Promise<Buffer> {
  const parts: Buffer[] = [];
  let length = 0;
  try {
    for await (const part of createReadStream(path).pipe(createGunzip()) as AsyncIterable<Buffer>) {
      parts.push(part);
      length += part.length;
      if (length >= beginningLength) break;
    }
  } catch (error) {
    throw unreadable(name, `its compression is damaged (${reasonOf(error)})`, error);
  }
  return Buffer.concat(parts);
}

function csvRelations(
  givenOptions: readonly string[],
  beginning: string,
  times: TimeMeaning,
): Pick<TableSource, 'relation' | 'asText'> {
  const { delimiter, width, decimalComma } = dialectOf(beginning);
  const options = [
    ...givenOptions,
    `delim = ${textSql(delimiter)}`,
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
    // No booleans: yes and no are to stay the words that stand there.
    `auto_type_candidates = [${guessedTypes
      .filter((type) => times === 'guessed' || !/^(TIME|DATE)/.test(type))
      .map(textSql)
      .join(', ')}]`,
    `nullstr = [${missingTexts.map(textSql).join(', ')}]`,
    ...(decimalComma ? [`decimal_separator = ','`] : []),
  ];
  const columns = Array.from({ length: width }, (_, i) => `c${i}: 'VARCHAR'`).join(', ');
  return {
    relation: `read_csv(${[...options, ...guessing].join(', ')})`,
    asText: `read_csv(${[...options, 'auto_detect = false', `columns = {${columns}}`].join(', ')})`,
  };
}

export interface Dialect {
  readonly delimiter: string;
  /** Columns, by the line that names them. */
  readonly width: number;
  /** `0,5` is a half. */
  readonly decimalComma: boolean;
}

/** How the CSV that begins like this is written. */
export function dialectOf(beginning: string): Dialect {
  const firstLine = firstLineOf(beginning);
  const widths = delimiters.map((delimiter) => firstLine.split(delimiter).length);
  const width = Math.max(...widths);
  const delimiter = delimiters[widths.indexOf(width)]!;
  return { delimiter, width, decimalComma: delimiter === ';' && hasDecimalCommas(beginning) };
}

/** The line that names the columns, without what is quoted; a name may hold quoted delimiters and line ends. */
function firstLineOf(beginning: string): string {
  const line = /^(?:"(?:[^"]|"")*"|[^"\r\n])*/.exec(beginning)?.[0] ?? '';
  return line.replaceAll(/"(?:[^"]|"")*"/g, 'quoted');
}

/** As spreadsheets write numbers in much of the world, with semicolons between them. */
function hasDecimalCommas(beginning: string): boolean {
  const cellWith = (mark: string): RegExp => new RegExp(`(^|;)"?-?\\d+${mark}\\d+"?(?=;|\r?$)`, 'm');
  return cellWith(',').test(beginning) && !cellWith('\\.').test(beginning);
}

/** CSV as Postgres writes it: nothing is a missing value, two quotes are an empty text. */
function typedCsv(options: readonly string[], types: KnownTypes): string {
  const columns = Object.entries(types).map(([name, type]) => `${identifierSql(name)}: ${textSql(type)}`);
  const how = [
    'auto_detect = false',
    'header = true',
    `delim = ','`,
    `quote = '"'`,
    `escape = '"'`,
    `nullstr = ''`,
    'allow_quoted_nulls = false',
    `columns = {${columns.join(', ')}}`,
  ];
  return `read_csv(${[...options, ...how].join(', ')})`;
}

/** A path as DuckDB takes it: absolute, and with nothing in it that is a pattern. */
function fileSql(path: string): string {
  return textSql(resolve(path).replaceAll(/[*?[]/g, '[$&]'));
}
