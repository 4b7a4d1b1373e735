import { describe, expect, it } from 'vitest';

import {
  differenceWords,
  limitsText,
  measuredText,
} from '../../../console/performance-report/metric-words.ts';

const at = (value: number, ...interval: [] | [number, number]) => ({
  value,
  ...(interval.length === 2 && { interval }),
});

describe('differenceWords', () => {
  it('counts what has a unit in percent, ratios in points, scores as they are', () => {
    expect(differenceWords('rmse', at(60), at(50))).toBe('20% worse');
    expect(differenceWords('log_loss', at(0.45), at(0.5))).toBe('10% better');
    expect(differenceWords('accuracy', at(0.81), at(0.9))).toBe('9 points worse');
    expect(differenceWords('r2', at(0.75), at(0.8))).toBe('0.05 worse');
    expect(differenceWords('bias', at(-8), at(4))).toBe('4 worse');
    expect(differenceWords('rmse', at(1), at(0))).toBe('1 worse');
  });

  it('calls a difference clear only where the intervals do not overlap', () => {
    expect(differenceWords('rmse', at(60, 57, 63), at(50, 48, 52))).toBe('20% worse');
    expect(differenceWords('rmse', at(51, 47, 55), at(50, 48, 52))).toBe('2% worse, within chance');
    expect(differenceWords('rmse', at(51), at(50, 48, 52))).toBe('2% worse, within chance');
    expect(differenceWords('rmse', at(60), at(50, 48, 52))).toBe('20% worse');
  });

  it('says nothing of what has no better or worse, or no number', () => {
    expect(differenceWords('confidence', at(0.8), at(0.7))).toBe('');
    expect(differenceWords('rmse', at(1), { notComputable: 'no outcomes' })).toBe('');
    expect(differenceWords('rmse', at(1), at(1))).toBe('the same');
  });
});

it('writes values with their intervals, and why there is none', () => {
  expect(measuredText('rmse', at(51.234, 47.12, 55.41))).toBe('51.2 (47.1 to 55.4)');
  expect(measuredText('accuracy', at(0.8123))).toBe('81.2%');
  expect(measuredText('r2', { notComputable: 'all actuals are equal' })).toBe(
    'not computable: all actuals are equal',
  );
});

it('writes limits in full', () => {
  expect(limitsText('rmse', { warning: 65, critical: 80 })).toBe('warning 65, critical 80');
  expect(limitsText('accuracy', { critical: 0.755 })).toBe('critical 75.5%');
  expect(limitsText('rmse')).toBe('');
});
