/** How often each level of a column occurs, as DuckDB counts it. */

import { levelSql, type TableColumn } from './table-types.ts';

/** How often each level of one column occurs. */
export interface LevelCounts {
  /** Most frequent first. */
  readonly counts: ReadonlyMap<string, number>;
  /** Values of levels that were not asked for. */
  readonly other: number;
  readonly missing: number;
  /** NaN and infinities. */
  readonly invalid: number;
}

/** Which levels are listed one by one: the most frequent ones, or those named. */
export type LevelSelection = { readonly most: number } | { readonly named: readonly string[] };

/** The parameter of a statement: a list of texts, or of numbers. */
export type ListParameter = { readonly texts: readonly string[] } | { readonly numbers: readonly number[] };

/** The rows of a statement. */
export type Query = (sql: string, list?: ListParameter) => Promise<readonly (readonly unknown[])[]>;

/** Counts the levels of a column in the database: as many as there are, only those asked for come out of it. */
export async function countLevels(
  query: Query,
  relation: string,
  column: TableColumn,
  selection: LevelSelection,
): Promise<LevelCounts> {
  const { level, sentAs, isInvalid } = levelSql(column);
  const [totals = []] = await query(
    `select count(*)::double, count(${level})::double, count(*) filter (where ${isInvalid})::double from ${relation}`,
  );
  const [rows = 0, present = 0, invalid = 0] = totals.map(Number);
  const counted = `select ${level} as level, count(*)::double as n from ${relation}
    where ${level} is not null and not (${isInvalid}) group by all`;
  const found =
    'most' in selection
      ? await query(`from (${counted}) order by n desc, level limit ${selection.most}`)
      : await query(
          `from (${counted}) where level in (select unnest($1)) order by n desc, level`,
          sentAs === 'text' ? { texts: selection.named } : { numbers: selection.named.map(Number) },
        );
  // Adding 0 drops the sign of zero.
  const textOf = (level: unknown): string => String(typeof level === 'number' ? level + 0 : level);
  const counts = new Map(found.map(([level, n]) => [textOf(level), Number(n)]));
  const listed = [...counts.values()].reduce((sum, n) => sum + n, 0);
  return { counts, other: present - invalid - listed, missing: rows - present, invalid };
}
