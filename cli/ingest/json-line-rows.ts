/** The rows of JSON lines: one object a line, flat or as the client takes it. */

import { describe, isRecord } from '../../client/row-values.ts';
import { reasonOf } from '../../core/errors.ts';
import { unreadable } from '../../sql/table-source.ts';
import type { Position, SourceBatch, SourceRow } from './row-source.ts';
import { textBlocks, type TextFile } from './text-blocks.ts';

const longestRow = 16 * 2 ** 20;

/** The keys of the first objects, in the order in which they are met. */
export async function jsonLineColumns(file: TextFile): Promise<readonly string[]> {
  const columns = new Set<string>();
  for await (const { text, isLast } of textBlocks(file, 0, (lineEnds) => lineEnds + 1)) {
    for (const line of text.slice(0, isLast ? undefined : text.lastIndexOf('\n')).split('\n')) {
      const object = parsed(line.replace(/^\uFEFF/, ''));
      if (isRecord(object)) for (const name of Object.keys(flattened(object))) columns.add(name);
    }
    break;
  }
  return [...columns];
}

/** The rows, with a value for each of the columns; other keys are not read. */
export async function* jsonLineRows(
  file: TextFile,
  columns: readonly string[],
  from: Position,
): AsyncGenerator<SourceBatch> {
  let { offset, line } = from;
  let rest = '';
  for await (const { text, isLast } of textBlocks(file, offset, (lineEnds) => from.line + lineEnds)) {
    rest += text;
    const end = isLast ? rest.length : rest.lastIndexOf('\n') + 1;
    const consumed = rest.slice(0, end);
    const rows: SourceRow[] = [];
    const lines = (consumed.endsWith('\n') ? consumed.slice(0, -1) : consumed).split('\n');
    for (const [index, textOfLine] of (consumed === '' ? [] : lines).entries()) {
      const content = index === 0 && offset === 0 ? textOfLine.replace(/^\uFEFF/, '') : textOfLine;
      if (content.trim() !== '') rows.push(rowOf(content, line, columns));
      line += 1;
    }
    offset += Buffer.byteLength(consumed);
    rest = rest.slice(end);
    if (rest.length > longestRow) throw unreadable(file.name, `line ${line} is longer than 16 MB`);
    yield { rows, next: { offset, line } };
  }
}

function rowOf(text: string, line: number, columns: readonly string[]): SourceRow {
  const value = parsed(text);
  if (value instanceof Error) {
    return {
      line,
      values: [text],
      problem: `the line is no JSON (${reasonOf(value)}); write one object a line`,
    };
  }
  if (!isRecord(value))
    return { line, values: [value], problem: `the line is ${describe(value)}; write an object` };
  const flat = flattened(value);
  return { line, values: columns.map((name) => (Object.hasOwn(flat, name) ? flat[name] : undefined)) };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    return error;
  }
}

/**
 * An object as the client takes it, with its features, probabilities and interval as columns of their own.
 *
 * @example flattened({ entity: 'a', features: { temp: 0.3 }, probabilities: { yes: 1 } })
 * // { entity: 'a', temp: 0.3, probability_yes: 1 }
 */
function flattened(object: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const { features, probabilities, interval } = object;
  if (!isRecord(features) && !isRecord(probabilities) && !isRecord(interval)) return object;
  const flat: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(object)) {
    if (name === 'features' && isRecord(value)) Object.assign(flat, value);
    else if (name === 'probabilities' && isRecord(value))
      for (const [of, probability] of Object.entries(value)) flat[`probability_${of}`] = probability;
    else if (name === 'interval' && isRecord(value)) {
      flat['interval_low'] = value['low'];
      flat['interval_high'] = value['high'];
    } else flat[name] = value;
  }
  return flat;
}
