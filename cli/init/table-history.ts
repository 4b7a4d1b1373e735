/** What a table tells of its past: from when to when its rows are, and how good its predictions were. */

import { dayMs, floorToDay, type Window } from '../../core/window.ts';
import type { TableFile } from '../../sql/table-file.ts';
import { isReadable } from '../../sql/table-types.ts';
import type { Field } from '../ingest/fields.ts';
import type { ValueReader } from '../ingest/value-readers.ts';
import type { ColumnReaders } from './column-readers.ts';

export interface RepeatedPair {
  readonly rows: readonly [number, number];
  readonly differing: readonly { readonly column: string; readonly values: readonly [string, string] }[];
}

export interface TableHistory {
  /** Rows with the key of a row before: the same entity, time and version. Undefined where the entity is not known. */
  readonly repeated?: number;
  /** The first such row and the one before: their numbers, counted from 1, and up to three columns in which they differ, with both values. */
  readonly repeatedPair?: RepeatedPair;
  /** The days of its first and last row, in epoch milliseconds. */
  readonly days?: { readonly first: number; readonly last: number };
  /**
   * How good the predictions were in the days of the reference, or in the whole table where its days are not known: their error, or
   * the share of them that was right.
   */
  readonly score?: { readonly metric: 'rmse' | 'accuracy'; readonly value: number };
}

export interface HistoryRequest {
  readonly table: TableFile;
  readonly readers: ColumnReaders;
  readonly fields: ReadonlyMap<Field, string>;
  /** Of a classification. */
  readonly classes: readonly string[] | undefined;
  /** The class that the prediction is the probability of, if it is one. */
  readonly probabilityOf: string | undefined;
}

/** Reads the columns that `fields` names; what is not there, or no time, is not told. */
export async function readHistory(request: HistoryRequest): Promise<TableHistory> {
  const { table, readers, fields } = request;
  const time = fields.get('event_time');
  const span = time === undefined ? undefined : await spanOf(table, readers, time, fields);
  const { days, repeated, pair } = span ?? {};
  const score = await scoreOf(request, days);
  return {
    ...(days && { days }),
    ...(score && { score }),
    ...(repeated !== undefined && { repeated }),
    ...(pair !== undefined && { repeatedPair: await pairOf(table, pair) }),
  };
}

/** More keys are not held to find those that repeat. */
const mostKeys = 1_000_000;

async function spanOf(
  table: TableFile,
  readers: ColumnReaders,
  time: string,
  fields: ReadonlyMap<Field, string>,
): Promise<
  | {
      readonly days: TableHistory['days'];
      readonly repeated: number;
      /** Indices of the first two rows with the same key. */
      readonly pair: readonly [number, number] | undefined;
    }
  | undefined
> {
  const read = readers.instant(time);
  const parts = (['entity', 'version', 'issued_at', 'role'] as const).flatMap(
    (field) => fields.get(field) ?? [],
  );
  let [first, last, repeated] = [Infinity, -Infinity, 0];
  let pair: readonly [number, number] | undefined;
  let start = 0;
  const keys = new Map<string, number>();
  for await (const [times = [], ...others] of table.readChunks([time, ...parts])) {
    for (const [row, value] of times.entries()) {
      const instant = read(value);
      if (instant === undefined) continue;
      first = Math.min(first, instant);
      last = Math.max(last, instant);
      if (!fields.has('entity') || keys.size >= mostKeys) continue;
      const key = `${instant}\0${others.map((values) => String(values[row])).join('\0')}`;
      const before = keys.get(key);
      if (before === undefined) keys.set(key, start + row);
      else {
        repeated += 1;
        pair ??= [before, start + row];
      }
    }
    start += times.length;
  }
  return first === Infinity
    ? undefined
    : { days: { first: floorToDay(first), last: floorToDay(last) }, repeated, pair };
}

const mostDiffering = 3;

