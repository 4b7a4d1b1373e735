/** The SQL by which a table of Postgres is read as its columns are wanted. */

import { toTimestamp, type Client } from '../../sql/database.ts';
import { identifierSql, textSql, type Family } from '../../sql/table-types.ts';
import type { SourceColumn, WantedColumn } from './wanted-columns.ts';

const families: Readonly<Record<string, Family>> = {
  int2: 'whole',
  int4: 'whole',
  int8: 'whole',
  float4: 'fraction',
  float8: 'fraction',
  numeric: 'fraction',
  bool: 'boolean',
  date: 'instant',
  timestamp: 'instant',
  timestamptz: 'instant',
  uuid: 'text',
};

/** The columns of a table or view, as its database knows them. */
export async function describeTable(client: Client, table: string): Promise<readonly SourceColumn[]> {
  const { fields } = await client.query(`select * from ${tableSql(table)} limit 0`);
  const { rows } = await client.query<{ oid: number; typname: string; typcategory: string }>(
    'select oid, typname, typcategory from pg_type where oid = any($1)',
    [fields.map(({ dataTypeID }) => dataTypeID)],
  );
  const types = new Map(rows.map((row) => [row.oid, row]));
  return fields.map(({ name, dataTypeID }) => {
    const { typname = 'unknown', typcategory = 'X' } = types.get(dataTypeID) ?? {};
    return {
      name,
      type: typname,
      family: families[typname] ?? (typcategory === 'S' || typcategory === 'E' ? 'text' : 'other'),
      isLocal: typname === 'date' || typname === 'timestamp',
    };
  });
}

function tableSql(table: string): string {
  return table.split('.').map(identifierSql).join('.');
}

/** SQL of a value as it is wanted. */
function valueSql(column: SourceColumn, use: WantedColumn['use'], timeZone: string | undefined): string {
  const name = identifierSql(column.name);
  switch (use) {
    case 'key':
    case 'class':
      // 1.0 is the class 1.
      return column.type === 'numeric' ? `trim_scale(${name})::text` : `${name}::text`;
    case 'instant':
      return `floor(extract(epoch from ${instantSql(column, timeZone)}) * 1000)::float8`;
    case 'number':
      return numberSql(column);
    case 'category':
      if (column.family === 'boolean') return name;
      // A number cannot hold every int8.
      return column.type !== 'int8' && (column.family === 'whole' || column.family === 'fraction')
        ? numberSql(column)
        : `${name}::text`;
  }
}

function numberSql(column: SourceColumn): string {
  const name = identifierSql(column.name);
  // Where others have a missing value, pandas writes NaN.
  return column.family === 'boolean' ? `${name}::int::float8` : `nullif(${name}::float8, 'NaN')`;
}

function instantSql(column: SourceColumn, timeZone: string | undefined): string {
  const name = identifierSql(column.name);
  return column.isLocal ? `(${name}::timestamp at time zone ${textSql(timeZone ?? 'UTC')})` : name;
}

/** What the queries of a table are made of. */
export interface Statements {
  readonly from: string;
  readonly values: string;
  readonly eventTime: string;
  /** The rows of events from an instant on, and before another. */
  readonly within: (start: number | undefined, end: number | undefined) => string;
  readonly hash: string;
  readonly changed: SourceColumn | undefined;
}

export function statementsOf(
  table: string,
  wanted: readonly WantedColumn[],
  { timeZone, changed }: { readonly timeZone?: string | undefined; readonly changed?: string | undefined },
  found: readonly SourceColumn[],
): Statements {
  const byName = new Map(found.map((column) => [column.name, column]));
  // The columns have been checked.
  const columnOf = (name: string): SourceColumn => byName.get(name)!;
  const event = columnOf(wanted[eventTimeIn(wanted)]!.column);
  const eventTime = instantSql(event, timeZone);
  const name = identifierSql(event.name);
  const actual = wanted.find(({ what }) => what === 'actual');
  const bound = (operator: '>=' | '<', instant: number): string => {
    const at = `${textSql(toTimestamp(instant))}::timestamptz`;
    if (!event.isLocal) return `${name} ${operator} ${at}`;
    // Clock changes fold local time: the column itself only as far as an index needs it.
    const wide = `${operator === '>=' ? '-' : '+'} interval '1 day'`;
    return `${name} ${operator} (${at} at time zone ${textSql(timeZone ?? 'UTC')} ${wide}) and ${eventTime} ${operator} ${at}`;
  };
  return {
    from: tableSql(table),
    values: wanted.map(({ column, use }) => valueSql(columnOf(column), use, timeZone)).join(', '),
    eventTime,
    within: (start, end) =>
      [
        'true',
        ...(start === undefined ? [] : [bound('>=', start)]),
        ...(end === undefined ? [] : [bound('<', end)]),
        ...(actual === undefined ? [] : [`${identifierSql(actual.column)} is not null`]),
      ].join(' and '),
    hash: `hashtextextended(row(${[...new Set(wanted.map(({ column }) => identifierSql(column)))].join(', ')})::text, 0)`,
    changed: changed === undefined ? undefined : columnOf(changed),
  };
}

/** Where the event time is among the values. */
export function eventTimeIn(wanted: readonly WantedColumn[]): number {
  return wanted.findIndex(({ what }) => what === 'event_time');
}
