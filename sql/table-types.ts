/** What the types of DuckDB are to us: the kind of their columns, and how their values are read. */

import type { ColumnKind } from '../core/profile/grid.ts';

export interface TableColumn {
  readonly name: string;
  /** As DuckDB writes it, for example `DECIMAL(10,2)`. */
  readonly type: string;
  /** How the column is read unless told otherwise: numbers are continuous; text, enums and booleans categorical. */
  readonly kind: ColumnKind | 'unsupported';
  /** Why an unsupported column is left out. */
  readonly reason?: string;
}

/** Stands for a missing value among the numbers that DuckDB sends. As a raw value it would count as invalid anyway. */
export const missingMark = Number.MAX_VALUE;

/** What the types have in common. */
export type Family = 'whole' | 'fraction' | 'boolean' | 'text' | 'instant' | 'time' | 'other';

const families: readonly (readonly [Family, RegExp])[] = [
  // Before the plain types: `INTEGER[]`, `DECIMAL(4,1)[3]`, `STRUCT(a INTEGER)`.
  ['other', /\]$|^(STRUCT|MAP|UNION)\b/],
  ['whole', /^U?(TINYINT|SMALLINT|INTEGER|BIGINT|HUGEINT)$/],
  ['fraction', /^(FLOAT|DOUBLE|DECIMAL\b.*)$/],
  ['boolean', /^BOOLEAN$/],
  ['text', /^(VARCHAR|UUID|JSON|ENUM\(.*\))$/s],
  ['instant', /^(DATE|TIMESTAMP.*)$/],
  ['time', /^TIME$/],
];

/** The family of a type as DuckDB writes it. */
export function familyOf(type: string): Family {
  return families.find(([, pattern]) => pattern.test(type))?.[0] ?? 'other';
}

/** The column of this name and type. */
export function tableColumn(name: string, type: string): TableColumn {
  switch (familyOf(type)) {
    case 'whole':
    case 'fraction':
      return { name, type, kind: 'continuous' };
    case 'boolean':
    case 'text':
      return { name, type, kind: 'categorical' };
    case 'instant':
    case 'time':
      return { name, type, kind: 'unsupported', reason: `${type} is only compared when its kind is named` };
    case 'other':
      return {
        name,
        type,
        kind: 'unsupported',
        reason: `values of type ${shortened(type)} cannot be compared`,
      };
  }
}

/** Can the column be read as numbers and as levels, when told to? Lists, structs, blobs and the like cannot. */
export function isReadable({ type }: TableColumn): boolean {
  return familyOf(type) !== 'other';
}

/**
 * SQL that reads a column as DOUBLE: missing values as `missingMark`, what is no number as NaN. Instants are seconds since
 * 1970, times seconds since midnight, booleans 0 and 1; of text, what reads as a number.
 */
export function numberSql({ name, type }: TableColumn): string {
  const column = identifierSql(name);
  const otherwise = `case when ${column} is null then ${missingMark}::double else 'nan'::double end`;
  switch (familyOf(type)) {
    case 'whole':
    case 'fraction':
      return `coalesce(${column}::double, ${missingMark}::double)`;
    case 'boolean':
      return `coalesce(${column}::integer::double, ${missingMark}::double)`;
    case 'instant':
    case 'time':
      // An infinite date has no epoch: null.
      return `coalesce(epoch(${column})::double, ${otherwise})`;
    case 'text':
    case 'other':
      return `coalesce(try_cast(${column}::varchar as double), ${otherwise})`;
  }
}

/** SQL that reads a level, and the condition under which there is none though a value is there. */
export function levelSql({ name, type }: TableColumn): {
  readonly level: string;
  /** Fractions are sent as numbers, so that 1.50 and 1.5 are one level, written as JavaScript writes it. */
  readonly sentAs: 'text' | 'number';
  readonly isInvalid: string;
} {
  const column = identifierSql(name);
  if (familyOf(type) !== 'fraction') {
    return { level: `${column}::varchar`, sentAs: 'text', isInvalid: 'false' };
  }
  // Through text, because 0.1 as FLOAT is 0.10000000149 as DOUBLE.
  return {
    level: `${column}::varchar::double`,
    sentAs: 'number',
    isInvalid: `not isfinite(${column}::double)`,
  };
}

/** SQL that reads plain values: numbers as DOUBLE, instants as epoch milliseconds, booleans, and anything else as text. */
export function valueSql({ name, type }: TableColumn): string {
  const column = identifierSql(name);
  switch (familyOf(type)) {
    case 'whole':
    case 'fraction':
      return `${column}::double`;
    case 'boolean':
      return column;
    case 'instant':
      return `(epoch(${column}) * 1000)::double`;
    case 'time':
    case 'text':
    case 'other':
      return `${column}::varchar`;
  }
}

/** A name as SQL takes it, whatever is in it. */
export function identifierSql(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** A text as SQL takes it. */
export function textSql(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

function shortened(type: string): string {
  return type.length <= 40 ? type : `${type.slice(0, 37)}...`;
}
