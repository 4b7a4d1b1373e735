/** The methods: a file each, a line each in the table below. */

import type { ColumnKind } from '../profile/grid.ts';
import { andersonDarlingMethod } from './anderson-darling.ts';
import { chiSquaredMethod } from './chi-squared.ts';
import type { Comparison, Computation } from './comparison.ts';
import { cramerVonMisesMethod } from './cramer-von-mises.ts';
import { energyDistanceMethod } from './energy-distance.ts';
import { fisherExactMethod } from './fisher-exact.ts';
import { gTestMethod } from './g-test.ts';
import { hellingerMethod } from './hellinger.ts';
import { jensenShannonMethod } from './jensen-shannon.ts';
import { kolmogorovSmirnovMethod } from './kolmogorov-smirnov.ts';
import { kullbackLeiblerMethod } from './kullback-leibler.ts';
import { lInfinityMethod } from './l-infinity.ts';
import type { Method } from './method.ts';
import { populationStabilityIndexMethod } from './population-stability-index.ts';
import { totalVariationMethod } from './total-variation.ts';
import { twoProportionZMethod } from './two-proportion-z.ts';
import { wassersteinMethod } from './wasserstein.ts';

/** Adding a method: its file, and a line here. Reports show them in this order. */
export const methods = {
  'kolmogorov-smirnov': kolmogorovSmirnovMethod,
  'anderson-darling': andersonDarlingMethod,
  'cramer-von-mises': cramerVonMisesMethod,
  wasserstein: wassersteinMethod,
  'energy-distance': energyDistanceMethod,
  'population-stability-index': populationStabilityIndexMethod,
  'kullback-leibler': kullbackLeiblerMethod,
  'jensen-shannon': jensenShannonMethod,
  hellinger: hellingerMethod,
  'total-variation': totalVariationMethod,
  'l-infinity': lInfinityMethod,
  'chi-squared': chiSquaredMethod,
  'g-test': gTestMethod,
  'fisher-exact': fisherExactMethod,
  'two-proportion-z': twoProportionZMethod,
} as const satisfies Record<string, Method>;

export type MethodName = keyof typeof methods;

/** In the order of the table. */
export const methodNames = Object.keys(methods) as [MethodName, ...MethodName[]];

/**
 * Is there a method of this name?
 *
 * @example isMethodName('ks') // false
 */
export function isMethodName(name: string): name is MethodName {
  return Object.hasOwn(methods, name);
}

/** A statistic as it travels: with its method, and JSON-safe (finite numbers, or a reason). */
export type StatisticResult = { readonly method: MethodName } & Computation;

/**
 * What does a method find between two profiles? Never throws, never NaN: what cannot be computed says why.
 *
 * @example
 * const grid = buildCategoricalGrid(['rain', 'clear']);
 * const [reference, current] = [[50, 50], [90, 10]].map(([clear, rain]) =>
 *   profileOfLevelCounts(grid, { counts: new Map([['clear', clear], ['rain', rain]]), other: 0, missing: 0, invalid: 0 }));
 * computeMethod('total-variation', compareProfiles(grid, reference, current))
 * // { method: 'total-variation', statistic: 0.4, effect: 0.4 }
 */
export function computeMethod(method: MethodName, comparison: Comparison): StatisticResult {
  return { method, ...methods[method].compute(comparison) };
}

/**
 * The row of a method.
 *
 * @example methodOf('wasserstein') // { decidedBy: 'effect', threshold: 0.2, kinds: ['continuous'] }
 */
export function methodOf(name: MethodName): Method {
  return methods[name];
}

/**
 * The methods for a kind of column, in the order of the table.
 *
 * @example methodsFor('categorical').includes('wasserstein') // false
 */
export function methodsFor(kind: ColumnKind): readonly MethodName[] {
  return methodNames.filter((name) => methodOf(name).kinds.includes(kind));
}

/** What a result says when it is held against a threshold. */
export type Decision =
  | {
      readonly drifted: 'yes' | 'no';
      readonly method: MethodName;
      readonly decidedBy: Method['decidedBy'];
      /** The p-value or the effect, whichever decides. */
      readonly value: number;
      readonly effect: number;
      readonly threshold: number;
    }
  | { readonly drifted: 'unknown'; readonly reason: string };

/**
 * Does a result say drift? A p-value does below the threshold, an effect at or above it.
 *
 * @example decide({ method: 'wasserstein', statistic: 2, pValue: null, effect: 0.2 }, 0.2).drifted // 'yes'
 */
export function decide(result: StatisticResult, threshold: number): Decision {
  const { method } = result;
  const { label, decidedBy } = methods[method];
  if ('notComputable' in result) return { drifted: 'unknown', reason: `${label}: ${result.notComputable}` };
  const { effect, pValue } = result;
  const decided = { method, decidedBy, effect, threshold };
  if (decidedBy === 'effect')
    return { drifted: effect >= threshold ? 'yes' : 'no', ...decided, value: effect };
  if (pValue === null) return { drifted: 'unknown', reason: `${label}: it has no p-value` };
  return { drifted: pValue < threshold ? 'yes' : 'no', ...decided, value: pValue };
}
