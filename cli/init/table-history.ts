/** What a table tells of its past: from when to when its rows are, and how good its predictions were. */

import { dayMs, floorToDay, secondMs, type Window } from '../../core/window.ts';
import type { TableFile } from '../../sql/table-file.ts';
import type { NamedColumns } from './named-columns.ts';

export interface TableHistory {
  /** The days of its first and last row, in epoch milliseconds. */
  readonly days?: { readonly first: number; readonly last: number };
  /**
   * How good the predictions were in the days of the reference, or in the whole table where its days are not known: their error, or
   * the share of them that was right.
   */
  readonly score?: { readonly metric: 'rmse' | 'accuracy'; readonly value: number };
}

/** Reads the columns that `named` names; what is not there, or no date, is not told. */
export async function readHistory(
  table: TableFile,
  { fields }: NamedColumns,
  isClassification: boolean,
): Promise<TableHistory> {
  const time = fields.get('event_time');
  const days = await daysOf(table, time);
  const [prediction, actual] = [fields.get('prediction'), fields.get('actual')];
  if (prediction === undefined || actual === undefined) return days === undefined ? {} : { days };
  const over =
    days === undefined || time === undefined ? undefined : { column: time, window: referenceWindow(days) };
  const score = isClassification
    ? await accuracyOf(table, [prediction, actual], over)
    : await errorOf(table, [prediction, actual], over);
  return { ...(days && { days }), ...(score && { score }) };
}

async function daysOf(table: TableFile, name: string | undefined): Promise<TableHistory['days']> {
  const isInstant = table.columns.some(
    (column) => column.name === name && /^(DATE|TIMESTAMP)/.test(column.type),
  );
  if (name === undefined || !isInstant) return undefined;
  const [seconds] = await table.readNumbers([name]);
  if (seconds === undefined || seconds.values.length === 0) return undefined;
  let [first, last] = [Infinity, -Infinity];
  for (const value of seconds.values) {
    first = Math.min(first, value);
    last = Math.max(last, value);
  }
  return { first: floorToDay(first * secondMs), last: floorToDay(last * secondMs) };
}

/** The rows whose time is in a window. */
interface Over {
  readonly column: string;
  readonly window: Window;
}

async function errorOf(
  table: TableFile,
  pair: readonly [string, string],
  over: Over | undefined,
): Promise<TableHistory['score']> {
  const names = over === undefined ? pair : [...pair, over.column];
  const [predicted = [], observed = [], seconds] = await table.readAlignedNumbers(names);
  let [sum, count] = [0, 0];
  for (const [index, value] of predicted.entries()) {
    const error = value - observed[index]!;
    if (Number.isNaN(error) || !isIn(over, seconds?.[index], secondMs)) continue;
    sum += error * error;
    count += 1;
  }
  return count === 0 || sum === 0 ? undefined : { metric: 'rmse', value: Math.sqrt(sum / count) };
}

async function accuracyOf(
  table: TableFile,
  pair: readonly [string, string],
  over: Over | undefined,
): Promise<TableHistory['score']> {
  const names = over === undefined ? pair : [...pair, over.column];
  let [right, count] = [0, 0];
  for await (const [predicted = [], observed = [], instants] of table.readChunks(names)) {
    for (const [index, value] of predicted.entries()) {
      if (value === null || observed[index] === null || !isIn(over, instants?.[index], 1)) continue;
      count += 1;
      if (String(value) === String(observed[index])) right += 1;
    }
  }
  const value = right / count;
  // Of other levels than the actuals, for example probabilities, next to none is right: that is no accuracy.
  return value > 0.2 && value < 1 ? { metric: 'accuracy', value } : undefined;
}

function isIn(over: Over | undefined, time: unknown, unit: number): boolean {
  if (over === undefined) return true;
  return typeof time === 'number' && time * unit >= over.window.start && time * unit < over.window.end;
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
