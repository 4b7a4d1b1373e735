import { describe, expect, it } from 'vitest';

import { compareMeans } from '../../../core/comparison/compare-means.ts';
import { summarizeClassification } from '../../../core/performance/classification-summary.ts';
import type { MetricName } from '../../../core/performance/metrics.ts';
import { summarizeRegression } from '../../../core/performance/regression-summary.ts';
import {
  improvementOf,
  type ImprovementOptions,
  type PairedBlock,
} from '../../../core/retraining/improvement.ts';
import oracle from '../../oracles/retraining.json' with { type: 'json' };
import { certain } from '../comparison/certain.ts';
import { randomOf, type Random } from '../comparison/random.ts';
import { errorsOf } from './made-blocks.ts';

/** Rows of the same day, in the order of days. */
function byDay<Row>(days: readonly number[], rowOf: (index: number) => Row): Row[][] {
  const groups: Row[][] = [];
  for (const [i, day] of days.entries()) (groups[day] ??= []).push(rowOf(i));
  return groups;
}

const found = (blocks: readonly PairedBlock[], options: Partial<ImprovementOptions> = {}) => {
  const improvement = improvementOf(blocks, { metric: 'rmse', length: 'day', minimumRows: 1, ...options });
  if ('notComputable' in improvement) throw new Error(improvement.notComputable);
  const { interval, ...numbers } = improvement;
  if ('notComputable' in interval) throw new Error(interval.notComputable);
  return { ...numbers, ...interval };
};

