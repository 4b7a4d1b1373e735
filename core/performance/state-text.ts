import { formatDay } from '../window.ts';
import { percentText } from './metrics.ts';

/** What is known of an evaluation beside its numbers. */
export interface EvaluationState {
  /** `final`: no more actuals are waited for, however many came. */
  readonly state: 'provisional' | 'final';
  /** Outcomes / serving predictions; null where it is not known. */
  readonly coverage: number | null;
}

/**
 * May the numbers of a window still change, and of how many of its predictions do they speak?
 *
 * @param changesUntil epoch milliseconds until which actuals change a provisional number; absent where that is not known
 * @example stateText({ state: 'final', coverage: 0.33 }) // 'final, 33% of predictions have actuals'
 * @example stateText({ state: 'provisional', coverage: 0.61 }, parseInstant('2011-05-17T00:00:00Z'))
 * // 'provisional until 2011-05-17, 61% of predictions have actuals so far'
 */
export function stateText({ state, coverage }: EvaluationState, changesUntil?: number): string {
  const isOpen = state === 'provisional';
  const until = isOpen && changesUntil !== undefined ? ` until ${formatDay(changesUntil)}` : '';
  const known =
    coverage === null
      ? ''
      : `, ${percentText(coverage)} of predictions have actuals${isOpen ? ' so far' : ''}`;
  return `${state}${until}${known}`;
}
