/** The SQL by which a table of Postgres is read as its columns are wanted. */

import type { VectorType } from '../../sql/binary-rows.ts';
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
      return isNumber(column, use) ? numberSql(column) : `${name}::text`;
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
  readonly vectors: Vectors;
  readonly eventTime: string;
  /** The rows of events from an instant on, and before another. */
  readonly within: (start: number | undefined, end: number | undefined) => string;
  /** Those of these instants, each given once, in the place of `from`: a look-up in an index each. */
  readonly at: (instants: readonly number[], entities: readonly string[] | undefined) => string;
  readonly hash: string;
  readonly changed: SourceColumn | undefined;
}

export function statementsOf(
  {
    table,
    wanted,
    all,
    stamped,
  }: {
    readonly table: string;
    readonly wanted: readonly WantedColumn[];
    readonly all: readonly WantedColumn[];
    readonly stamped: boolean;
  },
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
  const hash = `hashtextextended(row(${[...new Set(all.map(({ column }) => identifierSql(column)))].join(', ')})::text, 0)`;
  const changedAt = changed === undefined ? undefined : instantSql(columnOf(changed), timeZone);
  // A row says when it has changed; where it does not, all of it tells.
  const stamp =
    changedAt === undefined
      ? hash
      : `case when isfinite(${changedAt}) then (extract(epoch from ${changedAt}) * 1000000)::bigint else ${hash} end`;
  const entity = wanted.find(({ what }) => what === 'entity');
  const from = tableSql(table);
  return {
    from,
    vectors: together(
      vectorsOf(wanted, timeZone, found),
      ...(stamped ? [{ values: `(${stamp})::text`, types: ['text'] } as const] : []),
    ),
    eventTime,
    within: (start, end) =>
      [
        'true',
        ...(start === undefined ? [] : [bound('>=', start)]),
        ...(end === undefined ? [] : [bound('<', end)]),
        ...(actual === undefined ? [] : [`${identifierSql(actual.column)} is not null`]),
      ].join(' and '),
    at: (instants, entities) => {
      const asked = `unnest(${textSql(`{${instants.map(toTimestamp).join(',')}}`)}::timestamptz[])`;
      const instant = 'asked."instant that is asked for"';
      const local = event.isLocal ? `(${instant} at time zone ${textSql(timeZone ?? 'UTC')})` : instant;
      // An instant is a millisecond here, whatever the table knows of it.
      const during = `${name} >= ${local} and ${name} < ${local} + interval '1 millisecond'`;
      const who =
        entities === undefined || entity === undefined
          ? 'true'
          : `${valueSql(columnOf(entity.column), 'key', timeZone)} = any(${textSql(arrayText(entities))}::text[])`;
      // A join, and not a condition: the instants have to come first, and only of a join may they.
      return `${asked} as asked ("instant that is asked for")
        cross join lateral (select * from ${from} where ${during} and ${who}) as rows`;
    },
    hash,
    changed: changed === undefined ? undefined : columnOf(changed),
  };
}

function arrayText(texts: readonly string[]): string {
  return `{${texts.map((text) => `"${text.replaceAll(/["\\]/g, String.raw`\$&`)}"`).join(',')}}`;
}

/** SQL of columns, and the types that they come as. */
export interface Vectors {
  readonly values: string;
  readonly types: readonly VectorType[];
}

/** Columns side by side. */
export function together(...vectors: readonly Vectors[]): Vectors {
  return {
    values: vectors.map(({ values }) => values).join(', '),
    types: vectors.flatMap(({ types }) => types),
  };
}

/** SQL of the columns as vectors of exactly their types, and these. */
export function vectorsOf(
  wanted: readonly WantedColumn[],
  timeZone: string | undefined,
  found: readonly SourceColumn[],
): Vectors {
  const byName = new Map(found.map((column) => [column.name, column]));
  const vectors = wanted.map(({ column: name, use }): [sql: string, type: VectorType] => {
    const column = byName.get(name)!;
    if (use === 'instant') return [`(${instantSql(column, timeZone)})::timestamptz`, 'instant'];
    const sql = valueSql(column, use, timeZone);
    if (use === 'number') return [sql, 'number'];
    if (use === 'category' && column.family === 'boolean') return [sql, 'truth'];
    return isNumber(column, use) ? [sql, 'number'] : [sql, 'text'];
  });
  return { values: vectors.map(([sql]) => sql).join(', '), types: vectors.map(([, type]) => type) };
}

/** A category that is sent as a number: one cannot hold every int8. */
function isNumber({ type, family }: SourceColumn, use: WantedColumn['use']): boolean {
  return use === 'category' && type !== 'int8' && (family === 'whole' || family === 'fraction');
}

/** Where the event time is among the values. */
export function eventTimeIn(wanted: readonly WantedColumn[]): number {
  return wanted.findIndex(({ what }) => what === 'event_time');
}
