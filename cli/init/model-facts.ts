/** What is stored of the columns of a model's reference. */

import { findMonitor } from '../../activities/monitors/store.ts';
import { sumWindows } from '../../activities/drift/window-profiles.ts';
import { findNewestReference } from '../../activities/quality/newest-reference.ts';
import { wholeModel } from '../../activities/profiles/columns.ts';
import { TidewatchError } from '../../core/errors.ts';
import type { ReferenceGrid } from '../../core/profile/grid.ts';
import { rowCountOf, type Profile } from '../../core/profile/profile.ts';
import { formatDay } from '../../core/window.ts';
import type { Queryable } from '../../sql/database.ts';
import { mostListedLevels, type ColumnFacts } from './column-facts.ts';

export interface ModelFacts {
  readonly columns: readonly ColumnFacts[];
  /** In words. */
  readonly source: string;
}

/**
 * The facts of the columns of the newest reference of a model, from its profiles.
 *
 * @throws TidewatchError `UNKNOWN_MODEL`; `INVALID_OPTION` where no reference is stored yet
 */
export async function readModelFacts(connection: Queryable, model: string): Promise<ModelFacts> {
  await findMonitor(connection, model);
  const reference = await findNewestReference(connection, model);
  if (reference === undefined) {
    const reason = `"${model}" has no stored reference yet; its first drift run makes it`;
    throw new TidewatchError('INVALID_OPTION', { option: '--model', reason });
  }
  const { window, grids } = reference;
  const sums = await sumWindows(connection, model, reference, wholeModel, window === null ? [] : [window]);
  const span =
    window === null
      ? 'its training statistics'
      : `its reference, ${formatDay(window.start)} to ${formatDay(window.end)} (${reference.rowCount} rows)`;
  return {
    source: `${model}: ${span}`,
    columns: [...grids].map(([name, grid]) =>
      factsOf(name, grid, window === null ? undefined : sums.get(name)),
    ),
  };
}

function factsOf(name: string, grid: ReferenceGrid, profile: Profile | undefined): ColumnFacts {
  const seen =
    profile === undefined
      ? {}
      : { seen: { rows: rowCountOf(profile), missing: profile.missing + profile.invalid } };
  if (grid.kind === 'continuous') {
    const { summary } = grid;
    const range = summary === undefined ? {} : { range: { min: summary.min, max: summary.max } };
    return { name, kind: grid.kind, isWhole: false, ...seen, ...range };
  }
  const levels = grid.levels.length <= mostListedLevels ? { levels: grid.levels } : {};
  return { name, kind: grid.kind, isWhole: false, ...seen, ...levels };
}
