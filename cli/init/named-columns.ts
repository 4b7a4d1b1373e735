/** Which columns of a table are no features, because they say what a row is about, what was predicted, and what came. */

import type { TableColumn } from '../../sql/table-types.ts';
import { classOf, columnFor, fields, type Field } from '../ingest/fields.ts';

/** Field -> column, as they are named by options or usually called; a probability's class -> column. */
export interface NamedColumns {
  readonly fields: ReadonlyMap<Field, string>;
  readonly probabilities: readonly string[];
}

/** @param given field -> column, as the options say */
export function namedColumns(
  columns: readonly string[],
  given: Readonly<Partial<Record<Field, string>>>,
): NamedColumns {
  const found = new Map<Field, string>();
  for (const field of fields) if (given[field] !== undefined) found.set(field, given[field]);
  for (const field of fields) {
    if (found.has(field)) continue;
    const used = new Set(found.values());
    const column = columnFor(
      field,
      columns.filter((name) => !used.has(name)),
    );
    if (column !== undefined) found.set(field, column);
  }
  const used = new Set(found.values());
  const probabilities = columns.filter((name) => !used.has(name) && classOf(name, undefined, undefined));
  return { fields: found, probabilities };
}

const words: Readonly<Record<Field, string>> = {
  entity: 'it is the entity, what a row is about',
  event_time: 'it is the event time',
  issued_at: 'it is when the prediction was made',
  version: 'it is the version of the model',
  role: 'it is the role',
  prediction: 'it is the prediction',
  interval_low: 'it is an end of the interval of the prediction',
  interval_high: 'it is an end of the interval of the prediction',
  actual: 'it is the actual',
  recorded_at: 'it is when the actual became known',
};

/** Column -> why it is no feature. */
export function leftOutColumns({ fields: found, probabilities }: NamedColumns): ReadonlyMap<string, string> {
  return new Map([
    ...[...found].map(([field, column]): [string, string] => [column, words[field]]),
    ...probabilities.map((column): [string, string] => [column, 'it is a probability']),
  ]);
}

/**
 * The command that loads the rows of a table, with what it cannot see by itself.
 *
 * @param given field -> column, as the options say
 */
export function ingestCommand(
  model: string,
  file: string,
  { fields: found }: NamedColumns,
  given: Readonly<Partial<Record<Field, string>>>,
  columns: readonly TableColumn[],
): string {
  const time = columns.find(({ name }) => name === found.get('event_time'));
  const isLocal = time !== undefined && /^(DATE|TIMESTAMP)(?!.*TIME ZONE)/.test(time.type);
  const options = [
    ...Object.entries(given).map(([field, column]) => `--map ${shellText(`${column}=${field}`)}`),
    ...(found.has('event_time') ? [] : ['--map <column>=event_time']),
    ...(found.has('entity') ? [] : ['--set entity=@line']),
    ...(found.has('version') ? [] : ['--set version=1']),
    ...(found.has('prediction') || found.has('actual') ? [] : ['--map <column>=prediction']),
    ...(isLocal ? ['--time-zone UTC'] : []),
  ];
  return ['tidewatch ingest', shellText(file), '--model', model, ...options].join(' ');
}

/** An argument as a shell takes it. */
function shellText(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
