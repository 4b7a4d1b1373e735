import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { evaluateSummary } from '../../../core/performance/evaluate.ts';
import type { MetricName } from '../../../core/performance/metrics.ts';
import { isMetricName } from '../../../core/performance/metrics.ts';
import { summarizeRegression, type RegressionSummary } from '../../../core/performance/regression-summary.ts';
import { emptySummary, mergeSummaries } from '../../../core/performance/summary.ts';
import type { Computed } from '../../../core/verdict.ts';
import { valueOf } from '../../../core/verdict.ts';

type Row = readonly [prediction: number, actual: number, peak?: boolean];

function summaryOf(rows: readonly Row[]): RegressionSummary {
  return summarizeRegression({
    predictions: Float64Array.from(rows, ([prediction]) => prediction),
    actuals: Float64Array.from(rows, ([, actual]) => actual),
    isPeak: Uint8Array.from(rows, ([, , peak]) => (peak === true ? 1 : 0)),
  });
}

function isClose(a: Computed, b: Computed | undefined): boolean {
  const [left, right] = [valueOf(a), valueOf(b)];
  return left === right || Math.abs(left! - right!) <= 1e-9 * Math.max(1, Math.abs(left!));
}

const regressionMetrics = (summary: RegressionSummary) =>
  evaluateSummary(summary, { minimumOutcomes: 0 }).metrics;
const metricsOf = (rows: readonly Row[]) => regressionMetrics(summaryOf(rows));

describe('regressionMetrics', () => {
  it('measures the errors in the unit of the actual', () => {
    const { rmse, mae, bias } = metricsOf([
      [13, 10],
      [16, 20],
    ]);
    expect(rmse).toEqual({ value: Math.sqrt((9 + 16) / 2) });
    expect(mae).toEqual({ value: 3.5 });
    expect(bias).toEqual({ value: -0.5 });
  });

  it('is perfect for perfect predictions', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.double({ min: 1, max: 1e9, noNaN: true }), { minLength: 2 }),
        (actuals) => {
          const zero = { value: 0 };
          expect(metricsOf(actuals.map((actual) => [actual, actual, true]))).toMatchObject({
            rmse: zero,
            mae: zero,
            mape: zero,
            bias: zero,
            peak_hour_mape: zero,
            r2: { value: 1 },
          });
        },
      ),
    );
  });

  it('has no value without outcomes', () => {
    for (const metric of Object.values(metricsOf([]))) expect(metric).toHaveProperty('notComputable');
  });

  it('gives an r2 of 0 to the mean as prediction', () => {
    expect(
      metricsOf([
        [2, 1],
        [2, 3],
      ]).r2,
    ).toEqual({ value: 0 });
  });

  it('has no r2 for constant actuals, also merged ones, and for a single outcome', () => {
    const constant = { notComputable: 'all actuals are equal' };
    const part = summaryOf([
      [1, 0.1],
      [2, 0.1],
      [3, 0.1],
    ]);
    expect(regressionMetrics(part).r2).toEqual(constant);
    expect(regressionMetrics(mergeSummaries([part, part])).r2).toEqual(constant);
    expect(metricsOf([[1, 2]]).r2).toEqual({ notComputable: 'at least 2 outcomes are needed' });
  });

  it('keeps r2 of values around 1e12 as exact as the differences are', () => {
    const rows: Row[] = Array.from({ length: 1000 }, (_, i) => [1e12 + (i % 7), 1e12 + (i % 10)]);
    const small: Row[] = rows.map(([prediction, actual]) => [prediction - 1e12, actual - 1e12]);
    expect(metricsOf(rows).r2).toEqual(metricsOf(small).r2);
  });
});

