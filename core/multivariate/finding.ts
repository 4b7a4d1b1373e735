/** What a method that looks at all features together says about a current window. */

import type { Sides } from '../statistics/comparison.ts';
import type { Verdict } from '../verdict.ts';

export type TogetherMethod = 'domain-classifier' | 'pca-reconstruction' | 'correlation';

/** How people read of a method. */
export const togetherLabels: Readonly<Record<TogetherMethod, string>> = {
  'domain-classifier': 'all features, told apart',
  'pca-reconstruction': 'all features, reconstructed',
  correlation: 'correlations of features',
};

/** JSON-safe: finite numbers, null where nothing could be computed; the verdict's reason then says why. */
export interface Finding<Details> {
  readonly method: TogetherMethod;
  readonly statistic: number | null;
  readonly pValue: number | null;
  /** The size of the difference on the method's fixed scale. */
  readonly effect: number | null;
  /** Effects below it do not matter, however certain they are. */
  readonly threshold: number;
  readonly sampleSizes: Sides<number>;
  readonly verdict: Verdict;
  /** null where nothing could be computed. */
  readonly details: Details | null;
}

/** Effects from which on a difference that is certain matters. */
export interface Floors {
  readonly warning: number;
  readonly critical: number;
}

/** The finding where there is none, with the reason. */
export function notFound<Details>(
  method: TogetherMethod,
  floors: Floors,
  sampleSizes: Sides<number>,
  reason: string,
): Finding<Details> {
  return {
    method,
    statistic: null,
    pValue: null,
    effect: null,
    threshold: floors.warning,
    sampleSizes,
    verdict: { level: 'insufficient-data', reason },
    details: null,
  };
}

/** `ok` unless the difference is certain and large enough. */
export function levelFor(
  pValue: number,
  alpha: number,
  effect: number,
  floors: Floors,
): 'ok' | 'warning' | 'critical' {
  if (pValue > alpha || effect < floors.warning) return 'ok';
  return effect < floors.critical ? 'warning' : 'critical';
}

/** @example rowsInWords({ reference: 744, current: 168 }) // '744 and 168 rows' */
export function rowsInWords({ reference, current }: Sides<number>): string {
  return `${reference} and ${current} rows`;
}
