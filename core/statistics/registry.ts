/** The methods: a file each for the statistic, a row each in the table below. */

import type { ColumnKind } from '../profile/grid.ts';
import { andersonDarling, andersonDarlingPValueAt } from './anderson-darling.ts';
import { chiSquared, chiSquaredPValueAt } from './chi-squared.ts';
import type { Comparison, Computation, Found, Sides } from './comparison.ts';
import { cramerVonMises, cramerVonMisesPValueAt } from './cramer-von-mises.ts';
import { energyDistance, energyDistancePValueAt } from './energy-distance.ts';
import { fisherExact, fisherExactPValueAt } from './fisher-exact.ts';
import { gTest, gTestPValueAt } from './g-test.ts';
import { hellinger, hellingerPValueAt } from './hellinger.ts';
import { jensenShannon, jensenShannonPValueAt } from './jensen-shannon.ts';
import { kolmogorovSmirnov, kolmogorovSmirnovPValueAt } from './kolmogorov-smirnov.ts';
import { kullbackLeibler, kullbackLeiblerPValueAt } from './kullback-leibler.ts';
import { lInfinity, lInfinityPValueAt } from './l-infinity.ts';
import { populationStabilityIndex, psiPValueAt } from './population-stability-index.ts';
import { totalVariation, totalVariationPValueAt } from './total-variation.ts';
import { twoProportionZ, twoProportionZPValueAt } from './two-proportion-z.ts';
import { wasserstein, wassersteinPValueAt } from './wasserstein.ts';

export interface Method {
  /** Its name in the JSON of `tidewatch compare`. */
  readonly key: string;
  readonly label: string;
  readonly kinds: readonly ColumnKind[];
  /** Drift is a p-value *below* the threshold, or an effect *at or above* it. */
  readonly decidedBy: 'p-value' | 'effect';
  readonly threshold: number;
  /** Below these effects a difference does not matter, however certain it is. */
  readonly floors: { readonly warning: number; readonly critical: number };
  /** What the effect is counted in, as it follows a number; empty where it is a bare one. */
  readonly unit: '' | ' sd';
  readonly source: string;
  readonly compute: (comparison: Comparison) => Computation;
  /**
   * How probable is what was found, or more, when nothing has changed and the rows carry the information of only so many
   * independent ones (the analytic null)? Absent where no law is known.
   */
  readonly pValueAt?: (found: Found, comparison: Comparison, effectiveSizes: Sides<number>) => number;
}

