/** A metric over time in words and letters, for whoever sees no picture. */

import { formatSignificant } from '../number-text.ts';
import { formatDay } from '../window.ts';
import type { AlertSeries } from './message.ts';

const bars = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'] as const;
/** What fits on a line of a phone. */
const mostBars = 24;

/**
 * Values as a row of bars: the lowest is the lowest bar, the highest the highest. Of more than 24 values each bar is the last of
 * its share. Values that are all the same are bars of middle height; no values give an empty text.
 *
 * @example sparkline([1, 2, 3, 8]) // '▁▂▃█'
 */
export function sparkline(values: readonly number[]): string {
  const count = Math.min(values.length, mostBars);
  const shown = Array.from(
    { length: count },
    (_, i) => values[Math.ceil(((i + 1) * values.length) / count) - 1]!,
  );
  const low = Math.min(...shown);
  const span = Math.max(...shown) - low;
  return shown
    .map((value) => bars[span === 0 ? 3 : Math.round(((value - low) / span) * (bars.length - 1))])
    .join('');
}

/**
 * What does a series show, in words?
 *
 * @example
 * const points = [[Date.UTC(2011, 4, 13), 58.4], [Date.UTC(2011, 4, 20), 101.2]];
 * seriesText({ label: 'RMSE over 7 days', limit: 75, points })
 * // 'RMSE over 7 days: 58.4 on 2011-05-13, 101 on 2011-05-20, limit 75'
 */
export function seriesText({ label, unit, limit, points }: AlertSeries): string {
  const [first, last] = [points[0], points.at(-1)];
  const number = (value: number): string => seriesNumber(value, unit);
  const ends = [first, ...(points.length > 1 ? [last] : [])].flatMap((point) =>
    point === undefined ? [] : [`${number(point[1])} on ${formatDay(point[0])}`],
  );
  return `${label}: ${[...ends, ...(limit === undefined ? [] : [`limit ${number(limit)}`])].join(', ')}`;
}

/**
 * A value of a series with its unit.
 *
 * @example [seriesNumber(60, '%'), seriesNumber(101.234, undefined)] // ['60%', '101']
 */
export function seriesNumber(value: number, unit: string | undefined): string {
  return `${formatSignificant(value)}${unit === undefined ? '' : unit === '%' ? unit : ` ${unit}`}`;
}
