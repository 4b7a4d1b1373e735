/** How much each feature matters to a model, as shares. */

/** Feature -> share, 0 or more; they sum to 1. */
export type Importances = Readonly<Record<string, number>>;

/**
 * `trainer`: it reported them; `surrogate`: they were learned by permutation on outcomes, in trees that stand in for the
 * model (see core/importance/surrogate.ts). The two do not compare with each other.
 */
export type ImportanceSource = 'trainer' | 'surrogate';

/** What mattered to a version of a model, as of an instant. JSON-safe. */
export interface VersionImportances {
  readonly version: string;
  readonly source: ImportanceSource;
  readonly asOf: number;
  readonly importances: Importances;
}

type Found = { readonly importances: Importances } | { readonly notComputable: string };

/**
 * Turns raw importances into shares: what is below 0 (a feature that only added noise) counts as 0.
 *
 * Not computable where a number is not finite, or none is above 0.
 *
 * @example importancesFrom({ temp: 3, hum: 1, holiday: -0.1 }) // { importances: { temp: 0.75, hum: 0.25, holiday: 0 } }
 */
export function importancesFrom(raw: Readonly<Record<string, unknown>>): Found {
  const entries = Object.entries(raw);
  const wrong = entries.find(([, value]) => !Number.isFinite(value));
  if (wrong !== undefined) return { notComputable: `the importance of ${wrong[0]} is no finite number` };
  const kept = entries.map(([feature, value]) => [feature, Math.max(0, value as number)] as const);
  const total = kept.reduce((sum, [, value]) => sum + value, 0);
  if (total === 0) return { notComputable: 'no feature has an importance above 0' };
  return { importances: Object.fromEntries(kept.map(([feature, value]) => [feature, value / total])) };
}

/**
 * What a trainer reported, as shares of all features of a monitor; one that it does not name has 0.
 *
 * Not computable where it names anything that is no feature of the monitor: parts of an encoded feature
 * (`city=Porto`) would otherwise be missing from it without a word.
 *
 * @example reportedImportances(['rooms', 'city'], { rooms: 2 }) // { importances: { rooms: 1, city: 0 } }
 */
export function reportedImportances(
  features: readonly string[],
  reported: Readonly<Record<string, unknown>>,
): Found {
  const unknown = Object.keys(reported).filter((name) => !features.includes(name));
  if (unknown.length > 0) return { notComputable: `${unknown.join(', ')}: no feature of the monitor` };
  return importancesFrom(Object.fromEntries(features.map((feature) => [feature, reported[feature] ?? 0])));
}