describe('improvementOf', () => {
  const { regression, classification } = oracle;
  const regressionBlocks = byDay(regression.day, (i) => i).map((rows) => {
    const column = (values: readonly number[]) => Float64Array.from(rows, (i) => values[i]!);
    const summary = (predictions: readonly number[]) =>
      summarizeRegression({ predictions: column(predictions), actuals: column(regression.actual) });
    return { challenger: summary(regression.challenger), champion: summary(regression.champion) };
  });
  const classes = ['no', 'yes'] as const;
  const classificationBlocks = byDay(classification.day, (i) => i).map((rows) => {
    const summary = (scores: readonly number[]) =>
      summarizeClassification({
        classes,
        predictedClasses: rows.map((i) => (scores[i]! > 0.5 ? 'yes' : 'no')),
        actualClasses: rows.map((i) => classes[classification.actual[i]!]!),
        probabilities: rows.map((i) => ({ no: 1 - scores[i]!, yes: scores[i]! })),
      });
    return { challenger: summary(classification.challenger), champion: summary(classification.champion) };
  });

  it.each([
    ...Object.entries(regression.expected).map((one) => [...one, regressionBlocks] as const),
    ...Object.entries(classification.expected).map((one) => [...one, classificationBlocks] as const),
  ])('agrees with the jackknife of numpy by %s', (metric, expected, blocks) => {
    const improvement = found(blocks, { metric: metric as MetricName });
    for (const [name, value] of Object.entries(expected))
      expect(improvement[name as keyof typeof expected] / value, name).toBeCloseTo(1, 6);
  });

  it('is as sure of a mean as `compareMeans`, where the champion is the same every day', () => {
    const challengers = [
      [1, 2, 3],
      [2, 2],
      [5, 1, 1, 2],
      [2, 3, 3],
    ];
    const blocks = challengers.map((errors) => ({
      challenger: errorsOf(errors),
      champion: errorsOf(errors.map(() => 4)),
    }));
    const means = certain(
      compareMeans(
        challengers.map((errors) => ({
          subject: { rows: errors.length, sum: errors.reduce((a, b) => a + b) },
          against: { rows: errors.length, sum: 4 * errors.length },
        })),
        { length: 'day' },
      ),
    );
    const improvement = found(blocks, { metric: 'mae' });
    expect(improvement.low).toBeCloseTo(-means.high / 4, 12);
    expect(improvement.high).toBeCloseTo(-means.low / 4, 12);
  });

  it('takes a higher ROC AUC, and a lower RMSE, for better', () => {
    expect(found(regressionBlocks, { metric: 'rmse' }).value).toBeGreaterThan(0);
    expect(found(classificationBlocks, { metric: 'roc_auc' }).value).toBeGreaterThan(0);
  });

  it('takes a negative R² of the champion for a number like others', () => {
    const days = [0, 1, 2, 3].map((day) => {
      const actuals = Float64Array.of(1, 2, 3 + day / 10);
      const off = (by: number) => summarizeRegression({ predictions: actuals.map((v) => v + by), actuals });
      return { challenger: off(0.1), champion: off(2) };
    });
    const improvement = found(days, { metric: 'r2' });
    expect(improvement.champion).toBeLessThan(0);
    expect(improvement.value).toBeGreaterThan(1);
  });

  it('widens the intervals that have to hold together', () => {
    const alone = found(regressionBlocks);
    const together = found(regressionBlocks, { together: 20 });
    expect(together.value).toBe(alone.value);
    expect(together.low).toBeLessThan(alone.low);
    expect(together.high).toBeGreaterThan(alone.high);
  });

  it('leaves out blocks without rows', () => {
    const none = errorsOf([]);
    const withEmpty = regressionBlocks.flatMap((block) => [block, { challenger: none, champion: none }]);
    expect(found(withEmpty)).toEqual(found(regressionBlocks));
  });

  it.each([
    [
      'too few rows',
      [errorsOf([1]), errorsOf([2])],
      { minimumRows: 50 },
      '1 held-out row, at least 50 are needed',
    ],
    ['no rows at all', [errorsOf([]), errorsOf([])], {}, '0 held-out rows, at least 1 are needed'],
    [
      'a champion without an error',
      [errorsOf([1]), errorsOf([0])],
      {},
      "the champion's RMSE is 0 (challenger 1), so a relative improvement is not computable",
    ],
    [
      'a metric of the other task',
      [errorsOf([1]), errorsOf([2])],
      { metric: 'f1' },
      "the challenger's F1 is not computable: it is about classes",
    ],
  ] as const)('is not computable with %s', (_, [challenger, champion], options, reason) => {
    expect(
      improvementOf([{ challenger, champion }], {
        metric: 'rmse',
        length: 'day',
        minimumRows: 1,
        ...options,
      }),
    ).toEqual({ notComputable: reason });
  });

  it('knows no interval from fewer than four days, but the number', () => {
    const day = { challenger: errorsOf([1, 1]), champion: errorsOf([2, 2]) };
    const improvement = improvementOf([day, day, day], { metric: 'rmse', length: 'day', minimumRows: 1 });
    expect(improvement).toMatchObject({
      value: 0.5,
      interval: { notComputable: 'the rows are of 3 days; how sure the difference is takes 4' },
    });
  });

  it('holds the truth in about 95% of fortnights whose days differ', () => {
    const random = randomOf(7);
    const truth = 1 - 3 / 4;
    const fortnights = 300;
    let held = 0;
    for (let fortnight = 0; fortnight < fortnights; fortnight += 1) {
      const days = Array.from({ length: 14 }, () => madeDay(random));
      const { low, high } = found(days, { metric: 'mae' });
      if (low <= truth && truth <= high) held += 1;
    }
    expect(held / fortnights).toBeGreaterThan(0.92);
    expect(held / fortnights).toBeLessThan(0.98);
  });
});

/** 24 rows whose errors are 3 and 4 on average, and a day that does the same to both. */
function madeDay(random: Random): PairedBlock {
  const size = Math.exp(0.3 * random.normal());
  const errors = (mean: number) => Array.from({ length: 24 }, () => 2 * mean * size * random.uniform());
  return { challenger: errorsOf(errors(3)), champion: errorsOf(errors(4)) };
}
