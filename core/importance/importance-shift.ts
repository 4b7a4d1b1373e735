/** Do the same features matter as before: to another version, or to the same one some time later? */

import { formatShare } from '../number-text.ts';
import { formatDay } from '../window.ts';
import type { Importances, VersionImportances } from './importances.ts';
import { learnedFromMs } from './outcomes-window.ts';

/** JSON-safe. */
export interface ImportanceShift {
  /** Total variation: the share of importance that has moved between features. 0 the same, 1 entirely others. */
  readonly distance: number;
  /** Every feature of either side; the largest change first. */
  readonly features: readonly FeatureShift[];
  readonly inWords: string;
}

export interface FeatureShift {
  readonly feature: string;
  readonly before: number;
  readonly after: number;
  /** 1 is the most important; equal ones share the better rank. */
  readonly rankBefore: number;
  readonly rankAfter: number;
}

/** Changes that are named, and below which they are not worth it. */
const named = { features: 3, change: 0.01 };

/**
 * How far has importance moved between features? Half the sum of the absolute differences of their shares; a feature
 * that one side does not know has 0 there.
 *
 * @example importanceShift({ temp: 0.6, hum: 0.4 }, { temp: 0.3, hum: 0.7 }).inWords
 * // '30% of importance moved: temp 60% -> 30% (rank 1 -> 2), hum 40% -> 70% (rank 2 -> 1)'
 */
export function importanceShift(before: Importances, after: Importances): ImportanceShift {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  const [rankBefore, rankAfter] = [ranksOf(before, names), ranksOf(after, names)];
  const features = names
    .map((feature, i): FeatureShift => ({
      feature,
      before: before[feature] ?? 0,
      after: after[feature] ?? 0,
      rankBefore: rankBefore[i]!,
      rankAfter: rankAfter[i]!,
    }))
    .sort((a, b) => changeOf(b) - changeOf(a));
  const distance = features.reduce((sum, feature) => sum + changeOf(feature) / 2, 0);
  return { distance, features, inWords: inWords(distance, features) };
}

/** Two sets of importances that compare, and how far they are apart. JSON-safe. */
export interface ComparedImportances {
  /** `time`: the same version, from other outcomes; `version`: the one before it. */
  readonly since: 'time' | 'version';
  readonly before: VersionImportances;
  readonly after: VersionImportances;
  readonly shift: ImportanceShift;
}

/**
 * What has moved since some weeks ago, and since the version before?
 *
 * Only sets of one source compare. In time: the newest that was learned from outcomes, and the newest that shares none of
 * them. Between versions: the newest of the version, and the newest of any other, as their trainers reported them, or else
 * as they were learned. A comparison that has nothing to compare is left out.
 *
 * @param sets of all versions, in the order of time
 * @example
 * const reported = (version, temp) => ({ version, source: 'trainer', asOf: 0, importances: { temp, hum: 1 - temp } });
 * compareWithEarlier([reported('1', 0.6), reported('2', 0.4)], '2')
 * // [{ since: 'version', before: { version: '1' }, after: { version: '2' } }]
 */
export function compareWithEarlier(
  sets: readonly VersionImportances[],
  version: string,
): readonly ComparedImportances[] {
  const newest = (isWanted: (set: VersionImportances) => boolean): VersionImportances | undefined =>
    sets.findLast(isWanted);
  const compared = (
    since: ComparedImportances['since'],
    before: VersionImportances | undefined,
    after: VersionImportances | undefined,
  ): ComparedImportances[] =>
    before === undefined || after === undefined
      ? []
      : [{ since, before, after, shift: importanceShift(before.importances, after.importances) }];

  const learned = newest((set) => set.version === version && set.source === 'surrogate');
  const earlier = newest(
    (set) =>
      set.version === version &&
      set.source === 'surrogate' &&
      learned !== undefined &&
      set.asOf <= learned.asOf - learnedFromMs,
  );
  const betweenVersions = (['trainer', 'surrogate'] as const).flatMap((source) =>
    compared(
      'version',
      newest((set) => set.source === source && set.version !== version),
      newest((set) => set.source === source && set.version === version),
    ),
  );
  return [...betweenVersions.slice(0, 1), ...compared('time', earlier, learned)];
}

/**
 * @example
 * const before = { version: '1', source: 'trainer', asOf: 0, importances: { temp: 0.6, hum: 0.4 } };
 * shiftInWords({ since: 'version', before, after: before, shift: importanceShift(before.importances, before.importances) })
 * // 'since version 1, 0% of importance moved'
 */
export function shiftInWords({ since, before, shift }: ComparedImportances): string {
  const start = since === 'version' ? `version ${before.version}` : formatDay(before.asOf);
  return `since ${start}, ${shift.inWords}`;
}

function changeOf({ before, after }: FeatureShift): number {
  return Math.abs(after - before);
}

function ranksOf(importances: Importances, names: readonly string[]): number[] {
  const shares = names.map((name) => importances[name] ?? 0);
  return shares.map((share) => 1 + shares.filter((other) => other > share).length);
}

function inWords(distance: number, features: readonly FeatureShift[]): string {
  const changed = features.filter((feature) => changeOf(feature) >= named.change).slice(0, named.features);
  const list = changed.map((feature) => {
    const { rankBefore, rankAfter } = feature;
    const ranks = rankBefore === rankAfter ? `still rank ${rankAfter}` : `rank ${rankBefore} -> ${rankAfter}`;
    return `${feature.feature} ${formatShare(feature.before)} -> ${formatShare(feature.after)} (${ranks})`;
  });
  return `${formatShare(distance)} of importance moved${list.length === 0 ? '' : `: ${list.join(', ')}`}`;
}