describe('MAPE', () => {
  it('divides by the absolute actual, so that a negative one counts like a positive one', () => {
    expect(
      metricsOf([
        [-8, -10],
        [12, 10],
      ]).mape,
    ).toEqual({ value: 0.2 });
  });

  it('leaves rows with an actual of 0 out and counts them', () => {
    const sums = summaryOf([
      [5, 0],
      [5, -0],
      [11, 10],
    ]);
    expect(regressionMetrics(sums).mape).toEqual({ value: 0.1 });
    expect(sums.counts.zeroActuals).toBe(2);
  });

  it('has no value when every actual is 0, and the other metrics have', () => {
    const metrics = metricsOf([
      [1, 0],
      [3, 0],
    ]);
    expect(metrics.mape).toEqual({ notComputable: 'the actuals of all 2 outcomes are 0' });
    expect(metrics.mae).toEqual({ value: 2 });
  });

  it('of the peak hours reads the peak rows only', () => {
    expect(
      metricsOf([
        [15, 10, true],
        [10, 10],
        [3, 0, true],
      ]).peak_hour_mape,
    ).toEqual({ value: 0.5 });
  });

  it('of the peak hours has no value without a peak row or with peak actuals of 0 only', () => {
    expect(metricsOf([[1, 2]]).peak_hour_mape).toEqual({ notComputable: 'no outcome lies in a peak hour' });
    expect(
      metricsOf([
        [1, 0, true],
        [1, 2],
      ]).peak_hour_mape,
    ).toEqual({
      notComputable: 'the actuals of all 1 peak-hour outcomes are 0',
    });
  });
});

describe('the relative errors', () => {
  it('sMAPE counts 0 where both are 0, and 2 where one is', () => {
    expect(metricsOf([[0, 0]]).smape).toEqual({ value: 0 });
    expect(
      metricsOf([
        [5, 0],
        [0, -3],
      ]).smape,
    ).toEqual({ value: 2 });
  });

  it('wMAPE counts rows whose actual is 0, and has no value when all are', () => {
    expect(
      metricsOf([
        [1, 0],
        [8, 10],
      ]).wmape,
    ).toEqual({ value: 0.3 });
    expect(metricsOf([[1, 0]]).wmape).toEqual({ notComputable: 'the actuals of all 1 outcomes are 0' });
  });

  it('sMAPE of actuals near the largest number stays a number', () => {
    expect(metricsOf([[1e308, 1.5e308]]).smape).toEqual({ value: expect.closeTo(0.4, 12) });
  });
});

describe('the median error', () => {
  it('is the middle one, or the mean of the two in the middle', () => {
    expect(
      metricsOf([
        [1, 0],
        [2, 0],
        [99, 0],
      ]).median_ae,
    ).toEqual({ value: 2 });
    expect(
      metricsOf([
        [1, 0],
        [0, 4],
      ]).median_ae,
    ).toEqual({ value: 2.5 });
  });
});

describe('intervals', () => {
  const bounded = (rows: readonly (readonly [actual: number, low: number, high: number])[]) =>
    evaluateSummary(
      summarizeRegression({
        predictions: Float64Array.from(rows, ([actual]) => actual),
        actuals: Float64Array.from(rows, ([actual]) => actual),
        intervalLow: Float64Array.from(rows, ([, low]) => low),
        intervalHigh: Float64Array.from(rows, ([, , high]) => high),
      }),
      { minimumOutcomes: 0, intervalLevels: [0.1, 0.9] },
    );

  it('cover an actual at their bound, and leave out rows without two finite bounds', () => {
    const { metrics, details } = bounded([
      [5, 5, 9],
      [5, 6, 9],
      [5, Number.NaN, 9],
      [5, Number.NEGATIVE_INFINITY, 9],
    ]);
    expect(metrics.interval_coverage).toEqual({ value: 0.5 });
    expect(details).toMatchObject({ intervalRows: 2, coveredRows: 1 });
  });

  it('cost little when they are narrow and hold, more when they are wide or miss', () => {
    const loss = (low: number, high: number) => valueOf(bounded([[5, low, high]]).metrics.pinball_loss)!;
    expect(loss(5, 5)).toBe(0);
    expect(loss(4, 6)).toBeCloseTo(0.1, 12);
    expect(loss(0, 10)).toBeCloseTo(0.5, 12);
    expect(loss(6, 7)).toBeCloseTo((0.9 + 0.1 * 2) / 2, 12);
  });

  it('have no numbers where no prediction has any', () => {
    const none = { notComputable: 'no prediction has an interval' };
    expect(metricsOf([[1, 2]])).toMatchObject({ pinball_loss: none, interval_coverage: none });
  });
});

