/** What a table tells of its past: from when to when its rows are, and how good its predictions were. */

import { dayMs, floorToDay, formatDay, secondMs } from '../../core/window.ts';
import type { TableFile } from '../../sql/table-file.ts';
import type { NamedColumns } from './named-columns.ts';

export interface TableHistory {
  /** The days of its first and last row, in epoch milliseconds. */
  readonly days?: { readonly first: number; readonly last: number };
  /** How good the predictions in it were: their error, or the share of them that was right. */
  readonly score?: { readonly metric: 'rmse' | 'accuracy'; readonly value: number };
}

/** Reads the columns that `named` names; what is not there, or no date, is not told. */
export async function readHistory(
  table: TableFile,
  { fields }: NamedColumns,
  isClassification: boolean,
): Promise<TableHistory> {
  const days = await daysOf(table, fields.get('event_time'));
  const [prediction, actual] = [fields.get('prediction'), fields.get('actual')];
  const score =
    prediction === undefined || actual === undefined
      ? undefined
      : isClassification
        ? await accuracyOf(table, prediction, actual)
        : await errorOf(table, prediction, actual);
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

async function errorOf(table: TableFile, prediction: string, actual: string): Promise<TableHistory['score']> {
  const [predicted = new Float64Array(), observed = new Float64Array()] = await table.readAlignedNumbers([
    prediction,
    actual,
  ]);
  let [sum, count] = [0, 0];
  for (const [index, value] of predicted.entries()) {
    const error = value - observed[index]!;
    if (Number.isNaN(error)) continue;
    sum += error * error;
    count += 1;
  }
  return count === 0 || sum === 0 ? undefined : { metric: 'rmse', value: Math.sqrt(sum / count) };
}

async function accuracyOf(
  table: TableFile,
  prediction: string,
  actual: string,
): Promise<TableHistory['score']> {
  let [right, count] = [0, 0];
  for await (const [predicted = [], observed = []] of table.readChunks([prediction, actual])) {
    for (const [index, value] of predicted.entries()) {
      if (value === null || observed[index] === null) continue;
      count += 1;
      if (String(value) === String(observed[index])) right += 1;
    }
  }
  const value = right / count;
  // Of other levels than the actuals, for example probabilities, next to none is right: that is no accuracy.
  return value > 0.2 && value < 1 ? { metric: 'accuracy', value } : undefined;
}

/** The first days of a table, as a reference: four weeks, or half of what there is. */
export function referenceOf({ first, last }: NonNullable<TableHistory['days']>): string {
  const length = Math.round((last - first) / dayMs) + 1;
  const days = Math.min(28, Math.ceil(length / 2));
  return `{ kind: fixed, start: ${formatDay(first)}, end: ${formatDay(first + days * dayMs)} }`;
}

/** Limits that the predictions of the table would have kept: a warning at a tenth worse, critical at a quarter. */
export function limitsOf({ metric, value }: NonNullable<TableHistory['score']>): string {
  const loss = metric === 'rmse' ? value : 1 - value;
  const at = (factor: number): number => {
    const limit = metric === 'rmse' ? loss * factor : 1 - loss * factor;
    return Number(limit.toPrecision(3));
  };
  return `${metric}: { warning: ${at(1.1)}, critical: ${at(1.25)} }`;
}
