/** The two questions that are asked of a column, and how probable what is found would be if nothing had changed. */

import type { ColumnCalibration, Learned } from '../calibration/calibration.ts';
import { leastShareOfRows } from '../calibration/calibration.ts';
import { asOfFullWindow, differenceBetween } from '../calibration/difference.ts';
import { effectiveSizes } from '../calibration/effective-size.ts';
import { pValueOf, type PastDifferences } from '../calibration/past-differences.ts';
import { valueCountOf, type Profile } from '../profile/profile.ts';
import { compareProfiles, type Comparison, type Sides } from '../statistics/comparison.ts';
import { computeMethod, methodOf, type MethodName, type StatisticResult } from '../statistics/registry.ts';

/** `reference`: does the window differ from the reference? `recent`: has it changed suddenly against the weeks before? */
export type Question = 'reference' | 'recent';

/** What is known about the past of a column when a window is examined. */
export interface ExaminationContext {
  readonly calibration?: ColumnCalibration;
  /** The sum of the windows before, as many as `calibration.recent.lookback` says (see `earlierWindows`). */
  readonly recent?: Profile;
}

/** JSON-safe. */
export interface Answer {
  readonly question: Question;
  readonly effect: number;
  /** Before the correction for all that is asked in a run. */
  readonly pValue: number;
  /** What it was held against: the differences of past windows, or the law of the statistic for so many independent rows. */
  readonly heldAgainst:
    | {
        readonly null: 'empirical';
        readonly usual: number;
        readonly largest: number;
        readonly independentWindows: number;
        /** Windows that were averaged; of question `recent`. */
        readonly lookback?: number;
      }
    | {
        readonly null: 'analytic';
        /** Rows over the independent ones that tell as much. */
        readonly designEffect: number;
        readonly effectiveSizes: Sides<number>;
      };
}

export type Asked = Answer | { readonly question: Question; readonly notAnswered: string };

/** Fewer independent rows than these say nothing about a distribution. */
const leastEffectiveRows = 5;
/** From so many rows on, the law of independent rows is close enough to bound a p-value. */
const enoughRowsForLaw = 24;

/**
 * Does the window differ from the reference, given what the deciding method found?
 *
 * Held against two laws: that of the differences of past windows, where the calibration has learned enough of them and the
 * window is whole, and that of the method for so many independent rows as these tell as much as.
 */
export function askReference(
  found: StatisticResult,
  comparison: Comparison,
  calibration: ColumnCalibration | undefined,
): Asked {
  const question = 'reference';
  const { label } = methodOf(found.method);
  if ('notComputable' in found) return { question, notAnswered: `${label}: ${found.notComputable}` };
  const rows = heldAgainstRows(found, comparison, calibration);
  const learned = pastOf(comparison, calibration, calibration?.reference);
  if (calibration === undefined || learned === undefined) return rows;
  if (!('unknown' in learned)) {
    return joined(heldAgainstPast(question, found.method, comparison, calibration, learned), rows);
  }
  return 'notAnswered' in rows
    ? { question, notAnswered: `${learned.unknown}, and ${rows.notAnswered}` }
    : rows;
}

/**
 * The more surprised of two laws, at twice its p (Bonferroni): past windows know seasons and bursts, which no law of rows
 * does; where they are few, the law of rows sees more.
 */
function joined(past: Asked, rows: Asked): Asked {
  if ('notAnswered' in past || 'notAnswered' in rows) return 'notAnswered' in past ? rows : past;
  const speaks = past.pValue <= rows.pValue ? past : rows;
  return { ...speaks, pValue: Math.min(1, 2 * speaks.pValue) };
}

function heldAgainstRows(
  found: Exclude<StatisticResult, { readonly notComputable: string }>,
  comparison: Comparison,
  calibration: ColumnCalibration | undefined,
): Asked {
  const question = 'reference';
  const { label, pValueAt } = methodOf(found.method);
  const designEffect = calibration?.designEffect ?? 1;
  const sizes = sizesOf(comparison);
  const effective = effectiveSizes(sizes, designEffect);
  if (designEffect > 1 && Math.min(effective.current, effective.reference) < leastEffectiveRows) {
    const { current } = effective;
    return {
      question,
      notAnswered: `its ${sizes.current} values are only as telling as ${Math.floor(current)} independent ones, ${leastEffectiveRows} are needed`,
    };
  }
  const pValue =
    designEffect === 1 && found.pValue !== null ? found.pValue : pValueAt?.(found, comparison, effective);
  if (pValue === undefined) return { question, notAnswered: `${label} has no law of its own` };
  const heldAgainst = { null: 'analytic', designEffect, effectiveSizes: effective } as const;
  return { question, effect: found.effect, pValue, heldAgainst };
}

/** Has it changed suddenly against the weeks before? Only past windows tell how much weeks usually change. */
export function askRecent(
  method: MethodName,
  { grid, current }: Comparison,
  calibration: ColumnCalibration | undefined,
  recent: Profile | undefined,
): Asked | undefined {
  const question = 'recent';
  if (calibration === undefined || recent === undefined) return undefined;
  const comparison = compareProfiles(grid, recent, current);
  const learned = pastOf(comparison, calibration, calibration.recent);
  if (learned === undefined) {
    return { question, notAnswered: 'it has too few values to be held against whole windows' };
  }
  if ('unknown' in learned) return { question, notAnswered: learned.unknown };
  const usual = calibration.usualRows * learned.lookback;
  if (valueCountOf(recent) < usual * leastShareOfRows) {
    return { question, notAnswered: 'the windows before have too few values' };
  }
  return heldAgainstPast(question, method, comparison, calibration, learned);
}

/** What past windows tell about this one; undefined where they tell nothing because it is only a part of a window. */
function pastOf<T extends PastDifferences>(
  { current }: Comparison,
  calibration: ColumnCalibration | undefined,
  learned: Learned<T> | undefined,
): Learned<T> | undefined {
  const isWhole =
    calibration !== undefined && valueCountOf(current) >= calibration.usualRows * leastShareOfRows;
  return isWhole ? learned : undefined;
}

function heldAgainstPast(
  question: Question,
  method: MethodName,
  comparison: Comparison,
  { usualRows }: ColumnCalibration,
  past: PastDifferences & { readonly lookback?: number },
): Asked {
  const { grid, reference, current } = comparison;
  const effect = differenceBetween(method, grid, reference, current);
  if (effect === undefined) {
    return { question, notAnswered: `${methodOf(method).label} cannot be computed against these weeks` };
  }
  const asFull = asOfFullWindow(effect, valueCountOf(current), usualRows);
  const pValue = Math.max(pValueOf(method, asFull, past), leastPValue(method, comparison));
  return {
    question,
    effect,
    pValue,
    heldAgainst: {
      null: 'empirical',
      usual: past.median,
      largest: past.largest,
      independentWindows: past.independent,
      ...(past.lookback !== undefined && { lookback: past.lookback }),
    },
  };
}

/** Nothing is less probable than if every row were independent of all others. */
function leastPValue(method: MethodName, comparison: Comparison): number {
  const sizes = sizesOf(comparison);
  if (Math.min(sizes.reference, sizes.current) < enoughRowsForLaw) return 0;
  const found = computeMethod(method, comparison);
  if ('notComputable' in found) return 0;
  return found.pValue ?? methodOf(method).pValueAt?.(found, comparison, sizes) ?? 0;
}

function sizesOf({ reference, current }: Comparison): Sides<number> {
  return { reference: valueCountOf(reference), current: valueCountOf(current) };
}
