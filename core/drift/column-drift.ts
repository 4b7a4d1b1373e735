import type { ColumnKind, ReferenceGrid } from '../profile/grid.ts';
import type { Profile } from '../profile/profile.ts';
import { compareProfiles, reasonNotComparable, type Comparison } from '../statistics/comparison.ts';
import {
  computeMethod,
  decide,
  methodsFor,
  type Decision,
  type MethodName,
  type StatisticResult,
} from '../statistics/registry.ts';
import type { Level, Verdict } from '../verdict.ts';
import { factsOf, type ColumnFacts } from './column-facts.ts';
import { decisionInWords } from './drift-in-words.ts';

export type ColumnSubject = 'feature' | 'prediction' | 'confidence' | 'actual';

/** How one column is to be judged. */
export interface ColumnSettings {
  readonly subject: ColumnSubject;
  readonly column: string;
  readonly kind: ColumnKind;
  readonly decidingMethod: MethodName;
  /** For a p-value: drift below it; for an effect: drift at or above it. */
  readonly threshold: number;
  /** A disabled column is computed and shown, but never counted. */
  readonly enabled: boolean;
  /** Values that both sides need, missing and invalid ones not counted. */
  readonly minimumRows: number;
}

/** What a method found; the deciding one carries the threshold it was held against. */
export type MethodResult = StatisticResult & { readonly threshold?: number };

/** How one column of the current window differs from its reference. JSON-safe. */
export interface ColumnDrift extends ColumnFacts {
  readonly subject: ColumnSubject;
  readonly column: string;
  readonly kind: ColumnKind;
  readonly enabled: boolean;
  readonly decidingMethod: MethodName;
  readonly threshold: number;
  readonly drifted: 'yes' | 'no' | 'unknown';
  /** `warning` when drifted, `insufficient-data` when unknown. */
  readonly verdict: Verdict;
  /** Every method for this kind of column. */
  readonly methods: readonly MethodResult[];
}

const levels = { yes: 'warning', no: 'ok', unknown: 'insufficient-data' } as const satisfies Record<
  string,
  Level
>;

/**
 * Has this column drifted? One method decides; all others for its kind are computed beside it.
 *
 * Unknown, with the reason, when a side has fewer values than the minimum, the reference has no distribution, or the
 * deciding method cannot be computed. An empty or constant column never fails and never gives NaN.
 *
 * @throws TidewatchError `INVALID_PROFILE` when a profile was counted in another grid.
 * @example judgeColumn(settings, reference, current, grid).verdict.reason
 * // 'hum: Wasserstein 1.08 sd >= 0.2 (reference mean 0.71, current 0.52; 744 and 168 rows)'
 */
export function judgeColumn(
  settings: ColumnSettings,
  reference: Profile,
  current: Profile,
  grid: ReferenceGrid,
): ColumnDrift {
  const { subject, column, enabled, decidingMethod, threshold } = settings;
  const comparison = compareProfiles(grid, reference, current);
  const facts = factsOf(comparison);
  const deciding = computeMethod(decidingMethod, comparison);
  const reason = reasonNotJudged(settings, comparison, facts);
  const decision: Decision =
    reason === undefined ? decide(deciding, threshold) : { drifted: 'unknown', reason };
  const words = decisionInWords(decision, comparison, facts);
  return {
    subject,
    column,
    kind: grid.kind,
    enabled,
    decidingMethod,
    threshold,
    drifted: decision.drifted,
    verdict: {
      level: levels[decision.drifted],
      reason: `${column}: ${words}${enabled ? '' : '; disabled, not counted'}`,
    },
    methods: methodsFor(grid.kind).map((method) =>
      method === decidingMethod ? { ...deciding, threshold } : computeMethod(method, comparison),
    ),
    ...facts,
  };
}

function reasonNotJudged(
  { kind, minimumRows }: ColumnSettings,
  comparison: Comparison,
  { sampleSizes }: ColumnFacts,
): string | undefined {
  if (kind !== comparison.kind) {
    return `it is configured as ${kind}, but its reference was profiled as ${comparison.kind}`;
  }
  const reason = reasonNotComparable(comparison);
  if (reason !== undefined) return reason;
  if (sampleSizes.reference < minimumRows) {
    return `the reference has ${sampleSizes.reference} values, ${minimumRows} are needed`;
  }
  if (sampleSizes.current < minimumRows) {
    return `the current window has ${sampleSizes.current} values, ${minimumRows} are needed`;
  }
  return undefined;
}
