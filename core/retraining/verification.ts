/** Has a promotion helped? The new champion against the one before, on the outcomes since, looked at every day. */

import type { MetricDifference } from '../comparison/compare-losses.ts';
import { describeMetric } from '../comparison/compare-losses.ts';
import { judgeDifference } from '../comparison/judge-difference.ts';
import { formatPValue, formatShare, formatSignificant } from '../number-text.ts';
import type { Helped } from './states.ts';

/** The chance that a new champion exactly as good as the one before is taken back, over all looks together. */
const falseRollbacks = 0.05;
/** What is less worse than this, relative to the number of the version before, is not worth another change. */
const smallestLoss = 0.02;
/** Fewer rows say nothing, whatever they say. */
const fewestRows = 12;

export interface VerificationLook {
  /** Of the new champion (the subject) against the version before, on the same rows since the promotion. */
  readonly difference: MetricDifference;
  /** Full days since the promotion at this look, and at the one before it (0: there was none). */
  readonly day: number;
  readonly previousDay: number;
  /** How many days it is to be verified. */
  readonly days: number;
  readonly versions: { readonly subject: string; readonly against: string };
}

/** How much lower its error is (or how much higher what is to be high): above 0 it has helped. In the unit of the metric. */
export type Gain =
  | { readonly value: number; readonly low: number; readonly high: number }
  | { readonly notComputable: string };

export interface Verification {
  /** Null before the first full day is over: nobody can know yet. */
  readonly helped: Helped | null;
  readonly decision: 'go on' | 'roll back';
  readonly gain: Gain;
  /** Relative to the number of the version before. */
  readonly relativeGain: number | null;
  readonly reason: string;
}

/**
 * Has the new champion helped so far, and is it so much worse that it must go back?
 *
 * `helped` is `yes` or `no` when the whole 95% interval of the paired difference is on that side of 0, else `unclear`.
 *
 * It goes back when it is worse by at least 2% of the number of the version before, on at least 12 rows, and the one-sided
 * p-value is at most the level of this look. Looking every day gives chance as many tries: the level that is spent by day d of
 * D is 5% (d / D)^2 (Kim and DeMets 1987, Biometrika 74), and a look has what was not spent at the look before, so that by the
 * union bound all looks together take back a version exactly as good in at most 5% of promotions. Measured with hourly errors
 * over seven days: 4%, also where an hour carries 80% of its shock to the next one; one that errs by 30% more goes back in 85%
 * of promotions (34% at 80%), one that errs twice as much in 97 to 100%, after 2.4 to 3.6 days.
 *
 * What is not computable (the version before does not predict in the shadow) is `unclear` and goes on. On day 0, before the first
 * full day is over, `helped` is null: it is not known yet.
 *
 * @example
 * const found = { value: 68, against: 51, difference: 17, certainty: { low: 8, high: 26, pValue: 0.001, degreesOfFreedom: 20 } };
 * const look = { difference: { metric: 'rmse', rows: 120, againstRows: 120, found }, day: 5, previousDay: 4, days: 7 };
 * const { helped, decision, gain } = verifyPromotion({ ...look, versions: { subject: '2', against: '1' } });
 * [helped, decision, gain.value] // ['no', 'roll back', -17]
 */
export function verifyPromotion({
  difference,
  day,
  previousDay,
  days,
  versions,
}: VerificationLook): Verification {
  const { metric, rows, found } = difference;
  const { verdict, reason } = judgeDifference(difference, {
    subject: `version ${versions.subject}`,
    against: `version ${versions.against}`,
    rows: 'the same rows',
  });
  if ('notComputable' in found || 'notComputable' in found.certainty) {
    return {
      helped: day === 0 ? null : 'unclear',
      decision: 'go on',
      gain: { notComputable: reason },
      relativeGain: null,
      reason,
    };
  }
  const isHigherBetter = describeMetric(metric).direction === 'higher-is-better';
  const { certainty, against } = found;
  const gain = isHigherBetter
    ? { value: found.difference, low: certainty.low, high: certainty.high }
    : { value: -found.difference, low: -certainty.high, high: -certainty.low };
  const relativeGain = against === 0 ? null : gain.value / Math.abs(against);
  const isUnclear = rows < fewestRows || verdict === 'unclear';
  const helped = day === 0 ? null : isUnclear ? 'unclear' : verdict === 'better' ? 'yes' : 'no';
  const isLarge = gain.value < 0 && (relativeGain === null || -relativeGain >= smallestLoss);
  const level = lookLevel({ day, previousDay, days });
  const pValue = certainty.pValue / 2;
  if (rows < fewestRows || !isLarge || pValue > level) {
    return { helped, decision: 'go on', gain, relativeGain, reason };
  }
  const chance = `one-sided p ${formatPValue(pValue)}, at most ${formatSignificant(level, 2)} at this look`;
  const loss = relativeGain === null ? '' : ` by ${formatShare(-relativeGain)}`;
  return {
    helped,
    decision: 'roll back',
    gain,
    relativeGain,
    reason: `${reason}; clearly worse${loss} (${chance})`,
  };
}

/**
 * The level of a look: what may be spent by its day, less what may have been spent by the look before. 0 where no day has
 * passed since.
 *
 * @example
 * const levels = [1, 2, 3, 4, 5, 6, 7].map((day) => lookLevel({ day, previousDay: day - 1, days: 7 }));
 * [levels[0], levels.reduce((sum, level) => sum + level)] // [0.0010204, 0.05]
 */
export function lookLevel({
  day,
  previousDay,
  days,
}: Pick<VerificationLook, 'day' | 'previousDay' | 'days'>): number {
  const spentBy = (d: number): number => falseRollbacks * Math.min(1, d / days) ** 2;
  return Math.max(0, spentBy(day) - spentBy(previousDay));
}
