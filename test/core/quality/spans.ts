/** Hours of made-up columns. */

import {
  buildCategoricalGrid,
  buildContinuousGrid,
  type CategoricalGrid,
  type ContinuousGrid,
} from '../../../core/profile/grid.ts';
import { buildProfile } from '../../../core/profile/profile.ts';
import { columnSpan, type ColumnSpan } from '../../../core/quality/column-span.ts';
import { dayMs, hourMs } from '../../../core/window.ts';

/** Midnight of a Monday. */
export const start = Date.parse('2024-01-01T00:00:00Z');

type Grid = ContinuousGrid | CategoricalGrid;

/** One span an hour from `first` hours after the start on: a value of its own, or several. */
export function hoursWith(grid: Grid, values: readonly unknown[], first = 0): ColumnSpan[] {
  return values.map((value, i) => {
    const hour = start + (first + i) * hourMs;
    const rows = Array.isArray(value) ? value : [value];
    return columnSpan({ start: hour, end: hour + hourMs }, buildProfile(grid as ContinuousGrid, rows), grid);
  });
}

/** One span a day. */
export function daysWith(grid: Grid, days: readonly (readonly unknown[])[]): ColumnSpan[] {
  return days.map((rows, i) =>
    columnSpan(
      { start: start + i * dayMs, end: start + (i + 1) * dayMs },
      buildProfile(grid as ContinuousGrid, rows),
      grid,
    ),
  );
}

export const numbers = (values: readonly number[]): ContinuousGrid =>
  buildContinuousGrid(Float64Array.from(values));
export const levels = (values: readonly string[]): CategoricalGrid => buildCategoricalGrid(values);

/** A daily curve between 0 and 20, of hundredths: hour after hour it differs. */
export const curve = (hours: number, first = 0): number[] =>
  Array.from({ length: hours }, (_, i) => {
    const hour = first + i;
    const wobble = ((hour * 37) % 101) / 100;
    return Math.round((10 + 9 * Math.sin((2 * Math.PI * hour) / 24) + wobble) * 100) / 100;
  });
