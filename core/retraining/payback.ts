/** What has a retraining cost, what does it bring, and when has it paid? */

import type { Computed } from '../verdict.ts';
import type { Gain } from './verification.ts';

export interface PaybackFacts {
  /** Of the training, in the currency of the budget; null where nobody has said. */
  readonly cost: number | null;
  readonly gain: Gain;
  readonly outcomesPerDay: number;
  /** What one unit of the metric less is worth for each outcome. */
  readonly perUnitOfError: number | undefined;
}

export interface Payback {
  /** What the lower error is worth each day, in the currency of the budget. */
  readonly worthPerDay: Computed;
  /** Days from the promotion until that has made up for the cost. */
  readonly days: Computed;
}

/**
 * When has a retraining paid? After cost / (gain x outcomes a day x worth of a unit) days.
 *
 * Not computable where the gain is not known or not above 0, where there are no outcomes, and where the cost or the worth was
 * not said; the reason tells which. A training that cost nothing has paid after 0 days.
 *
 * @example
 * paybackOf({ cost: 120, gain: { value: 4, low: 2, high: 6 }, outcomesPerDay: 24, perUnitOfError: 0.25 })
 * // { worthPerDay: { value: 24 }, days: { value: 5 } }
 */
export function paybackOf({ cost, gain, outcomesPerDay, perUnitOfError }: PaybackFacts): Payback {
  const worthPerDay = worthOf(gain, outcomesPerDay, perUnitOfError);
  if ('notComputable' in worthPerDay) return { worthPerDay, days: worthPerDay };
  if (cost === null) return { worthPerDay, days: { notComputable: 'nobody has said what it cost' } };
  if (cost === 0) return { worthPerDay, days: { value: 0 } };
  if (!(worthPerDay.value > 0)) {
    return { worthPerDay, days: { notComputable: 'it has not lowered the error' } };
  }
  return { worthPerDay, days: { value: cost / worthPerDay.value } };
}

function worthOf(gain: Gain, outcomesPerDay: number, perUnitOfError: number | undefined): Computed {
  if ('notComputable' in gain) return { notComputable: 'what it has gained is not known' };
  if (perUnitOfError === undefined) {
    return {
      notComputable: 'the monitor does not say what an error costs (retraining.value.perUnitOfError)',
    };
  }
  if (!(outcomesPerDay > 0)) return { notComputable: 'there are no outcomes' };
  return { value: gain.value * outcomesPerDay * perUnitOfError };
}