describe('regression sums', () => {
  const value = fc.integer({ min: -1_000_000, max: 1_000_000 }).map((whole) => whole / 64);
  const row = fc.tuple(value, fc.oneof(value, fc.constant(0)), fc.boolean());

  it('of parts, merged in any order, give the metrics of the whole', () => {
    fc.assert(
      fc.property(fc.array(fc.array(row, { maxLength: 20 }), { minLength: 1, maxLength: 6 }), (parts) => {
        const expected: Partial<Record<MetricName, Computed>> = metricsOf(parts.flat());
        const forward = parts.map((part) => summaryOf(part)).reduce((a, b) => mergeSummaries([a, b]));
        const backward = parts
          .map((part) => summaryOf(part))
          .reduceRight((sums, part) => mergeSummaries([part, sums]));
        for (const merged of [forward, backward]) {
          const metrics = Object.entries(regressionMetrics(merged));
          expect(metrics.map(([name, computed]) => [name, 'value' in computed])).toEqual(
            Object.entries(expected).map(([name, computed]) => [name, 'value' in computed]),
          );
          const apart = metrics.filter(
            ([name, computed]) => !isMetricName(name) || !isClose(computed, expected[name]),
          );
          expect(apart).toEqual([]);
        }
      }),
    );
  });

  it('stay as they are when merged with none', () => {
    const sums = summaryOf([[1, 1e9]]);
    expect(mergeSummaries([sums, emptySummary('regression')])).toEqual(sums);
    expect(mergeSummaries([emptySummary('regression'), sums])).toEqual(sums);
  });

  it('leave out and count rows that are not finite', () => {
    const sums = summaryOf([
      [Number.NaN, 1],
      [1, Number.NaN],
      [Number.NEGATIVE_INFINITY, 1],
      [2, 1],
    ]);
    expect(sums).toMatchObject({ rows: 1, counts: { notFinite: 3 } });
    expect(regressionMetrics(sums).rmse).toEqual({ value: 1 });
    expect(mergeSummaries([summaryOf([[Number.NaN, 1]]), sums])).toMatchObject({
      rows: 1,
      counts: { notFinite: 4 },
    });
  });

  it('never give NaN or infinity, however large the errors', () => {
    for (const metric of Object.values(
      metricsOf([
        [1e200, -1e200],
        [1, 2],
      ]),
    )) {
      expect('notComputable' in metric || Number.isFinite(metric.value)).toBe(true);
    }
    expect(metricsOf([[1e200, 1]]).rmse).toEqual({ notComputable: 'the errors are too large for a number' });
  });

  it('refuse arrays of different lengths', () => {
    const outcomes = { predictions: new Float64Array(2), actuals: new Float64Array(3) };
    expect(() => summarizeRegression(outcomes)).toThrow(
      expect.objectContaining({ code: 'INVALID_STATISTIC_INPUT' }),
    );
  });
});

describe('bounds', () => {
  it('bias within MAE, MAE within RMSE, r2 at most 1', () => {
    const value = fc.integer({ min: -1_000_000, max: 1_000_000 });
    fc.assert(
      fc.property(fc.array(fc.tuple(value, value), { minLength: 1 }), (rows) => {
        const metrics = metricsOf(rows);
        const [rmse, mae, bias] = [metrics.rmse, metrics.mae, metrics.bias].map((metric) => valueOf(metric)!);
        expect(Math.abs(bias!)).toBeLessThanOrEqual(mae!);
        expect(mae).toBeLessThanOrEqual(rmse! * (1 + 1e-12));
        expect(valueOf(metrics.r2) ?? 0).toBeLessThanOrEqual(1);
      }),
    );
  });
});
