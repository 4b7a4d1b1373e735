import { describe, expect, it } from 'vitest';

import { timeAxis } from '../../console/time-axis.ts';
import { dayMs } from '../../core/window.ts';

const marked = (...days: readonly number[]) => {
  const { axisLabel } = timeAxis(days.map((day) => day * dayMs)) as {
    axisLabel: { customValues: readonly number[] };
  };
  return axisLabel.customValues.map((instant) => instant / dayMs);
};

describe('the words of an axis of time', () => {
  const words = (...instants: readonly number[]) => {
    const { axisLabel } = timeAxis(instants) as unknown as {
      axisLabel: { customValues: readonly number[]; formatter: (instant: number) => string };
    };
    return axisLabel.customValues.map((instant) => axisLabel.formatter(instant));
  };

  it('are days where all instants are, however few, and hours within few days', () => {
    expect(words(0, dayMs)).toEqual(['Jan 1', 'Jan 2']);
    expect(words(0, dayMs / 2, dayMs)).toEqual(['00:00', '12:00', '00:00']);
  });
});

describe('the marks of an axis of time', () => {
  it('are all instants where they are few', () => {
    expect(marked(0, 1, 2)).toEqual([0, 1, 2]);
    expect(marked(7)).toEqual([7]);
  });

  it('are at even steps, the last one always', () => {
    expect(marked(0, 1, 2, 3, 4, 5, 6, 7, 8, 9)).toEqual([1, 3, 5, 7, 9]);
  });

  it('keep their distance where most instants are at one end', () => {
    expect(marked(0, 1, 44, 45, 46, 47, 48, 49, 50)).toEqual([1, 50]);
  });
});
