import { describe, expect, it } from 'vitest';

import { designEffect, effectiveSizes } from '../../../core/calibration/effective-size.ts';
import { buildCategoricalGrid } from '../../../core/profile/grid.ts';
import { buildProfile } from '../../../core/profile/profile.ts';
import { dayMs } from '../../../core/window.ts';
import { autoregressive, hoursOf } from './made-hours.ts';

/** Rows of days, 24 in each unless said otherwise. */
const effectOf = (values: Float64Array, perDay = 24): number => {
  const { grid, hours } = hoursOf(values, perDay, dayMs);
  return designEffect(grid, hours);
};

describe('designEffect', () => {
  it('is near 1 for independent rows', () => {
    expect(effectOf(autoregressive(10_000, 0))).toBeLessThan(1.4);
  });

  it('is near (1 + c) / (1 - c) for an autocorrelation of c from hour to hour', () => {
    expect(effectOf(autoregressive(20_000, 0.8))).toBeGreaterThan(9 / 1.35);
    expect(effectOf(autoregressive(20_000, 0.8))).toBeLessThan(9 * 1.35);
    expect(effectOf(autoregressive(20_000, 0.95))).toBeGreaterThan(39 / 1.5);
    expect(effectOf(autoregressive(20_000, 0.95))).toBeLessThan(39 * 1.5);
  });

  it('counts rows that repeat each other', () => {
    const values = autoregressive(4_000, 0);
    const repeated = Float64Array.from({ length: 40_000 }, (_, i) => values[Math.floor(i / 10)]!);
    expect(effectOf(repeated, 100)).toBeGreaterThan(10 / 1.35);
    expect(effectOf(repeated, 100)).toBeLessThan(10 * 1.35);
  });

  it('is not raised by a rhythm of the day', () => {
    const rhythm = autoregressive(10_000, 0).map(
      (noise, hour) => noise + 3 * Math.sin((hour / 24) * 2 * Math.PI),
    );
    expect(effectOf(rhythm)).toBeLessThan(1.2);
  });

  it('knows levels that stay for days', () => {
    const grid = buildCategoricalGrid(['a', 'b']);
    const ofDays = (levels: readonly (readonly string[])[]) =>
      levels.map((of, day) => ({ start: day * dayMs, profile: buildProfile(grid, of) }));
    const staying = [...autoregressive(800, 0)].map((value) =>
      Array.from({ length: 24 }, () => (value > 0 ? 'a' : 'b')),
    );
    expect(designEffect(grid, ofDays(staying))).toBeGreaterThan(24 / 1.5);
    const mixed = staying.map((day) => day.map((_, hour) => (hour % 2 === 0 ? 'a' : 'b')));
    expect(designEffect(grid, ofDays(mixed))).toBe(1);
  });

  it('counts a day as one row where only few days have values at all', () => {
    const grid = buildCategoricalGrid(['fog', 'rain']);
    const weather = Array.from({ length: 28 }, (_, day) => ({
      start: day * dayMs,
      profile: buildProfile(
        grid,
        Array.from({ length: 800 }, () => (day === 1 ? 'fog' : day === 7 || day === 19 ? 'rain' : null)),
      ),
    }));
    expect(designEffect(grid, weather)).toBe(800);
    expect(effectiveSizes({ reference: 2_400, current: 800 }, 800)).toEqual({ reference: 3, current: 1 });
  });

  it('is 1 for a constant, and for less than four hours', () => {
    expect(effectOf(new Float64Array(500).fill(3))).toBe(1);
    const { grid, hours } = hoursOf(Float64Array.of(1, 2, 3));
    expect(designEffect(grid, hours)).toBe(1);
    expect(designEffect(grid, [])).toBe(1);
  });
});

it('divides both sizes', () => {
  expect(effectiveSizes({ reference: 800, current: 80 }, 4)).toEqual({ reference: 200, current: 20 });
});
