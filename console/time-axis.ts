/** The axis of charts through time. */

import { dayMs, formatInstant } from '../core/window.ts';
import { axisLine, axisText } from './chart-parts.ts';
import type { ChartOption } from './charts.ts';

type Axis = Exclude<NonNullable<ChartOption['xAxis']>, readonly unknown[]>;

/**
 * From the first to the last of some instants (epoch ms, in order), with at most so many of them marked, the last one always.
 *
 * @example timeAxis([0, dayMs, 2 * dayMs]).axisLabel // marks all three: Jan 1, Jan 2, Jan 3
 */
export function timeAxis(instants: readonly number[], mostMarks = 5): Axis {
  const [first, last] = [instants[0]!, instants.at(-1)!];
  const marks = evenly(instants, mostMarks);
  return {
    type: 'value',
    min: first,
    max: last,
    axisLine,
    axisTick: { show: true, lineStyle: { color: 'var(--axis)' }, customValues: marks },
    splitLine: { show: false },
    axisLabel: {
      ...axisText,
      customValues: marks,
      formatter: last - first < fewDaysMs && !marks.every(isMidnight) ? hourText : dayText,
    },
  };
}

const fewDaysMs = 4 * dayMs;

const isMidnight = (instant: number): boolean => instant % dayMs === 0;

/** The last instant, and others before it, each so far from the next that their texts do not meet. */
function evenly(instants: readonly number[], mostMarks: number): number[] {
  const leastApart = (instants.at(-1)! - instants[0]!) / mostMarks;
  const marks: number[] = [];
  for (const instant of instants.toReversed()) {
    if (marks.length === 0 || marks[0]! - instant > leastApart) marks.unshift(instant);
  }
  return marks;
}

/** @example 'May 13' */
export function dayText(instant: number): string {
  return dayFormat.format(instant);
}

/** @example '14:00' */
function hourText(instant: number): string {
  return formatInstant(instant).slice(11, 16);
}

const dayFormat = new Intl.DateTimeFormat('en-US', { timeZone: 'UTC', month: 'short', day: 'numeric' });