/** What tells two rows of one key apart is what may belong to the key. */
async function pairOf(table: TableFile, rows: readonly [number, number]): Promise<RepeatedPair> {
  const names = table.columns.filter(isReadable).map(({ name }) => name);
  const found: unknown[][] = [[], []];
  let start = 0;
  for await (const columns of table.readChunks(names, { asText: new Set(names) })) {
    const length = columns[0]?.length ?? 0;
    for (const [index, row] of rows.entries())
      if (row >= start && row < start + length) found[index] = columns.map((values) => values[row - start]);
    start += length;
    if (start > rows[1]) break;
  }
  const differing = names.flatMap((column, index) => {
    const values = [textOf(found[0]?.[index]), textOf(found[1]?.[index])] as const;
    return values[0] === values[1] ? [] : [{ column, values }];
  });
  return { rows: [rows[0] + 1, rows[1] + 1], differing: differing.slice(0, mostDiffering) };
}

function textOf(value: unknown): string {
  return typeof value === 'string' && value !== '' ? value : 'empty';
}

async function scoreOf(
  { table, readers, fields, classes, probabilityOf }: HistoryRequest,
  days: TableHistory['days'],
): Promise<TableHistory['score']> {
  const [prediction, actual, time] = [
    fields.get('prediction'),
    fields.get('actual'),
    fields.get('event_time'),
  ];
  if (prediction === undefined || actual === undefined) return undefined;
  const window = days === undefined || time === undefined ? undefined : referenceWindow(days);
  const at = time === undefined ? undefined : readers.instant(time);
  const [predicted, observed] =
    classes === undefined
      ? [readers.number(prediction), readers.number(actual)]
      : [classOfPrediction(readers, prediction, classes, probabilityOf), readers.klass(classes)];
  let [loss, count] = [0, 0];
  const names = [prediction, actual, ...(window !== undefined && time !== undefined ? [time] : [])];
  for await (const [values = [], actuals = [], times = []] of table.readChunks(names)) {
    for (const [row, value] of values.entries()) {
      if (window !== undefined) {
        const instant = at?.(times[row]);
        if (instant === undefined || instant < window.start || instant >= window.end) continue;
      }
      const [left, right] = [predicted(value), observed(actuals[row])];
      if (left === undefined || left === null || right === undefined || right === null) continue;
      count += 1;
      if (typeof left === 'number' && typeof right === 'number') loss += (left - right) ** 2;
      else if (left !== right) loss += 1;
    }
  }
  if (count === 0 || loss === 0) return undefined;
  if (classes === undefined) return { metric: 'rmse', value: Math.sqrt(loss / count) };
  const value = 1 - loss / count;
  // Of other levels than the actuals next to none is right: that is no accuracy.
  return value > 0.2 ? { metric: 'accuracy', value } : undefined;
}

/** The class that a prediction is, or that its probability makes the likelier one. */
function classOfPrediction(
  readers: ColumnReaders,
  column: string,
  classes: readonly string[],
  probabilityOf: string | undefined,
): ValueReader {
  if (probabilityOf === undefined) return readers.klass(classes);
  const other = classes.find((name) => name !== probabilityOf);
  const number = readers.number(column);
  return (value) => {
    const probability = number(value);
    return probability === undefined ? undefined : probability >= 0.5 ? probabilityOf : other;
  };
}

/** The first days of a table, as a reference: four weeks, or half of what there is. */
export function referenceWindow({ first, last }: NonNullable<TableHistory['days']>): Window {
  const length = Math.round((last - first) / dayMs) + 1;
  return { start: first, end: first + Math.min(28, Math.ceil(length / 2)) * dayMs };
}

/** Limits that the predictions of the reference would have kept: a warning at a tenth worse, critical at a quarter. */
export function limitsOf({ metric, value }: NonNullable<TableHistory['score']>): string {
  const loss = metric === 'rmse' ? value : 1 - value;
  const at = (factor: number): number => {
    const limit = metric === 'rmse' ? loss * factor : 1 - loss * factor;
    return Number(limit.toPrecision(3));
  };
  return `${metric}: { warning: ${at(1.1)}, critical: ${at(1.25)} }`;
}
