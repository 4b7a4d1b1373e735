import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { summarizeClassification } from '../../../../core/performance/classification-summary.ts';
import { evaluateSummary } from '../../../../core/performance/evaluate.ts';
import {
  metricIntervals,
  type IntervalOrReason,
  type SummaryBlock,
} from '../../../../core/performance/intervals/metric-intervals.ts';
import { metricTable, type MetricName } from '../../../../core/performance/metrics.ts';
import { summarizeRegression } from '../../../../core/performance/regression-summary.ts';
import { mergeSummaries } from '../../../../core/performance/summary.ts';
import { hourMs } from '../../../../core/window.ts';

interface Row {
  readonly actual: number;
  readonly error: number;
}

/** Rows of hours that follow each other, with an interval of 1 to either side of the prediction. */
function regressionBlocks(hours: readonly (readonly Row[])[], unit = 1): SummaryBlock[] {
  return hours.map((rows, hour) => {
    const predictions = Float64Array.from(rows, ({ actual, error }) => unit * (actual + error));
    const summary = summarizeRegression({
      predictions,
      actuals: Float64Array.from(rows, ({ actual }) => unit * actual),
      isPeak: new Uint8Array(rows.length).fill(hour % 2),
      intervalLow: predictions.map((prediction) => prediction - unit),
      intervalHigh: predictions.map((prediction) => prediction + unit),
    });
    return { start: hour * hourMs, summary };
  });
}

interface Scored {
  readonly score: number;
  readonly isYes: boolean;
}

function classificationBlocks(hours: readonly (readonly Scored[])[]): SummaryBlock[] {
  return hours.map((rows, hour) => {
    const summary = summarizeClassification({
      classes: ['no', 'yes'],
      predictedClasses: rows.map(({ score }) => (score > 0.5 ? 'yes' : 'no')),
      actualClasses: rows.map(({ isYes }) => (isYes ? 'yes' : 'no')),
      probabilities: rows.map(({ score }) => ({ yes: score })),
    });
    return { start: hour * hourMs, summary };
  });
}

const rowArbitrary = fc.record({
  actual: fc.integer({ min: -20, max: 20 }),
  error: fc.integer({ min: -30, max: 30 }).map((tenths) => tenths / 10),
});
const scoredArbitrary = fc.record({
  score: fc.integer({ min: 0, max: 20 }).map((part) => part / 20),
  isYes: fc.boolean(),
});
const hoursOf = <T>(row: fc.Arbitrary<T>): fc.Arbitrary<T[][]> =>
  fc.array(fc.array(row, { maxLength: 4 }), { minLength: 1, maxLength: 80 });
const blocksArbitrary = fc.oneof(
  hoursOf(rowArbitrary).map((hours) => regressionBlocks(hours)),
  hoursOf(scoredArbitrary).map((hours) => classificationBlocks(hours)),
);

/** 48 hours with a row each, whose errors look random. */
const ordinary: readonly (readonly Row[])[] = Array.from({ length: 48 }, (_, hour) => [
  { actual: (hour % 5) + 1, error: ((hour * hour * 7) % 13) - 5.5 },
]);
const scored: readonly (readonly Scored[])[] = Array.from({ length: 48 }, (_, hour) => [
  { score: ((hour * 7) % 20) / 20, isYes: (hour * hour) % 5 < 2 },
]);

function reasonOf(interval: IntervalOrReason | undefined): string {
  return interval !== undefined && 'notComputable' in interval ? interval.notComputable : 'an interval';
}

function intervalOf(interval: IntervalOrReason | undefined): { low: number; high: number } {
  if (interval === undefined || 'notComputable' in interval) throw new Error(reasonOf(interval));
  return interval;
}

