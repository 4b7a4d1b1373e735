/** Where the rows of a model are, where a run has found none in the window that it spoke for. */

import { nightAfter } from '../../core/process/next-steps.ts';
import { shellText } from '../../core/shell-text.ts';
import { formatInstant } from '../../core/window.ts';
import type { Queryable } from '../../sql/database.ts';
import type { RunResult } from './outcome.ts';
import type { RunRequest } from './request.ts';

type Asked = Pick<RunRequest, 'process' | 'workflowType' | 'input'>;

/**
 * What to ask instead, in a line; undefined where the run has found rows, where it was told which window, or where nothing is stored.
 *
 * @param now the wall clock, epoch milliseconds
 */
export async function whereRowsAre(
  connection: Queryable,
  { process, workflowType, input }: Asked,
  result: RunResult,
  now: number,
): Promise<string | undefined> {
  const { model, window } = input;
  if (model === undefined || window !== undefined) return undefined;
  const looked = lookedAt(workflowType, result);
  if (looked === undefined) return undefined;
  const { what, table, none } = looked;
  const [row] = await connection.query<{ readonly newest: number | null }>(newestOf[table], [model]);
  const newest = row?.newest ?? null;
  if (newest === null) return undefined;
  const night = nightAfter(newest);
  const asOf = input.asOf === undefined ? now : Date.parse(input.asOf);
  // The night is to come, or it is the very one that was asked for: another instant would find no more.
  const next =
    night > now || night === asOf
      ? ''
      : `: try \`tidewatch run ${process} --model ${shellText(model)} --as-of ${formatInstant(night)}\``;
  return `${none}; the newest ${what} of ${model} is of ${formatInstant(newest)}${next}`;
}

const newestOf = {
  predictions: `select max(event_time) as newest from predictions where model = $1 and role = 'serving'`,
  actuals: 'select max(event_time) as newest from actuals where model = $1',
} as const;

function lookedAt(
  workflowType: Asked['workflowType'],
  result: RunResult,
): { readonly what: string; readonly table: keyof typeof newestOf; readonly none: string } | undefined {
  if (workflowType === 'driftDetection' && 'rows' in result && result.rows === 0)
    return { what: 'prediction', table: 'predictions', none: 'no rows in this window' };
  if (
    workflowType === 'performanceEvaluation' &&
    'newest' in result &&
    result.newest.every(({ outcomes }) => outcomes === 0)
  )
    return { what: 'actual', table: 'actuals', none: 'no outcomes in these windows' };
  return undefined;
}
