/** Should a model be retrained now? */

import { durationText } from '../degradation/duration-text.ts';
import type { RetrainingPolicy } from './settings.ts';
import { countText } from '../performance/metrics.ts';
import type { Level } from '../verdict.ts';
import { durationMs, formatInstant } from '../window.ts';

/** What the decision rests on. */
export interface RetrainingState {
  readonly asOf: number;
  /** Of the newest degradation verdict. */
  readonly level: Level;
  readonly running: boolean;
  /** The asOf of the newest retraining that was started, whatever became of it. */
  readonly lastStartedAsOf: number | null;
  readonly outcomesInTrainingWindow: number;
}

export interface RetrainingDecision {
  readonly decision: 'start' | 'wait';
  readonly reason: string;
}

type StartPolicy = Pick<RetrainingPolicy, 'enabled' | 'cooldown' | 'minimumOutcomes'> & {
  readonly triggers: Pick<RetrainingPolicy['triggers'], 'verdicts'>;
};

/**
 * Should a retraining start now? Only when the policy is enabled, the verdict is one of its triggers, none is running,
 * the cooldown since the last start is over and there is enough to train on; the reason names the first that fails.
 *
 * The cooldown counts from start to start in asOf time and is over at its very end. A run that speaks for a time before
 * the last start waits too: under a schedule backfill days may come in any order.
 *
 * @example
 * const policy = { enabled: true, triggers: { verdicts: ['critical'] }, cooldown: '7d', minimumOutcomes: 500 };
 * const state = { asOf: 0, level: 'ok', running: false, lastStartedAsOf: null, outcomesInTrainingWindow: 900 };
 * decideRetraining(policy, state)
 * // { decision: 'wait', reason: 'the verdict is ok; retraining starts at critical' }
 * @throws TidewatchError `INVALID_DURATION` when the cooldown is no duration.
 */
export function decideRetraining(policy: StartPolicy, state: RetrainingState): RetrainingDecision {
  const { asOf, level, running, lastStartedAsOf: last, outcomesInTrainingWindow: outcomes } = state;
  if (!policy.enabled) return wait('retraining is disabled');
  if (!policy.triggers.verdicts.some((trigger) => trigger === level)) {
    return wait(`the verdict is ${level}; retraining starts at ${policy.triggers.verdicts.join(' or ')}`);
  }
  if (running) {
    const since = last === null ? '' : `, started as of ${formatInstant(last)},`;
    return wait(`a retraining${since} is still running; one at a time`);
  }
  if (last !== null && asOf < last) {
    return wait(
      `a retraining was started as of ${formatInstant(last)}, later than this run's ${formatInstant(asOf)}`,
    );
  }
  if (last !== null && asOf < last + durationMs(policy.cooldown)) {
    const end = formatInstant(last + durationMs(policy.cooldown));
    return wait(
      `the last retraining was started as of ${formatInstant(last)}; the cooldown of ${durationText(policy.cooldown)} ends at ${end}`,
    );
  }
  const basis = `${countText(outcomes, 'outcome')} in the training window`;
  if (outcomes < policy.minimumOutcomes)
    return wait(`${basis}, at least ${policy.minimumOutcomes} are needed`);
  return { decision: 'start', reason: `the verdict is ${level}; ${basis}` };
}

function wait(reason: string): RetrainingDecision {
  return { decision: 'wait', reason };
}
