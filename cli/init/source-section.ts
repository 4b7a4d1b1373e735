/** The `source:` section of a first monitor: the rows stay where they are. */

import { isAbsolute, relative, sep } from 'node:path';

import { TidewatchError } from '../../core/errors.ts';
import { familyOf, type TableColumn } from '../../sql/table-types.ts';
import type { Field } from '../ingest/fields.ts';
import { keyText } from './key-text.ts';
import type { NamedColumns } from './named-columns.ts';

export interface SectionRequest {
  /** As `--from` says it. */
  readonly from: string;
  readonly columns: readonly TableColumn[];
  readonly named: NamedColumns;
  /** SOURCE_DIRECTORY, where it is set. */
  readonly directory: string | undefined;
}

const predictionFields = [
  'entity',
  'event_time',
  'version',
  'prediction',
  'issued_at',
  'role',
  'interval_low',
  'interval_high',
] as const satisfies readonly Field[];
const actualFields = ['entity', 'event_time', 'actual', 'recorded_at'] as const satisfies readonly Field[];

/** How columns are usually called that say when a row was last changed. */
const changedNames = /^(row_?)?(last_?)?(updated|changed|modified|ingested)(_?(at|on|time|ts|date))?$/i;

/**
 * The lines of the section. A version that no column has is 1.
 *
 * @throws TidewatchError `INVALID_OPTION` where rows cannot stay there, or no column is what each row must have
 */
export function sourceSection({ from, columns, named, directory }: SectionRequest): readonly string[] {
  const { fields } = named;
  checkFields(fields);
  const place = placeOf(from, directory);
  const instants = columns.filter(({ type }) => familyOf(type) === 'instant');
  const local = instants.filter(
    ({ name, type }) =>
      !type.includes('TIME ZONE') &&
      (['event_time', 'issued_at', 'recorded_at'] as const).some((field) => fields.get(field) === name),
  );
  const changed = instants.find(({ name }) => changedNames.test(name));
  const common = [
    place,
    ...(local.length === 0
      ? []
      : [`timeZone: UTC # ${local.map(({ name }) => name).join(', ')}: the zone that these times are in`]),
    ...(place.startsWith('parquet')
      ? []
      : changed === undefined
        ? ['# changed: updated_at # better, where a column says when a row was written or last changed']
        : [`changed: ${keyText(changed.name)}`]),
  ];
  const section = (stream: string, names: readonly Field[]): readonly string[] => [
    `  ${stream}:`,
    ...common.map((line) => `    ${line}`),
    '    columns:',
    ...names.flatMap((field) => {
      const column = fields.get(field);
      if (column !== undefined) return [`      ${field}: ${keyText(column)}`];
      return field === 'version' ? ['      version: { value: "1" } # or the column that has it'] : [];
    }),
  ];
  return [
    '# Its rows stay where they are: each run reads what is new or has changed.',
    'source:',
    ...(fields.has('prediction') ? section('predictions', predictionFields) : []),
    ...(fields.has('prediction') && named.probabilities.length > 0
      ? [`    # probabilities: { <class>: ${keyText(named.probabilities[0]!)} }`]
      : []),
    ...(fields.has('actual') ? section('actuals', actualFields) : []),
  ];
}

function checkFields(fields: ReadonlyMap<Field, string>): void {
  const missing = [
    ...(fields.has('entity') ? [] : ['the entity (--entity <column>)']),
    ...(fields.has('event_time') ? [] : ['the event time (--time <column>)']),
    ...(fields.has('prediction') || fields.has('actual')
      ? []
      : ['the prediction or the actual (--prediction <column>, --actual <column>)']),
  ];
  if (missing.length > 0) throw invalid(`no column is called as is usual for ${missing.join(', ')}`);
}

/** The line that says where the rows are. */
function placeOf(from: string, directory: string | undefined): string {
  const [, table] = /^postgres:(.*)$/s.exec(from) ?? [];
  if (table !== undefined) {
    if (!/^[\w$]+(\.[\w$]+)?$/.test(table))
      throw invalid('name a table or a view after postgres:; of a query, make a view');
    return `table: ${keyText(table)}`;
  }
  const folder = from.replace(/\/?[^/]*[*?[].*$/, '');
  if (folder === from || !/\.(parquet|pq)$/i.test(from))
    throw invalid("is for a table of Postgres, or the Parquet files of a folder ('scores/*.parquet')");
  const inside = directory === undefined ? folder : relative(directory, folder);
  if (isAbsolute(inside) || inside.split(sep)[0] === '..')
    throw invalid(`the folder ${folder} is not in SOURCE_DIRECTORY, in which the worker looks for it`);
  return `parquet: ${keyText(inside === '' ? '.' : inside)} # a folder in SOURCE_DIRECTORY`;
}

function invalid(reason: string): TidewatchError {
  return new TidewatchError('INVALID_OPTION', { option: '--source', reason });
}
