import type { WindowText } from '../../core/window.ts';
import { parseWindow } from '../../core/window.ts';
import { lockUntilCommit, type Queryable } from '../../sql/database.ts';
import type { ActivityDependencies } from '../dependencies.ts';
import { instantsOf, type RestatedRange } from '../performance/restate-windows.ts';
import { monitorRun } from '../processes/monitor-run.ts';
import type { Provenance } from '../processes/provenance.ts';
import { windowsWithRows } from '../storage/removed-rows.ts';
import type { ComparedWindow } from './compared-rows.ts';
import { compareWindow } from './compare-window.ts';
import { rankWindowSegments, searchSlices, type FoundSlice, type Search } from './find-slices.ts';
import { findComparedFrom, hashOutcomes, storeComparisons } from './store.ts';
import { listVersions, type ServedVersion } from './versions.ts';
import { partsOf, readFor, windowsToCompare, windowsToCompareAgain, type Parts } from './windows.ts';

export interface ComparePerformanceInput {
  readonly model: string;
  readonly asOf: string;
  /** Instead of the windows that end at asOf; compared ones that lie in it are looked at as well, also final ones. */
  readonly window?: WindowText;
  /** Instead of these, the windows compared before that a recomputed range concerns, also final ones. */
  readonly restated?: RestatedRange;
}

export interface ComparePerformanceResult {
  /** Windows looked at, and how many of them had changed and were compared. */
  readonly windows: number;
  readonly compared: number;
  /** Comparisons with a verdict, and weak slices, in the windows that were compared. */
  readonly comparisons: number;
  readonly weakSlices: number;
}

/** Slices of more versions are not searched for. */
const mostVersions = 4;

/**
 * Compares versions with each other and with baselines, and finds where they are weak, in the windows that end at asOf and in
 * those compared before whose outcomes have changed and whose actuals horizon is open. One transaction a window.
 *
 * Rows stay in the database, but for a sample of each version. Cost: see `readLossSums`.
 *
 * @throws TidewatchError `UNKNOWN_MODEL`, `INVALID_INSTANT`, `REVERSED_WINDOW`, `UNALIGNED_WINDOW`
 */
export function createComparePerformance(
  deps: Pick<ActivityDependencies, 'database' | 'codeVersion' | 'context'>,
): (input: ComparePerformanceInput) => Promise<ComparePerformanceResult> {
  return async function comparePerformance(input) {
    const { model } = input;
    const { monitor, asOf, provenance } = await monitorRun(deps, input);
    const count = { compared: 0, comparisons: 0, weakSlices: 0 };
    const given = input.window === undefined ? undefined : parseWindow(input.window);
    const windows =
      input.restated === undefined
        ? await windowsToCompare(deps.database, monitor, asOf, given)
        : await windowsToCompareAgain(deps.database, monitor, instantsOf(input.restated, asOf));
    for (const window of windows) {
      const parts = partsOf(monitor, window);
      const stored = await deps.database.transaction(async (connection) => {
        await lockUntilCommit(connection, `comparisons:${model}`);
        // What was compared of rows that are gone stays as it is.
        if ((await windowsWithRows(connection, model, [readFor(window, parts)])).length === 0)
          return undefined;
        return compareAgain(connection, { monitor, window }, { asOf, parts, provenance });
      });
      if (stored === undefined) continue;
      count.compared += 1;
      count.comparisons += stored.comparisons;
      count.weakSlices += stored.weakSlices;
    }
    return { windows: windows.length, ...count };
  };
}

/** Compares a window whose outcomes have changed; undefined for one whose have not. */
async function compareAgain(
  connection: Queryable,
  of: ComparedWindow,
  { asOf, parts, provenance }: { asOf: number; parts: Parts; provenance: Provenance },
): Promise<{ comparisons: number; weakSlices: number } | undefined> {
  const { monitor, window } = of;
  const { model } = monitor;
  const outcomesHash = await hashOutcomes(connection, model, window);
  const comparedFrom = [outcomesHash, provenance.configurationHash, ...Object.values(parts)].join('/');
  if ((await findComparedFrom(connection, model, window)) === comparedFrom) return undefined;
  const versions = await listVersions(connection, of);
  const comparisons = parts.versions ? await compareWindow(connection, of, versions) : [];
  const { slices, searches } = await findSlices(connection, of, parts, versions);
  const outcomes = versions.reduce((sum, version) => sum + version.outcomes, 0);
  await storeComparisons(connection, {
    model,
    window,
    asOf,
    outcomes,
    comparedFrom,
    searches,
    comparisons,
    slices,
    provenance,
  });
  return {
    comparisons: comparisons.filter(({ verdict }) => verdict !== 'insufficient-data').length,
    weakSlices: slices.filter(({ source }) => source === 'search').length,
  };
}

async function findSlices(
  connection: Queryable,
  of: ComparedWindow,
  parts: Parts,
  versions: readonly ServedVersion[],
): Promise<{ slices: FoundSlice[]; searches: Record<string, Search> }> {
  const slices: FoundSlice[] = [];
  const searches: Record<string, Search> = {};
  for (const { version, served } of versions.slice(0, mostVersions)) {
    if (served === 0) continue;
    if (parts.versions) slices.push(...(await rankWindowSegments(connection, of, version)));
    if (!parts.slices) continue;
    const found = await searchSlices(connection, of, version);
    slices.push(...found.slices);
    searches[version] = found.search;
  }
  return { slices, searches };
}