/** Adding a method: its file, and a row here. Thresholds are the defaults of a monitor. */
export const methods = {
  'kolmogorov-smirnov': {
    key: 'ks',
    label: 'KS',
    kinds: ['continuous'],
    decidedBy: 'p-value',
    threshold: 0.05,
    floors: { warning: 0.1, critical: 0.25 },
    unit: '',
    source: "Smirnov (1948); Hodges (1958); Simard and L'Ecuyer (2011)",
    compute: kolmogorovSmirnov,
    pValueAt: kolmogorovSmirnovPValueAt,
  },
  'anderson-darling': {
    key: 'andersonDarling',
    label: 'Anderson-Darling',
    kinds: ['continuous'],
    decidedBy: 'p-value',
    threshold: 0.05,
    floors: { warning: 0.1, critical: 0.25 },
    unit: '',
    source: 'Pettitt (1976); Scholz and Stephens (1987)',
    compute: andersonDarling,
    pValueAt: andersonDarlingPValueAt,
  },
  'cramer-von-mises': {
    key: 'cramerVonMises',
    label: 'Cramer-von Mises',
    kinds: ['continuous'],
    decidedBy: 'p-value',
    threshold: 0.05,
    floors: { warning: 0.1, critical: 0.25 },
    unit: '',
    source: 'Anderson (1962); Xiao, Gordon and Yakovlev (2007)',
    compute: cramerVonMises,
    pValueAt: cramerVonMisesPValueAt,
  },
  wasserstein: {
    key: 'wasserstein',
    label: 'Wasserstein',
    kinds: ['continuous'],
    decidedBy: 'effect',
    threshold: 0.2,
    floors: { warning: 0.1, critical: 0.5 },
    unit: ' sd',
    source: 'Vallender (1974); Ramdas, Garcia and Cuturi (2017)',
    compute: wasserstein,
    pValueAt: wassersteinPValueAt,
  },
  'energy-distance': {
    key: 'energy',
    label: 'Energy',
    kinds: ['continuous'],
    decidedBy: 'effect',
    threshold: 0.1,
    floors: { warning: 0.05, critical: 0.25 },
    unit: '',
    source: 'Szekely and Rizzo (2013)',
    compute: energyDistance,
    pValueAt: energyDistancePValueAt,
  },
  'population-stability-index': {
    key: 'psi',
    label: 'PSI',
    kinds: ['continuous', 'categorical'],
    decidedBy: 'effect',
    threshold: 0.1,
    floors: { warning: 0.1, critical: 0.25 },
    unit: '',
    source: 'Siddiqi (2006)',
    compute: populationStabilityIndex,
    pValueAt: psiPValueAt,
  },
  // The floors of the next methods but Jensen-Shannon are what a normal column gives in 10 bins where PSI is at its own, that is
  // shifted by 0.32 and 0.51 deviations: KL .050 and .124, Hellinger .11 and .18, total variation .13 and .20, L-infinity .07
  // and .12.
  'kullback-leibler': {
    key: 'kl',
    label: 'Kullback-Leibler',
    kinds: ['continuous', 'categorical'],
    decidedBy: 'effect',
    // As Evidently has it.
    threshold: 0.1,
    floors: { warning: 0.05, critical: 0.125 },
    unit: '',
    source: 'Kullback and Leibler (1951)',
    compute: kullbackLeibler,
    pValueAt: kullbackLeiblerPValueAt,
  },
  'jensen-shannon': {
    key: 'jensenShannon',
    label: 'Jensen-Shannon',
    kinds: ['continuous', 'categorical'],
    decidedBy: 'effect',
    threshold: 0.1,
    floors: { warning: 0.1, critical: 0.25 },
    unit: '',
    source: 'Lin (1991); Endres and Schindelin (2003)',
    compute: jensenShannon,
    pValueAt: jensenShannonPValueAt,
  },
  hellinger: {
    key: 'hellinger',
    label: 'Hellinger',
    kinds: ['continuous', 'categorical'],
    decidedBy: 'effect',
    // As Evidently has it.
    threshold: 0.1,
    floors: { warning: 0.1, critical: 0.2 },
    unit: '',
    source: 'Hellinger (1909)',
    compute: hellinger,
    pValueAt: hellingerPValueAt,
  },
  'total-variation': {
    key: 'totalVariation',
    label: 'total variation',
    kinds: ['continuous', 'categorical'],
    decidedBy: 'effect',
    // One value in ten lies in another bin.
    threshold: 0.1,
    floors: { warning: 0.1, critical: 0.2 },
    unit: '',
    source: 'Levin, Peres and Wilmer (2009)',
    compute: totalVariation,
    pValueAt: totalVariationPValueAt,
  },
  'l-infinity': {
    key: 'lInfinity',
    label: 'L-infinity',
    kinds: ['continuous', 'categorical'],
    decidedBy: 'effect',
    // One bin gains or loses a tenth of all values; the 0.01 of TensorFlow Data Validation is noise below 10,000 rows.
    threshold: 0.1,
    floors: { warning: 0.05, critical: 0.1 },
    unit: '',
    source: 'TensorFlow Data Validation',
    compute: lInfinity,
    pValueAt: lInfinityPValueAt,
  },
  'chi-squared': {
    key: 'chiSquared',
    label: 'chi-squared',
    kinds: ['categorical'],
    decidedBy: 'p-value',
    threshold: 0.05,
    floors: { warning: 0.1, critical: 0.3 },
    unit: '',
    source: 'Pearson (1900); Cochran (1954)',
    compute: chiSquared,
    pValueAt: chiSquaredPValueAt,
  },
  'g-test': {
    key: 'gTest',
    label: 'G-test',
    kinds: ['categorical'],
    decidedBy: 'p-value',
    threshold: 0.05,
    floors: { warning: 0.1, critical: 0.3 },
    unit: '',
    source: 'Wilks (1935); Sokal and Rohlf (1981)',
    compute: gTest,
    pValueAt: gTestPValueAt,
  },
  'fisher-exact': {
    key: 'fisherExact',
    label: 'Fisher',
    kinds: ['categorical'],
    decidedBy: 'p-value',
    threshold: 0.05,
    // A small and a medium effect in the words of Cohen (1988).
    floors: { warning: 0.2, critical: 0.5 },
    unit: '',
    source: 'Fisher (1922); Cohen (1988)',
    compute: fisherExact,
    pValueAt: fisherExactPValueAt,
  },
  'two-proportion-z': {
    key: 'twoProportionZ',
    label: 'two-proportion z',
    kinds: ['categorical'],
    decidedBy: 'p-value',
    threshold: 0.05,
    floors: { warning: 0.2, critical: 0.5 },
    unit: '',
    source: 'Fleiss, Levin and Paik (2003); Cohen (1988)',
    compute: twoProportionZ,
    pValueAt: twoProportionZPValueAt,
  },
} as const satisfies Record<string, Method>;

export type MethodName = keyof typeof methods;

/** In the order of the table. */
export const methodNames = Object.keys(methods) as [MethodName, ...MethodName[]];

/** Is there a method of this name? */
export function isMethodName(name: string): name is MethodName {
  return Object.hasOwn(methods, name);
}

/** A statistic as it travels: with its method, and JSON-safe (finite numbers, or a reason). */
export type StatisticResult = { readonly method: MethodName } & Computation;

/** What does a method find between two profiles? Never throws, never NaN: what cannot be computed says why. */
export function computeMethod(method: MethodName, comparison: Comparison): StatisticResult {
  return { method, ...methods[method].compute(comparison) };
}

/** The row of a method. */
export function methodOf(name: MethodName): Method {
  return methods[name];
}

/** The methods for a kind of column, in the order of the table. */
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
