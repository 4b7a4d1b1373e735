import { describe, expect, it } from 'vitest';

import {
  calibrateColumn,
  type CalibrationInput,
  type ColumnCalibration,
} from '../../../core/calibration/calibration.ts';
import { defaultMethodOf } from '../../../core/calibration/default-method.ts';
import { buildCategoricalGrid, buildContinuousGrid } from '../../../core/profile/grid.ts';
import { buildProfile } from '../../../core/profile/profile.ts';
import { dayMs, weekMs } from '../../../core/window.ts';
import { autoregressive, hoursOf } from './made-hours.ts';

const dayCount = 200;
const { grid, hours } = hoursOf(autoregressive(dayCount * 24, 0.8), 24, dayMs);
const end = dayCount * dayMs;
const input: CalibrationInput = {
  grid,
  method: 'wasserstein',
  windowLength: dayMs,
  end,
  reference: [{ start: 0, end }],
  hours,
};
const calibrated = (changes: Partial<CalibrationInput>): ColumnCalibration =>
  calibrateColumn({ ...input, ...changes });

describe('calibrateColumn', () => {
  const calibration = calibrateColumn(input);

  it('learns how much days differ from the reference and from those before', () => {
    expect(calibration.reference).toMatchObject({ windows: dayCount });
    expect(calibration.recent).toMatchObject({ lookback: expect.any(Number) as number });
    expect(calibration).toMatchObject({
      version: 1,
      method: 'wasserstein',
      usualRows: 24,
      windows: dayCount,
    });
    expect(calibration.designEffect).toBeGreaterThan(5);
  });

  it('is small and survives JSON', () => {
    const json = JSON.stringify(calibration);
    expect(JSON.parse(json)).toEqual(calibration);
    expect(json.length).toBeLessThan(1_000);
  });

  it('counts weeks that overlap as what they tell', () => {
    const ofWeeks = calibrated({ windowLength: weekMs });
    expect(ofWeeks.reference).toMatchObject({ windows: dayCount - 6 });
    if ('unknown' in ofWeeks.reference) throw new Error(ofWeeks.reference.unknown);
    expect(ofWeeks.reference.independent).toBeLessThan(dayCount / 7);
    expect(ofWeeks.windows).toBeCloseTo((dayCount - 6) / 7, 6);
  });

  it('says why it knows nothing: few windows, or a reference that moves', () => {
    const few = calibrated({ windowLength: weekMs, reference: [{ start: end - 5 * weekMs, end }] });
    expect(few.reference).toMatchObject({
      unknown: expect.stringMatching(/^the 29 past windows tell no more than \d/) as string,
    });
    const trend = hoursOf(
      autoregressive(dayCount * 24, 0).map((noise, hour) => noise + hour / 400),
      24,
      dayMs,
    );
    const moving = calibrated({ ...trend });
    expect(moving.reference).toMatchObject({ unknown: expect.stringContaining('12 are needed') as string });
    expect(moving.recent).toHaveProperty('lookback', 1);
    expect(calibrated({ hours: [] })).toMatchObject({ windows: 0, usualRows: 0 });
  });

  it('leaves out windows that are only a part of one', () => {
    const thin = hours.map(({ start, profile }, day) =>
      day % 10 === 0 ? { start, profile: buildProfile(grid, Float64Array.of(9)) } : { start, profile },
    );
    const without = calibrated({ hours: thin });
    expect(without.reference).toMatchObject({ windows: dayCount * 0.9 });
    expect(without.reference).not.toMatchObject({ largest: expect.closeTo(9, 0) as number });
  });

  it('compares each window with its own weeks where the reference is seasonal', () => {
    const seasonal = calibrated({ reference: { weeks: 4 } });
    expect(seasonal.reference).toMatchObject({ windows: dayCount - 28 });
  });

  it('knows levels as well', () => {
    const levels = buildCategoricalGrid(['a', 'a', 'b']);
    const profile = buildProfile(levels, ['a', 'a', 'b', 'b', 'a']);
    const still = calibrateColumn({
      ...input,
      grid: levels,
      method: 'jensen-shannon',
      hours: hours.map(({ start }) => ({ start, profile })),
    });
    expect(still.reference).toMatchObject({ median: 0, largest: 0 });
  });
});

describe('defaultMethodOf', () => {
  const numbers = Float64Array.from({ length: 500 }, (_, i) => i);
  it.each([
    ['wasserstein', 'numbers', buildContinuousGrid(numbers)],
    [
      'kolmogorov-smirnov',
      'numbers of which a fifth are 0',
      buildContinuousGrid(numbers.map((n) => (n < 100 ? 0 : n))),
    ],
    ['jensen-shannon', 'levels', buildCategoricalGrid(['a', 'b'])],
    ['wasserstein', 'nothing', buildContinuousGrid(new Float64Array(0))],
  ] as const)('is %s for %s', (method, _, grid) => {
    expect(defaultMethodOf(grid)).toBe(method);
  });
});
