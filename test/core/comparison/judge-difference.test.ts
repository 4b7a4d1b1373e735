import { describe, expect, it } from 'vitest';

import type { MetricDifference } from '../../../core/comparison/compare-losses.ts';
import { judgeDifference } from '../../../core/comparison/judge-difference.ts';

const between = { subject: 'version 2', against: 'version 1', rows: 'the same rows' } as const;

function differing(
  metric: MetricDifference['metric'],
  [value, against]: readonly [number, number],
  [low, high]: readonly [number, number],
): MetricDifference {
  const certainty = { low, high, pValue: 0.01, degreesOfFreedom: 6 };
  return {
    metric,
    rows: 148,
    againstRows: 152,
    found: { value, against, difference: value - against, certainty },
  };
}

describe('judgeDifference', () => {
  it.each([
    ['rmse', [58, 80], [-30, -14], 'better'],
    ['rmse', [80, 58], [14, 30], 'not-better'],
    ['rmse', [80, 78], [-4, 8], 'unclear'],
    ['accuracy', [0.9, 0.8], [0.05, 0.15], 'better'],
    ['accuracy', [0.8, 0.9], [-0.15, -0.05], 'not-better'],
    ['brier', [0.1, 0.2], [-0.2, -0.05], 'better'],
    ['roc_auc', [0.9, 0.8], [0.05, 0.15], 'better'],
    ['conversion', [0.031, 0.024], [0.001, 0.013], 'higher'],
    ['mean_actual', [10, 12], [-3, -1], 'lower'],
    ['mean_actual', [10, 12], [-5, 1], 'unclear'],
  ] as const)('%s %j, interval %j: %s', (metric, values, interval, verdict) => {
    expect(judgeDifference(differing(metric, values, interval), between).verdict).toBe(verdict);
  });

  it('says the numbers, on which rows, and how sure they are', () => {
    expect(judgeDifference(differing('rmse', [58, 80], [-30, -14]), between).reason).toBe(
      'version 2 is better than version 1: RMSE 58 against 80 on the same 148 rows (difference -22, 95% -30 to -14, p 0.01)',
    );
  });

  it('writes differences of shares in points, and says when rows are different ones', () => {
    const rows = 'different rows of the same hours';
    expect(
      judgeDifference(differing('conversion', [0.031, 0.024], [0.001, 0.013]), { ...between, rows }).reason,
    ).toBe(
      'the conversion of version 2 is higher than that of version 1: conversion 3.1% against 2.4% on different rows of the same hours, 148 and 152 (difference 0.7 points, 95% 0.1 points to 1.3 points, p 0.01)',
    );
  });

  it('says what is missing', () => {
    const none: MetricDifference = {
      metric: 'mae',
      rows: 0,
      againstRows: 0,
      found: { notComputable: 'there are no rows to compare' },
    };
    expect(judgeDifference(none, between)).toEqual({
      verdict: 'insufficient-data',
      reason:
        'version 2 and version 1 cannot be compared by MAE on the same rows: there are no rows to compare',
    });
    const unsure = {
      ...differing('mae', [1, 2], [0, 0]).found,
      certainty: { notComputable: 'the rows are of 1 day' },
    };
    expect(judgeDifference({ metric: 'mae', rows: 5, againstRows: 5, found: unsure }, between)).toEqual({
      verdict: 'insufficient-data',
      reason:
        'whether version 2 is better than version 1 is not known: MAE 1 against 2 on the same 5 rows; the rows are of 1 day',
    });
  });
});
