/** Holds a table file against a suite of expectations. */

import { summarizeChecks, type QualityCheck } from '../core/quality/check.ts';
import { createExpectationChecker } from '../core/quality/expectation-checker.ts';
import type { Verdict } from '../core/verdict.ts';
import type { TableFile } from '../sql/table-file.ts';
import { isReadable } from '../sql/table-types.ts';
import type { ExpectationSuite } from './expectations-file.ts';
import { nearest } from './nearest.ts';

export interface TableExpectations {
  /** `warning` or `critical` where any expectation failed, by the level of the worst. */
  readonly verdict: Verdict;
  /** In the order of the suite. */
  readonly checks: readonly QualityCheck[];
}

/**
 * Does a table fulfil what is expected of its columns? A column that is missing, or whose type cannot be read, fails as
 * `expect-column` at the level of its expectations. Rows are read once, in chunks; memory grows only with `unique`.
 *
 * @throws TidewatchError `UNREADABLE_TABLE` when the file turns out to be damaged
 */
export async function checkTableExpectations(
  table: TableFile,
  { expectations }: ExpectationSuite,
): Promise<TableExpectations> {
  const names = Object.keys(expectations);
  const problems = new Map(names.flatMap((name) => columnProblem(table, name)));
  const readable = names.filter((name) => !problems.has(name));
  const checkers = readable.map((name) => createExpectationChecker(name, expectations[name]!));
  if (readable.length > 0) {
    for await (const columns of table.readChunks(readable))
      for (const [i, values] of columns.entries()) for (const value of values) checkers[i]!.add(value);
  }
  const checked = new Map(readable.map((name, i) => [name, checkers[i]!.checks()]));
  const checks = names.flatMap((name): readonly QualityCheck[] => {
    const reason = problems.get(name);
    if (reason === undefined) return checked.get(name) ?? [];
    const { level } = expectations[name]!;
    return [
      { check: 'expect-column', column: name, verdict: { level, reason }, counts: { rows: table.rows } },
    ];
  });
  return { verdict: summarizeChecks(checks), checks };
}

function columnProblem({ path, columns }: TableFile, name: string): [string, string][] {
  const column = columns.find((column) => column.name === name);
  if (column === undefined) {
    const near = nearest(
      name,
      columns.map(({ name }) => name),
    );
    return [[name, `${path} has no such column${near === undefined ? '' : `; the nearest is "${near}"`}`]];
  }
  return isReadable(column) ? [] : [[name, column.reason ?? 'it cannot be read']];
}
