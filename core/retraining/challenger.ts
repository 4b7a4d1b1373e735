/** Is the retrained candidate better than the serving version? */

import type { MetricName } from '../performance/metrics.ts';
import { betterBy, distinctTexts, metricTable, metricText, percentText } from '../performance/metrics.ts';
import type { Computed } from '../verdict.ts';

export interface ChallengerTrial {
  readonly metric: MetricName;
  /** Both on the same held-out rows. */
  readonly champion: Computed;
  readonly challenger: Computed;
  readonly rows: number;
  /** 50 by default. */
  readonly minimumRows?: number;
  /** As a ratio of the champion's value: 0.02 means 2 % better. */
  readonly minimumImprovement: number;
}

export interface ChallengerJudgement {
  readonly decision: 'promote' | 'reject';
  /** Relative to the champion's value, positive is better; not computable where the champion's value is 0. */
  readonly improvement: Computed;
  readonly reason: string;
}

/**
 * Should the challenger replace the champion? Promoted when it is better by at least the minimum improvement; whatever
 * cannot be computed and too few rows reject it.
 *
 * Improvement is the difference in the better direction of the metric over |champion|.
 *
 * @example
 * judgeChallenger({ metric: 'rmse', champion: { value: 101.3 }, challenger: { value: 58.1 }, rows: 161, minimumImprovement: 0.02 })
 * // { decision: 'promote', reason: 'challenger RMSE 58.1 against 101.3 on the same 161 held-out rows: 42.6% better, at least 2% needed' }
 */
export function judgeChallenger(trial: ChallengerTrial): ChallengerJudgement {
  const { metric, champion, challenger, rows, minimumRows = 50, minimumImprovement } = trial;
  const { label } = metricTable[metric];
  if (rows < minimumRows) return reject(`${rows} held-out rows, at least ${minimumRows} are needed`);
  if ('notComputable' in challenger) {
    return reject(`the challenger's ${label} is not computable: ${challenger.notComputable}`);
  }
  if ('notComputable' in champion) {
    return reject(`the champion's ${label} is not computable: ${champion.notComputable}`);
  }
  const better = betterBy(metric, challenger.value, champion.value);
  if (better === undefined) return reject(`neither more nor less ${label} is better, so it cannot decide`);
  if (champion.value === 0) {
    return reject(
      `the champion's ${label} is 0 (challenger ${metricText(metric, challenger.value)}), so a relative improvement is not computable`,
    );
  }
  const improvement = better / Math.abs(champion.value);
  const [challengerText, championText] = distinctTexts(metric, challenger.value, champion.value);
  const change = `${percentText(Math.abs(improvement))} ${improvement < 0 ? 'worse' : 'better'}`;
  return {
    decision: improvement >= minimumImprovement ? 'promote' : 'reject',
    improvement: { value: improvement },
    reason: `challenger ${label} ${challengerText} against ${championText} on the same ${rows} held-out rows: ${change}, at least ${percentText(minimumImprovement)} needed`,
  };
}

function reject(reason: string): ChallengerJudgement {
  return { decision: 'reject', improvement: { notComputable: reason }, reason };
}
