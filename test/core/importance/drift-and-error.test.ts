import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

import { correlateDriftAndError, type DriftAndError } from '../../../core/importance/drift-and-error.ts';
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
      reason: '7 windows apart from each other have both drift and error, 8 are needed',
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
