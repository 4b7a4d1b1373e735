/** The axis of bar charts: one bar a name. */

import { axisLine, axisText } from './chart-parts.ts';
import type { ChartOption } from './charts.ts';

type Axis = Exclude<NonNullable<ChartOption['xAxis']>, readonly unknown[]>;

/** So many names fit. */
const mostMarks = 6;

/**
 * Names in their order, as many of them marked as fit: counted from the end, since the last day is the one that matters.
 *
 * @example nameAxis(['May 1', 'May 2']).data // ['May 1', 'May 2']
 */
export function nameAxis(names: readonly string[]): Axis {
  const step = Math.max(1, Math.ceil(names.length / mostMarks));
  return {
    type: 'category',
    data: [...names],
    axisLine,
    axisTick: { show: false },
    axisLabel: { ...axisText, interval: (i: number) => (names.length - 1 - i) % step === 0 },
  };
}
