/** What exactly a retraining is trained on, frozen when it begins. JSON-safe. */

import type { Window, WindowText } from '../window.ts';
import { formatDay, formatWindow, overlaps } from '../window.ts';
import type { Period } from './periods.ts';
import { periodWindow } from './periods.ts';
import type { TrainingWindows } from './windows.ts';

/** The outcomes of one day that are trained on. */
export interface TrainingDay {
  /** Its midnight. */
  readonly day: number;
  readonly rows: number;
  /** Another one when any of its predictions or actuals is another one. */
  readonly checksum: string;
}

/** A time within the training window or the holdout that is left out of the training. */
export interface Exclusion extends WindowText {
  readonly reason: string;
}

export interface TrainingContent {
  readonly model: string;
  readonly training: WindowText;
  /** Why the training window is that long. */
  readonly reason: string;
  readonly holdout: WindowText;
  readonly exclude: readonly Exclusion[];
  /** Outcomes that are trained on. */
  readonly rows: number;
  /** Day -> its outcomes; days without any are left out. */
  readonly days: Readonly<Record<string, { readonly rows: number; readonly checksum: string }>>;
  /** Segment -> its outcomes, as they had been summarized by then. */
  readonly segments: Readonly<Record<string, number>>;
}

export interface TrainingSpecification extends TrainingContent {
  /** Of what is trained on: the same for the same rows of the same windows. */
  readonly hash: string;
}

/**
 * Which of the periods that a monitor leaves out touch the training or the holdout? Whole, in the order of time.
 *
 * @example
 * exclusionsOf({ training: { start: 0, end: 45 * dayMs }, holdout: { start: 45 * dayMs, end: 52 * dayMs } },
 *   [{ from: '1970-01-03', to: '1970-01-05', reason: 'sensor broken' }, { from: '1971-01-03', to: '1971-01-05', reason: 'later' }])
 * // [{ start: '1970-01-03T00:00:00Z', end: '1970-01-05T00:00:00Z', reason: 'sensor broken' }]
 */
export function exclusionsOf(
  { training, holdout }: Pick<TrainingWindows, 'training' | 'holdout'>,
  periods: readonly Period[],
): Exclusion[] {
  const all: Window = { start: training.start, end: holdout.end };
  return periods
    .map((period) => ({ window: periodWindow(period), reason: period.reason }))
    .filter(({ window }) => overlaps(window, all))
    .sort((a, b) => a.window.start - b.window.start || a.window.end - b.window.end)
    .map(({ window, reason }) => ({ ...formatWindow(window), reason }));
}

/**
 * What is trained on, as it is stored and told to the trainer.
 *
 * @example
 * const windows = { training: { start: 0, end: 2 * dayMs }, holdout: { start: 2 * dayMs, end: 3 * dayMs }, reason: 'the last 2 days' };
 * const days = [{ day: dayMs, rows: 3, checksum: 'b' }, { day: 0, rows: 4, checksum: 'a' }];
 * const { rows, days: byDay } = trainingContent({ model: 'bikes', windows, exclude: [], days, segments: {} });
 * [rows, Object.keys(byDay)] // [7, ['1970-01-01', '1970-01-02']]
 */
export function trainingContent({
  model,
  windows,
  exclude,
  days,
  segments,
}: {
  readonly model: string;
  readonly windows: TrainingWindows;
  readonly exclude: readonly Exclusion[];
  readonly days: readonly TrainingDay[];
  readonly segments: Readonly<Record<string, number>>;
}): TrainingContent {
  const inOrder = [...days].sort((a, b) => a.day - b.day);
  return {
    model,
    training: formatWindow(windows.training),
    reason: windows.reason,
    holdout: formatWindow(windows.holdout),
    exclude,
    rows: days.reduce((sum, { rows }) => sum + rows, 0),
    days: Object.fromEntries(inOrder.map(({ day, rows, checksum }) => [formatDay(day), { rows, checksum }])),
    segments,
  };
}
