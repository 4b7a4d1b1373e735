/** Owns `papaparse`: the rows of a CSV file, each with its line, or with what is wrong with it. */

import Papa from 'papaparse';

import { countText } from '../../core/performance/metrics.ts';
import { unreadable, type Dialect } from '../../sql/table-source.ts';
import type { Position, SourceBatch, SourceRow } from './row-source.ts';
import { textBlocks, type TextFile } from './text-blocks.ts';

/** Of a file of measurements in columns, not rows; more would be read, but hardly meant. */
const mostColumns = 10_000;
/** A quote that is not closed would otherwise take the whole file into memory. */
const longestRow = 16 * 2 ** 20;

export interface CsvFile extends TextFile {
  readonly dialect: Dialect;
  readonly lineEnd: '\r\n' | '\n' | '\r';
}

/** The names of the columns, and where the first row begins. */
export interface CsvHead {
  readonly columns: readonly string[];
  readonly start: Position;
}

/** The line end of the first line: one that is found later in a row is part of a value. */
export function lineEndOf(beginning: string): CsvFile['lineEnd'] {
  const found = /\r\n|\n|\r/.exec(beginning.replaceAll(/"(?:[^"]|"")*"/g, ''))?.[0];
  return found === '\r\n' || found === '\r' ? found : '\n';
}

/**
 * @throws TidewatchError `UNREADABLE_TABLE` for a head that names a column twice, or too many
 */
export async function csvHead(file: CsvFile): Promise<CsvHead> {
  for await (const { rows, next } of csvRecords(file, { offset: 0, line: 1 }, 'head')) {
    const [head] = rows;
    if (head === undefined) continue;
    const columns = head.values.map((name, index) =>
      String(name)
        .replace(index === 0 ? /^\uFEFF/ : /^$/, '')
        .trim(),
    );
    checkColumns(file.name, columns);
    return { columns, start: next };
  }
  throw unreadable(file.name, 'it is empty');
}

function checkColumns(name: string, columns: readonly string[]): void {
  if (columns.length > mostColumns) {
    throw unreadable(name, `it has ${columns.length} columns, and at most ${mostColumns} are read`);
  }
  const repeated = columns.find((column, index) => column !== '' && columns.indexOf(column) < index);
  if (repeated !== undefined) {
    throw unreadable(name, `two columns are called ${JSON.stringify(repeated)}; rename one of them`);
  }
}

/** The rows after the head, a block of text at a time. */
export async function* csvRows(
  file: CsvFile,
  columns: readonly string[],
  from: Position,
): AsyncGenerator<SourceBatch> {
  for await (const batch of csvRecords(file, from, 'rows')) {
    yield { ...batch, rows: batch.rows.map((row) => checkWidth(row, columns.length)) };
  }
}

function checkWidth(row: SourceRow, width: number): SourceRow {
  if (row.values.length === width || row.problem !== undefined) return row;
  const found = countText(row.values.length, 'value');
  return { ...row, problem: `the row has ${found}, and the first line names ${countText(width, 'column')}` };
}

async function* csvRecords(
  file: CsvFile,
  from: Position,
  wanted: 'head' | 'rows',
): AsyncGenerator<SourceBatch> {
  const { name, dialect, lineEnd } = file;
  const parser = new Papa.Parser({
    delimiter: dialect.delimiter,
    newline: lineEnd,
    // In its fast mode a preview is one row too long.
    ...(wanted === 'head' && { preview: 1, fastMode: false }),
  });
  let { offset, line } = from;
  let rest = '';
  for await (const { text, isLast } of textBlocks(file, offset, (lineEnds) => from.line + lineEnds)) {
    rest += text;
    const parsed = parser.parse(rest, 0, !isLast) as Papa.ParseResult<string[]>;
    const isWhole = isLast && wanted === 'rows';
    const consumed = isWhole ? rest : rest.slice(0, parsed.meta.cursor);
    const problems = new Map(parsed.errors.map(({ row, type }) => [row, problemOf(type)]));
    const hasLongValues = consumed.includes('"');
    const rows: SourceRow[] = [];
    for (const [index, values] of parsed.data.entries()) {
      const problem = problems.get(index);
      const isBlank = values.length === 1 && values[0] === '';
      if (!isBlank) rows.push({ line, values, ...(problem !== undefined && { problem }) });
      line += 1 + (hasLongValues ? lineEndsIn(values) : 0);
    }
    offset += Buffer.byteLength(consumed);
    rest = rest.slice(consumed.length);
    if (rest.length > longestRow) {
      throw unreadable(name, `line ${line}: a quote is opened, and not closed in the next 16 MB`);
    }
    yield { rows, next: { offset, line } };
  }
}

function problemOf(type: string): string | undefined {
  return type === 'Quotes' ? 'a quote is opened and not closed, or stands inside of a value' : undefined;
}

function lineEndsIn(values: readonly string[]): number {
  let count = 0;
  for (const value of values) if (value.includes('\n')) count += value.split('\n').length - 1;
  return count;
}
