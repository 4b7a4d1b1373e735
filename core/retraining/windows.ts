import type { RetrainingPolicy } from '../monitor/schema.ts';
import type { Window } from '../window.ts';
import { durationMs, trailingWindow } from '../window.ts';

/** What a challenger is trained on, and the later rows that it and the champion are compared on. */
export interface TrainingWindows {
  readonly training: Window;
  readonly holdout: Window;
}

/**
 * Which windows does a retraining use? The holdout is the last full UTC days before asOf, the training window ends where
 * the holdout starts: no row is in both, and the comparison is on rows that neither model has seen in this training.
 *
 * @example
 * const { training, holdout } = trainingWindows(parseInstant('2011-05-20T03:40:00Z'), { trainingWindow: '45d', holdout: '7d' });
 * [training.start, holdout.start, holdout.end].map(formatDay) // ['2011-03-29', '2011-05-13', '2011-05-20']
 * @throws TidewatchError `INVALID_DURATION`
 */
export function trainingWindows(
  asOf: number,
  policy: Pick<RetrainingPolicy, 'trainingWindow' | 'holdout'>,
): TrainingWindows {
  const holdout = trailingWindow(asOf, policy.holdout);
  return {
    training: { start: holdout.start - durationMs(policy.trainingWindow), end: holdout.start },
    holdout,
  };
}
