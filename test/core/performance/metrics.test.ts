import { describe, expect, it } from 'vitest';

import {
  betterBy,
  distinctTexts,
  isMetricName,
  metricText,
  percentText,
} from '../../../core/performance/metrics.ts';

describe('betterBy', () => {
  it('is positive for what is better in the direction of the metric', () => {
    expect(betterBy('rmse', 58, 101)).toBe(43);
    expect(betterBy('accuracy', 0.5, 0.75)).toBe(-0.25);
  });

  it('counts a bias by its distance from 0 on either side', () => {
    expect(betterBy('bias', -12, 10)).toBe(-2);
    expect(betterBy('bias', 3, -10)).toBe(7);
  });

  it('is undefined for confidence', () => {
    expect(betterBy('confidence', 0.9, 0.8)).toBeUndefined();
  });
});

describe('metricText', () => {
  it('writes ratios as percent and other numbers bare', () => {
    expect(metricText('mape', 0.18249)).toBe('18.25%');
    expect(metricText('rmse', 101.2345)).toBe('101.2');
    expect(metricText('bias', -0.000123456)).toBe('-0.0001235');
    expect(metricText('r2', 0)).toBe('0');
  });

  it('never rounds off whole digits', () => {
    expect(metricText('rmse', 123456.7)).toBe('123457');
  });

  it('writes percent without floating-point noise', () => {
    expect(percentText(0.07)).toBe('7%');
    expect(percentText(0.92857)).toBe('92.9%');
  });
});

describe('distinctTexts', () => {
  it('uses as many digits as tell two values apart', () => {
    expect(distinctTexts('rmse', 75.00004, 75)).toEqual(['75.00004', '75']);
    expect(distinctTexts('rmse', 101.23456, 75)).toEqual(['101.2', '75']);
    expect(distinctTexts('accuracy', 0.8, 0.8)).toEqual(['80%', '80%']);
  });
});

describe('isMetricName', () => {
  it('knows the metrics and nothing that every object has', () => {
    expect(isMetricName('peak_hour_mape')).toBe(true);
    expect(isMetricName('constructor')).toBe(false);
  });
});
