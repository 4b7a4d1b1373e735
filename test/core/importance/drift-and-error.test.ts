import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

import {
  correlateDriftAndError,
  correlateFeatures,
  type DriftAndError,
} from '../../../core/importance/drift-and-error.ts';
import { dayMs, weekMs } from '../../../core/window.ts';

const oracle = JSON.parse(
  readFileSync(new URL('../../oracles/multivariate.json', import.meta.url), 'utf8'),
) as {
  driftAndError: {
    readonly drift: readonly number[];
    readonly error: readonly number[];
    readonly correlation: number;
    readonly pValue: number;
  }[];
};

/** Weeks one after the other. */
const weeks = (drift: readonly number[], error: readonly number[]): DriftAndError[] =>
  drift.map((each, i) => ({
    window: { start: i * weekMs, end: (i + 1) * weekMs },
    drift: each,
    error: error[i]!,
  }));
const rising = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];

describe('correlateDriftAndError', () => {
  it.each(oracle.driftAndError)(
    'agrees with scipy.stats.spearmanr: $correlation',
    ({ drift, error, correlation, pValue }) => {
      const found = correlateDriftAndError(weeks(drift, error));
      expect(found).toMatchObject({ windows: 12 });
      if ('level' in found) throw new Error(found.reason);
      expect(found.correlation).toBeCloseTo(correlation, 12);
      expect(found.pValue).toBeCloseTo(pValue, 12);
    },
  );

  it('looks at ranks: any rise counts as one', () => {
    expect(correlateDriftAndError(weeks(rising, rising.map(Math.exp)))).toMatchObject({
      correlation: 1,
      windows: 10,
    });
    expect(
      correlateDriftAndError(
        weeks(
          rising,
          rising.map((value) => -value),
        ),
      ),
    ).toMatchObject({ correlation: -1 });
  });

  it('counts windows that overlap once: a week that is judged every day is one week', () => {
    const daily = Array.from({ length: 70 }, (_, i) => ({
      window: { start: i * dayMs, end: i * dayMs + weekMs },
      drift: i,
      error: i,
    }));
    expect(correlateDriftAndError(daily)).toMatchObject({ windows: 10 });
    expect(correlateDriftAndError(daily.slice(0, 45))).toEqual({
      level: 'insufficient-data',
      reason: 'drift and error are both known of 7 separate windows, 8 are needed',
    });
  });

  it('says nothing where either never changes, or there is nothing', () => {
    expect(
      correlateDriftAndError(
        weeks(
          rising,
          rising.map(() => 3),
        ),
      ),
    ).toEqual({
      level: 'insufficient-data',
      reason: 'the error is the same in all 10 windows',
    });
    expect(
      correlateDriftAndError(
        weeks(
          rising.map(() => 0),
          rising,
        ),
      ),
    ).toHaveProperty('level', 'insufficient-data');
    expect(correlateDriftAndError([])).toHaveProperty('level', 'insufficient-data');
  });
});

describe('correlateFeatures', () => {
  const falling = rising.toReversed();
  const zigzag = [3, 8, 1, 9, 4, 7, 2, 10, 5, 6];

  it('names the features whose drift goes together with the error, corrected for all that were looked at', () => {
    const series = new Map([
      ['hum', weeks(rising, rising)],
      ['temp', weeks(rising, falling)],
      ['windspeed', weeks(rising, zigzag)],
      ['new', weeks([1], [1])],
    ]);
    const found = correlateFeatures(series, { metric: 'rmse', alpha: 0.05 });
    expect(found.map(({ feature, related }) => [feature, related])).toEqual([
      ['hum', 'yes'],
      ['temp', 'yes'],
      ['windspeed', 'no'],
      ['new', 'unknown'],
    ]);
    expect(found.map(({ reason }) => reason)).toEqual([
      'hum: the more it drifts, the worse the RMSE (rank correlation 1 over 10 windows, p 8.3e-7 after correction)',
      'temp: the more it drifts, the better the RMSE (rank correlation -1 over 10 windows, p 8.3e-7 after correction)',
      expect.stringMatching(
        /^windspeed: its drift and the RMSE do not go together \(rank correlation 0\.\d+ over 10 windows, p 0\.\d+ after correction\)$/,
      ),
      'new: drift and error are both known of 1 separate window, 8 are needed',
    ]);
    const windspeed = found[2]!;
    expect(windspeed.adjustedPValue).toBe(windspeed.pValue);
    expect(found[3]).toMatchObject({ correlation: null, pValue: null, windows: null });
  });

  it('knows that less accuracy is more error', () => {
    const [found] = correlateFeatures(new Map([['hum', weeks(rising, falling)]]), {
      metric: 'accuracy',
      alpha: 0.05,
    });
    expect(found).toMatchObject({ related: 'yes', correlation: 1 });
    expect(found!.reason).toContain('the worse the accuracy');
  });

  it('says nothing of no feature', () => {
    expect(correlateFeatures(new Map(), { metric: 'rmse', alpha: 0.05 })).toEqual([]);
  });
});
