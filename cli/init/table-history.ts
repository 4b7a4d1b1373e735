/** What a table tells of its past: from when to when its rows are, and how good its predictions were. */

import { dayMs, floorToDay, type Window } from '../../core/window.ts';
import type { TableFile } from '../../sql/table-file.ts';
import type { Field } from '../ingest/fields.ts';
import type { ValueReader } from '../ingest/value-readers.ts';
import type { ColumnReaders } from './column-readers.ts';

export interface TableHistory {
  /** Rows with the key of a row before: the same entity, time and version. Undefined where the entity is not known. */
  readonly repeated?: number;
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
  const { days, repeated } = span ?? {};
  const score = await scoreOf(request, days);
  return { ...(days && { days }), ...(score && { score }), ...(repeated !== undefined && { repeated }) };
}

/** More keys are not held to find those that repeat. */
const mostKeys = 1_000_000;

async function spanOf(
  table: TableFile,
  readers: ColumnReaders,
  time: string,
  fields: ReadonlyMap<Field, string>,
): Promise<{ readonly days: TableHistory['days']; readonly repeated: number } | undefined> {
  const read = readers.instant(time);
  const parts = (['entity', 'version', 'issued_at', 'role'] as const).flatMap(
    (field) => fields.get(field) ?? [],
  );
  let [first, last, repeated] = [Infinity, -Infinity, 0];
  const keys = new Set<string>();
  for await (const [times = [], ...others] of table.readChunks([time, ...parts])) {
    for (const [row, value] of times.entries()) {
      const instant = read(value);
      if (instant === undefined) continue;
      first = Math.min(first, instant);
      last = Math.max(last, instant);
      if (!fields.has('entity') || keys.size >= mostKeys) continue;
      const before = keys.size;
      keys.add(`${instant}\0${others.map((values) => String(values[row])).join('\0')}`);
      if (keys.size === before) repeated += 1;
    }
  }
  return first === Infinity
    ? undefined
    : { days: { first: floorToDay(first), last: floorToDay(last) }, repeated };
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
