/** What the hours of a model add up to, by version and segment. */

import { decodeSummary } from '../../core/performance/encode.ts';
import type { OutcomeSummary } from '../../core/performance/summary.ts';
import type { Window } from '../../core/window.ts';
import type { Queryable } from '../../sql/database.ts';
import { readSummaries } from './summary-store.ts';

/** What served in an hour, of one version and segment. */
export interface ServedHour {
  readonly hour: number;
  readonly segment: string;
  readonly version: string;
  readonly predictions: number;
  readonly outcomes: number;
  readonly summary: OutcomeSummary;
}

/** The hours of some windows, in the order of time: of all rows together (`''`), or of all segments as well. */
export async function readServedHours(
  connection: Queryable,
  model: string,
  windows: readonly Window[],
  segments: 'all segments' | 'all rows',
): Promise<ServedHour[]> {
  const hours: ServedHour[] = [];
  for (const window of windows.toSorted((a, b) => a.start - b.start)) {
    for (const { content, ...hour } of await readSummaries(connection, model, window, segments)) {
      hours.push({ ...hour, summary: decodeSummary(content) });
    }
  }
  return hours;
}

export function hoursWithin<Hour extends Pick<ServedHour, 'hour'>>(
  hours: readonly Hour[],
  { start, end }: Window,
): readonly Hour[] {
  return hours.filter(({ hour }) => hour >= start && hour < end);
}

export function countsOf(hours: readonly Pick<ServedHour, 'predictions' | 'outcomes'>[]): {
  readonly predictions: number;
  readonly outcomes: number;
} {
  return {
    predictions: hours.reduce((sum, { predictions }) => sum + predictions, 0),
    outcomes: hours.reduce((sum, { outcomes }) => sum + outcomes, 0),
  };
}
