import { durationText } from '../degradation/duration-text.ts';
import type { Window } from '../window.ts';
import { dayMs, durationMs, floorToDay, parseInstant, trailingWindow } from '../window.ts';
import type { RegimeChange } from './regime-change.ts';
import type { RetrainingPolicy } from './settings.ts';

/** What a challenger is trained on, and the later rows that it and the champion are compared on. */
export interface TrainingWindows {
  readonly training: Window;
  readonly holdout: Window;
  /** Why the training window is that long. */
  readonly reason: string;
}

/** What is known of the past. */
export interface TrainingFacts {
  /** When the first outcome is about; null without outcomes. */
  readonly firstOutcome: number | null;
  /** When the model's world last changed for good; null when it is not known to have. */
  readonly lastChange: RegimeChange | null;
}

const unknownFacts: TrainingFacts = { firstOutcome: null, lastChange: null };

/**
 * Which windows does a retraining use? The holdout is the last full UTC days before asOf, the training window ends where
 * the holdout starts: no row is in both, and the comparison is on rows that neither model has seen in this training.
 *
 * A `trailing` window has its length. An `expanding` one starts at its day, or at the day of the first outcome. One
 * `since-change` starts at the day after the last change, is never shorter than `atLeast` nor longer than `atMost`, and has
 * all of `atMost` where no change is known. What would be empty is the day before the holdout.
 *
 * @example
 * const policy = { trainingWindow: { kind: 'trailing', length: '45d' }, holdout: '7d' };
 * const { training, holdout } = trainingWindows(parseInstant('2011-05-20T03:40:00Z'), policy);
 * [training.start, holdout.start, holdout.end].map(formatDay) // ['2011-03-29', '2011-05-13', '2011-05-20']
 * @throws TidewatchError `INVALID_DURATION`
 */
export function trainingWindows(
  asOf: number,
  policy: Pick<RetrainingPolicy, 'trainingWindow' | 'holdout'>,
  facts: TrainingFacts = unknownFacts,
): TrainingWindows {
  const holdout = trailingWindow(asOf, policy.holdout);
  const end = holdout.start;
  const { start, reason } = beginning(end, policy.trainingWindow, facts);
  return { training: { start: Math.min(start, end - dayMs), end }, holdout, reason };
}

function beginning(
  end: number,
  settings: RetrainingPolicy['trainingWindow'],
  { firstOutcome, lastChange }: TrainingFacts,
): { readonly start: number; readonly reason: string } {
  switch (settings.kind) {
    case 'trailing':
      return {
        start: end - durationMs(settings.length),
        reason: `the last ${durationText(settings.length)}`,
      };
    case 'expanding':
      if (settings.from !== undefined) {
        return { start: parseInstant(`${settings.from}T00:00:00Z`), reason: `all since ${settings.from}` };
      }
      return { start: floorToDay(firstOutcome ?? end), reason: 'all outcomes there are' };
    case 'since-change': {
      const earliest = end - durationMs(settings.atMost);
      const latest = end - durationMs(settings.atLeast);
      if (lastChange === null)
        return { start: earliest, reason: `no change is known: the last ${durationText(settings.atMost)}` };
      const dayAfter = floorToDay(lastChange.at + dayMs - 1);
      if (dayAfter < earliest)
        return {
          start: earliest,
          reason: `${lastChange.reason}; the last ${durationText(settings.atMost)} since then`,
        };
      if (dayAfter > latest)
        return { start: latest, reason: `${lastChange.reason}; at least ${durationText(settings.atLeast)}` };
      return { start: dayAfter, reason: `since ${lastChange.reason}` };
    }
  }
}