describe('metricIntervals', () => {
  it('gives every metric of the task an interval or a reason', () => {
    for (const blocks of [regressionBlocks(ordinary), classificationBlocks(scored)]) {
      const intervals = metricIntervals(blocks);
      const { task } = blocks[0]!.summary;
      const names = (Object.keys(metricTable) as MetricName[]).filter(
        (name) => metricTable[name].task === task,
      );
      expect(Object.keys(intervals).toSorted()).toEqual(names.toSorted());
      expect(Object.values(intervals).map(reasonOf)).toEqual(names.map(() => 'an interval'));
    }
  });

  it('holds the value, in the range of the metric', () => {
    fc.assert(
      fc.property(blocksArbitrary, (blocks) => {
        const { metrics } = evaluateSummary(mergeSummaries(blocks.map(({ summary }) => summary)), {
          minimumOutcomes: 0,
        });
        for (const [name, interval] of Object.entries(metricIntervals(blocks))) {
          if ('notComputable' in interval) continue;
          const measured = metrics[name as MetricName]!;
          const value = 'value' in measured ? measured.value : Number.NaN;
          expect(interval.low).toBeLessThanOrEqual(value + 1e-12);
          expect(interval.high).toBeGreaterThanOrEqual(value - 1e-12);
          if (name !== 'bias' && name !== 'r2') expect(interval.low).toBeGreaterThanOrEqual(0);
          if (name === 'accuracy' || name === 'roc_auc') expect(interval.high).toBeLessThanOrEqual(1);
        }
      }),
    );
  });

  it('says why wherever the metric itself is not computable, and is never undefined or not finite', () => {
    fc.assert(
      fc.property(blocksArbitrary, (blocks) => {
        const { metrics } = evaluateSummary(mergeSummaries(blocks.map(({ summary }) => summary)), {
          minimumOutcomes: 0,
        });
        for (const [name, interval] of Object.entries(metricIntervals(blocks))) {
          const measured = metrics[name as MetricName]!;
          if ('notComputable' in measured) expect(interval).toEqual(measured);
          else if (!('notComputable' in interval)) {
            expect(Number.isFinite(interval.low) && Number.isFinite(interval.high)).toBe(true);
          }
        }
      }),
    );
  });

  it('does not depend on the order of the hours in the array', () => {
    fc.assert(
      fc.property(blocksArbitrary, (blocks) => {
        const turned = metricIntervals(blocks.toReversed());
        for (const [name, interval] of Object.entries(metricIntervals(blocks))) {
          const other = turned[name as MetricName]!;
          if ('notComputable' in interval) expect(other).toEqual(interval);
          else {
            expect(intervalOf(other).low).toBeCloseTo(interval.low, 6);
            expect(intervalOf(other).high / (interval.high || 1)).toBeCloseTo(interval.high === 0 ? 0 : 1, 6);
          }
        }
      }),
    );
  });

  it('follows the unit of the target: metrics in it scale, ratios stay', () => {
    const plain = metricIntervals(regressionBlocks(ordinary));
    const scaled = metricIntervals(regressionBlocks(ordinary, 1024));
    for (const [name, interval] of Object.entries(plain)) {
      const factor = metricTable[name as MetricName].unit === 'target' ? 1024 : 1;
      expect(intervalOf(scaled[name as MetricName]).low).toBeCloseTo(factor * intervalOf(interval).low, 6);
      expect(intervalOf(scaled[name as MetricName]).high).toBeCloseTo(factor * intervalOf(interval).high, 6);
    }
  });

  it('takes the sum of the hours from a caller that has it', () => {
    const blocks = regressionBlocks(ordinary);
    const total = mergeSummaries(blocks.map(({ summary }) => summary));
    expect(metricIntervals(blocks, { total })).toEqual(metricIntervals(blocks));
  });

  it('narrows as the root of the number of hours', () => {
    const width = (hours: number): number => {
      const rows = Array.from({ length: hours }, (_, hour) => [
        { actual: 1, error: ((hour * hour * 0.618034) % 1) + 1 },
      ]);
      const { low, high } = intervalOf(metricIntervals(regressionBlocks(rows)).mae);
      return high - low;
    };
    expect(width(72) / width(1152)).toBeGreaterThan(3.5);
    expect(width(72) / width(1152)).toBeLessThan(6);
  });

  describe('of little or degenerate data', () => {
    it('says nothing of no hours', () => {
      expect(metricIntervals([])).toEqual({});
    });

    it('says that hours without rows have no outcomes', () => {
      const blocks = regressionBlocks([[], [], []]);
      expect(reasonOf(metricIntervals(blocks).rmse)).toBe('no outcomes');
    });

    it('needs rows in 6 hours, however many they are', () => {
      const hour = ordinary.flat();
      expect(reasonOf(metricIntervals(regressionBlocks([[hour[0]!]])).mae)).toBe(
        'outcomes in 1 hour, at least 6 are needed',
      );
      const reasons = (hours: number): string =>
        reasonOf(
          metricIntervals(
            regressionBlocks(ordinary.slice(0, hours).map((rows) => [...rows, ...hour.slice(hours)])),
          ).mae,
        );
      expect(reasons(5)).toBe('outcomes in 5 hours, at least 6 are needed');
      expect(reasons(6)).toBe('an interval');
    });

    it('counts only the hours that a metric is about: peak hours for the peak-hour MAPE', () => {
      const intervals = metricIntervals(regressionBlocks(ordinary.slice(0, 10)));
      expect(reasonOf(intervals.mape)).toBe('an interval');
      expect(reasonOf(intervals.peak_hour_mape)).toBe('outcomes in 5 hours, at least 6 are needed');
    });

    it('does not know how far other errors may lie where all are equal, or 0', () => {
      for (const error of [0.5, 0]) {
        const intervals = metricIntervals(
          regressionBlocks(ordinary.map(([row]) => [{ actual: row!.actual, error }])),
        );
        for (const name of ['rmse', 'mae', 'median_ae', 'bias'] as const) {
          expect(reasonOf(intervals[name])).toMatch(/^every hour has the same value/);
        }
      }
    });

    it('takes each hour for one row where every row is right', () => {
      const right = scored.map(([row]) => [
        { score: row!.isYes ? 0.9 : 0.1, isYes: row!.isYes },
        { score: row!.isYes ? 0.8 : 0.2, isYes: row!.isYes },
      ]);
      const { accuracy, roc_auc } = metricIntervals(classificationBlocks(right));
      expect(accuracy).toEqual({ low: expect.closeTo(1 / (1 + 1.959964 ** 2 / 48), 6), high: 1 });
      // Fewer hours have the rarer class, and the area rests on them.
      expect(intervalOf(roc_auc).low).toBeLessThan(intervalOf(accuracy).low);
      expect(intervalOf(roc_auc).high).toBe(1);
    });

    it('has no ROC AUC of one class, and no balanced accuracy with a class in too few hours', () => {
      const one = metricIntervals(classificationBlocks(scored.map(([row]) => [{ ...row!, isYes: false }])));
      expect(reasonOf(one.roc_auc)).toBe('all actuals are of class "no"');
      const rare = metricIntervals(
        classificationBlocks(scored.map(([row], hour) => [{ ...row!, isYes: hour < 3 }])),
      );
      expect(reasonOf(rare.balanced_accuracy)).toBe(
        'class "yes": outcomes in 3 hours, at least 6 are needed',
      );
      expect(reasonOf(rare.roc_auc)).toBe('class "yes": outcomes in 3 hours, at least 6 are needed');
      expect(reasonOf(rare.accuracy)).toBe('an interval');
    });

    it('reaches 0 for the calibration error of calibrated probabilities', () => {
      const calibrated = Array.from({ length: 100 }, (_, hour) => [
        { score: 0.25, isYes: hour % 7 === 1 || hour % 9 === 2 },
      ]);
      const { low, high } = intervalOf(
        metricIntervals(classificationBlocks(calibrated)).expected_calibration_error,
      );
      expect(low).toBe(0);
      expect(high).toBeGreaterThan(0.02);
    });
  });
});
