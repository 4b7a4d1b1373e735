/** What speaks for a change of one column, before it is known what else is asked in the run. */

import { countText } from '../performance/metrics.ts';
import type { ColumnKind } from '../profile/grid.ts';
import { compareProfiles, reasonNotComparable, type Comparison } from '../statistics/comparison.ts';
import {
  computeMethod,
  decide,
  methodsFor,
  type Decision,
  type MethodName,
  type StatisticResult,
} from '../statistics/registry.ts';
import { askRecent, askReference, type Asked, type ExaminationContext, type Question } from './answer.ts';
import { factsOf, type ColumnFacts } from './column-facts.ts';
import { comparedInWords } from './drift-in-words.ts';

export type ColumnSubject = 'feature' | 'prediction' | 'confidence' | 'actual';

/** How one column is to be judged. */
export interface ColumnSettings {
  readonly subject: ColumnSubject;
  readonly column: string;
  readonly kind: ColumnKind;
  readonly decidingMethod: MethodName;
  /**
   * A frozen rule in the place of the calibrated one: drift is a p-value below it, or an effect at or above it, whatever
   * else is asked in the run.
   */
  readonly threshold?: number;
  /** A disabled column is computed and shown, but never counted. */
  readonly enabled: boolean;
  /** Values that both sides need, missing and invalid ones not counted. */
  readonly minimumRows: number;
  /** Whose rows these are; absent for those of the whole model. */
  readonly segment?: string;
  /** How much the feature matters to the model, 0 to 1. */
  readonly weight?: number;
  /** Methods that are computed beside the deciding one; all for the kind by default. */
  readonly beside?: readonly MethodName[];
}

/** What a method found; the deciding one carries the threshold it was held against, where it has one. */
export type MethodResult = StatisticResult & { readonly threshold?: number };

/** What was found about one column, before it is known what else was asked in the run. */
export interface ColumnEvidence {
  readonly settings: ColumnSettings;
  readonly kind: ColumnKind;
  readonly facts: ColumnFacts;
  readonly methods: readonly MethodResult[];
  readonly finding:
    | { readonly by: 'threshold'; readonly decision: Decision }
    | { readonly by: 'questions'; readonly asked: readonly Asked[] };
  /** Question -> what was compared, in words; only of those that could be asked. */
  readonly compared: Readonly<Partial<Record<Question, string>>>;
  readonly referenceIsConstant: boolean;
}

/**
 * What speaks for a change of this column?
 *
 * The deciding method is asked two questions (see `askReference`, `askRecent`), the second only with a calibration and the
 * recent windows; all other methods for the kind are computed beside it. Without a calibration, as for two files, rows count
 * as independent. With a written `threshold` nothing is asked: the rule is held against the reference alone.
 *
 * Nothing is found, with the reason, when a side has fewer values than the minimum, the reference has no distribution, or
 * the deciding method cannot be computed. An empty or constant column never fails and never gives NaN.
 *
 * @example
 * const grid = buildCategoricalGrid(['clear', 'rain']);
 * const comparison = compareProfiles(grid, buildProfile(grid, ['clear', 'rain']), buildProfile(grid, [null]));
 * const settings = { column: 'weather', kind: 'categorical', decidingMethod: 'jensen-shannon', minimumRows: 1 };
 * examineColumn(settings, comparison).finding
 * // { by: 'threshold', decision: { drifted: 'unknown', reason: 'the current window has no value' } }
 */
export function examineColumn(
  settings: ColumnSettings,
  comparison: Comparison,
  context: ExaminationContext = {},
): ColumnEvidence {
  const { decidingMethod, threshold, beside } = settings;
  const facts = factsOf(comparison);
  const deciding = computeMethod(decidingMethod, comparison);
  return {
    settings,
    kind: comparison.kind,
    facts,
    methods: methodsFor(comparison.kind)
      .filter((method) => method === decidingMethod || (beside?.includes(method) ?? true))
      .map((method) =>
        method !== decidingMethod
          ? computeMethod(method, comparison)
          : { ...deciding, ...(threshold !== undefined && { threshold }) },
      ),
    finding: findingOf(settings, comparison, facts, deciding, context),
    compared: {
      reference: comparedInWords(comparison, 'reference'),
      ...(context.recent !== undefined && {
        recent: comparedInWords(
          compareProfiles(comparison.grid, context.recent, comparison.current),
          'recent',
        ),
      }),
    },
    referenceIsConstant: comparison.kind === 'continuous' && comparison.grid.summary?.standardDeviation === 0,
  };
}

function findingOf(
  settings: ColumnSettings,
  comparison: Comparison,
  facts: ColumnFacts,
  deciding: StatisticResult,
  context: ExaminationContext,
): ColumnEvidence['finding'] {
  const { decidingMethod, threshold } = settings;
  const reason = reasonNotJudged(settings, comparison, facts);
  if (reason !== undefined) return { by: 'threshold', decision: { drifted: 'unknown', reason } };
  if (threshold !== undefined) return { by: 'threshold', decision: decide(deciding, threshold) };
  // Learned for another method, it says nothing of this one.
  const calibration = context.calibration?.method === decidingMethod ? context.calibration : undefined;
  const recent = askRecent(decidingMethod, comparison, calibration, context.recent);
  return {
    by: 'questions',
    asked: [askReference(deciding, comparison, calibration), ...(recent === undefined ? [] : [recent])],
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
    return `the reference has ${countText(sampleSizes.reference, 'value')}, ${minimumRows} are needed`;
  }
  if (sampleSizes.current < minimumRows) {
    return `the current window has ${countText(sampleSizes.current, 'value')}, ${minimumRows} are needed`;
  }
  return undefined;
}
