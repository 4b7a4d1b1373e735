/** What `init` looks at in a column before it writes what may be expected of it. */

import type { ColumnKind } from '../../core/profile/grid.ts';
import { familyOf, isReadable, type TableColumn } from '../../sql/table-types.ts';
import type { TableFile } from '../../sql/table-file.ts';
import { areTimes, sampledValues } from '../ingest/column-values.ts';
import { decimalMarkOf } from '../ingest/number-format.ts';
import { isMissing, numberReader, type ValueReader } from '../ingest/value-readers.ts';
import type { FirstRows } from './first-rows.ts';

export interface ColumnFacts {
  readonly name: string;
  /** `instant`: dates and times; `unsupported`: lists and the like. */
  readonly kind: ColumnKind | 'instant' | 'unsupported';
  /** Absent where only statistics are known. */
  readonly seen?: { readonly rows: number; readonly missing: number };
  /** Continuous columns with values. */
  readonly range?: { readonly min: number; readonly max: number };
  /** Continuous: no value has a fraction. */
  readonly isWhole: boolean;
  /** By frequency; absent where there are too many to list, or they are not known. */
  readonly levels?: readonly string[];
  /** How often each of them is there, in the same order. */
  readonly levelCounts?: readonly number[];
  /** How many there are, as far as they are counted: `mostCountedLevels` stand for that many and more. */
  readonly levelCount?: number;
  /** Is no value there twice? Undefined where it is not known. */
  readonly isUnique?: boolean;
  /** Of numbers that are written for people, `1,234.50` or `45%`: one of them, and how it is read. */
  readonly written?: { readonly text: string; readonly number: number };
  /** Of a column of numbers: values that are none. */
  readonly notNumbers?: { readonly count: number; readonly example: string };
  /** Characters of a text, on average. */
  readonly meanLength?: number;
}

/** More levels than this are no list that a person would write: 31 are the days of a month. */
export const mostListedLevels = 31;
/** A category of more levels is a key or free text. */
export const mostCountedLevels = 1_001;
/** A column is one of numbers where so many of its values are. */
const leastNumbers = 0.9;

/**
 * The facts of every column of a table. Cost: each column is read twice, in the database.
 *
 * @param firstRows as they stand in the file: numbers and times as people write them are known by them
 */
export async function readColumnFacts(
  table: TableFile,
  firstRows?: FirstRows,
): Promise<readonly ColumnFacts[]> {
  const facts: ColumnFacts[] = [];
  for (const column of table.columns) facts.push(await factsOf(table, column, firstRows));
  return facts;
}

async function factsOf(
  table: TableFile,
  column: TableColumn,
  firstRows: FirstRows | undefined,
): Promise<ColumnFacts> {
  const { name } = column;
  const { rows } = table;
  if (!isReadable(column)) return { name, kind: 'unsupported', isWhole: false };
  const { counts, other, missing } = await table.countLevels(name, { most: mostCountedLevels });
  const [most = 0] = counts.values();
  const common = {
    name,
    seen: { rows, missing },
    isUnique: most === 1,
    levelCount: counts.size,
    ...(other === 0 &&
      counts.size <= mostListedLevels && { levels: [...counts.keys()], levelCounts: [...counts.values()] }),
  };
  const sample = firstRows === undefined ? [] : sampledValues(firstRows, name);
  if (column.kind === 'unsupported' || areTimes(name, sample) === true)
    return { ...common, kind: 'instant', isWhole: false };
  if (column.kind === 'categorical') {
    const numbers =
      firstRows !== undefined && familyOf(column.type) === 'text'
        ? await writtenNumbers(table, name, sample, firstRows)
        : undefined;
    const length = sample.reduce<number>((sum, value) => sum + String(value).length, 0);
    const meanLength = sample.length === 0 ? {} : { meanLength: length / sample.length };
    return { ...common, ...(numbers ?? { kind: 'categorical', isWhole: false, ...meanLength }) };
  }
  const [numbers] = await table.readNumbers([name]);
  const values = numbers?.values ?? new Float64Array();
  const min = values.reduce((lowest, value) => Math.min(lowest, value), Infinity);
  const max = values.reduce((highest, value) => Math.max(highest, value), -Infinity);
  return {
    ...common,
    kind: 'continuous',
    isWhole: values.every((value) => Number.isInteger(value)),
    ...(values.length > 0 && { range: { min, max } }),
  };
}

/** The reader of a column of texts that are mostly numbers. */
export function writtenReader(firstRows: FirstRows, name: string): ValueReader {
  return numberReader(decimalMarkOf(sampledValues(firstRows, name), firstRows.decimalComma ? ',' : '.'));
}

async function writtenNumbers(
  table: TableFile,
  name: string,
  sample: readonly unknown[],
  firstRows: FirstRows,
): Promise<Omit<ColumnFacts, 'name'> | undefined> {
  const read = writtenReader(firstRows, name);
  const isNumber = (value: unknown): boolean => typeof read(value) === 'number';
  if (sample.length === 0 || sample.filter(isNumber).length < leastNumbers * sample.length) return undefined;
  let [min, max, count, others] = [Infinity, -Infinity, 0, 0];
  let isWhole = true;
  let example = '';
  for await (const [values = []] of table.readChunks([name])) {
    for (const value of values) {
      if (isMissing(value)) continue;
      const number = read(value);
      if (typeof number === 'number') {
        count += 1;
        min = Math.min(min, number);
        max = Math.max(max, number);
        isWhole &&= Number.isInteger(number);
      } else {
        others += 1;
        if (others === 1) example = String(value);
      }
    }
  }
  if (count < leastNumbers * (count + others)) return undefined;
  const text = sample.find(
    (value) => typeof value === 'string' && Number.isNaN(Number(value)) && isNumber(value),
  );
  return {
    kind: 'continuous',
    isWhole,
    range: { min, max },
    ...(typeof text === 'string' && { written: { text, number: Number(read(text)) } }),
    ...(others > 0 && { notNumbers: { count: others, example } }),
  };
}
