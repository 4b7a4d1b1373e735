/** How much each feature matters to a model, as shares. */

/** Feature -> share, 0 or more; they sum to 1. */
export type Importances = Readonly<Record<string, number>>;

/**
 * Turns raw importances into shares: what is below 0 (a feature that only added noise) counts as 0.
 *
 * Not computable where a number is not finite, or none is above 0.
 *
 * @example importancesFrom({ temp: 3, hum: 1, holiday: -0.1 }) // { importances: { temp: 0.75, hum: 0.25, holiday: 0 } }
 */
export function importancesFrom(
  raw: Readonly<Record<string, unknown>>,
): { readonly importances: Importances } | { readonly notComputable: string } {
  const entries = Object.entries(raw);
  const wrong = entries.find(([, value]) => !Number.isFinite(value));
  if (wrong !== undefined) return { notComputable: `the importance of ${wrong[0]} is no finite number` };
  const kept = entries.map(([feature, value]) => [feature, Math.max(0, value as number)] as const);
  const total = kept.reduce((sum, [, value]) => sum + value, 0);
  if (total === 0) return { notComputable: 'no feature has an importance above 0' };
  return { importances: Object.fromEntries(kept.map(([feature, value]) => [feature, value / total])) };
}
