import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import {
  summarizeClassification,
  type ClassificationOutcomes,
} from '../../../core/performance/classification-summary.ts';
import { evaluateSummary } from '../../../core/performance/evaluate.ts';
import { valueOf } from '../../../core/verdict.ts';

const yesNo = ['no', 'yes'];
const invalid = expect.objectContaining({ code: 'INVALID_STATISTIC_INPUT' });

function classificationScores(outcomes: ClassificationOutcomes) {
  const { metrics, details } = evaluateSummary(summarizeClassification(outcomes), { minimumOutcomes: 0 });
  if (details.task !== 'classification') throw new Error('wrong task');
  return { metrics, ...details };
}

function binary(
  rows: readonly [actual: string, score: number][],
  more: Partial<ClassificationOutcomes> = {},
) {
  return classificationScores({
    classes: yesNo,
    actualClasses: rows.map(([actual]) => actual),
    predictedClasses: rows.map(([, score]) => (score >= 0.5 ? 'yes' : 'no')),
    probabilities: rows.map(([, score]) => ({ yes: score, no: 1 - score })),
    ...more,
  });
}

describe('classificationScores', () => {
  it('counts which actual class was predicted as which', () => {
    const { confusion } = classificationScores({
      classes: ['a', 'b', 'c'],
      actualClasses: ['a', 'a', 'a', 'b'],
      predictedClasses: ['a', 'b', 'b', 'b'],
    });
    expect(confusion).toEqual({ a: { a: 1, b: 2 }, b: { b: 1 } });
  });

  it('scores each class and weighs the classes by support', () => {
    const { byClass, metrics } = classificationScores({
      classes: yesNo,
      actualClasses: ['yes', 'yes', 'yes', 'no'],
      predictedClasses: ['yes', 'yes', 'no', 'no'],
    });
    expect(byClass).toMatchObject({
      no: { precision: 0.5, recall: 1, f1: 2 / 3, support: 1 },
      yes: { precision: 1, recall: 2 / 3, f1: 0.8, support: 3 },
    });
    expect(metrics.accuracy).toEqual({ value: 0.75 });
    expect(metrics.precision).toEqual({ value: (0.5 + 3 * 1) / 4 });
    expect(metrics.recall).toEqual({ value: 0.75 });
    expect(metrics.f1).toEqual({ value: (2 / 3 + 3 * 0.8) / 4 });
  });

  it('scores 0 where there is nothing to divide by', () => {
    const { byClass } = classificationScores({
      classes: ['a', 'never present', 'never predicted', 'neither'],
      actualClasses: ['a', 'a', 'never predicted'],
      predictedClasses: ['a', 'never present', 'a'],
    });
    expect(byClass['never present']).toMatchObject({ precision: 0, recall: 0, f1: 0, support: 0 });
    expect(byClass['never predicted']).toMatchObject({ precision: 0, recall: 0, f1: 0, support: 1 });
    expect(byClass['neither']).toMatchObject({ precision: 0, recall: 0, f1: 0, support: 0 });
  });

  it('counts a class that nobody listed like any other', () => {
    const { byClass, metrics } = classificationScores({
      classes: yesNo,
      actualClasses: ['yes', 'maybe'],
      predictedClasses: ['yes', 'yes'],
    });
    expect(byClass['maybe']).toMatchObject({ precision: 0, recall: 0, f1: 0, support: 1 });
    expect(metrics.recall).toEqual({ value: 0.5 });
  });

  it('takes any text for a class', () => {
    const classes = ['__proto__', 'constructor'];
    const { confusion, byClass, metrics } = classificationScores({
      classes,
      actualClasses: classes,
      predictedClasses: classes,
      probabilities: classes.map(() => ({})),
    });
    expect(Object.keys(confusion)).toEqual(classes);
    expect(Object.keys(byClass)).toEqual(classes);
    expect(metrics.f1).toEqual({ value: 1 });
    expect(metrics.roc_auc).toHaveProperty('notComputable');
  });

  it('has no value without outcomes', () => {
    const { metrics } = classificationScores({ classes: yesNo, actualClasses: [], predictedClasses: [] });
    for (const metric of Object.values(metrics)) expect(metric).toHaveProperty('notComputable');
  });

  it('refuses columns of different lengths and a positive class that is none', () => {
    const outcomes = { classes: yesNo, actualClasses: ['yes'], predictedClasses: ['yes'] };
    expect(() => classificationScores({ ...outcomes, predictedClasses: [] })).toThrow(invalid);
    expect(() => classificationScores({ ...outcomes, probabilities: [] })).toThrow(invalid);
    expect(() => classificationScores({ ...outcomes, positiveClass: 'ja' })).toThrow(invalid);
  });

  it('keeps every ratio from 0 to 1 and the weighted recall at the accuracy', () => {
    const label = fc.constantFrom('a', 'b', 'c');
    fc.assert(
      fc.property(fc.array(fc.tuple(label, label), { minLength: 1 }), (rows) => {
        const { metrics } = classificationScores({
          classes: ['a', 'b', 'c'],
          actualClasses: rows.map(([actual]) => actual),
          predictedClasses: rows.map(([, predicted]) => predicted),
        });
        const values = [metrics.accuracy, metrics.precision, metrics.recall, metrics.f1].map(
          (metric) => valueOf(metric) ?? Number.NaN,
        );
        for (const value of values) {
          expect(value).toBeGreaterThanOrEqual(0);
          expect(value).toBeLessThanOrEqual(1 + 1e-12);
        }
        expect(values[2]).toBeCloseTo(values[0]!, 12);
      }),
    );
  });
});

describe('means over classes', () => {
  const outcomes = {
    classes: ['a', 'b', 'c', 'never'],
    actualClasses: ['a', 'a', 'a', 'b'],
    predictedClasses: ['a', 'a', 'c', 'b'],
  };

  it('balanced accuracy is over those that are present', () => {
    expect(classificationScores(outcomes).metrics.balanced_accuracy).toEqual({ value: (2 / 3 + 1) / 2 });
  });

  it('macro means are over those that are present or predicted', () => {
    const { metrics } = classificationScores(outcomes);
    expect(metrics.recall_macro).toEqual({ value: (2 / 3 + 1 + 0) / 3 });
    expect(metrics.precision_macro).toEqual({ value: (1 + 1 + 0) / 3 });
    expect(metrics.f1_macro).toEqual({ value: expect.closeTo((0.8 + 1 + 0) / 3, 12) });
  });
});

describe('PR AUC of probabilities', () => {
  it('is the share of the class for scores that say nothing', () => {
    const rows: [string, number][] = ['yes', 'no', 'no', 'no'].map((actual) => [actual, 0.5]);
    expect(binary(rows).metrics.pr_auc).toEqual({ value: 0.25 });
  });

  it('has no value when no row is of the class, and is 1 when all are', () => {
    expect(binary([['no', 0.9]]).metrics.pr_auc).toEqual({ notComputable: 'no actual is of class "yes"' });
    expect(binary([['yes', 0.2]]).metrics.pr_auc).toEqual({ value: 1 });
  });
});

describe('calibration', () => {
  it('error is 0 for probabilities that come true as often as they say', () => {
    const rows: [string, number][] = Array.from({ length: 10 }, (_, i) => [i < 7 ? 'yes' : 'no', 0.7]);
    const { metrics, calibration } = binary(rows);
    expect(metrics.expected_calibration_error).toEqual({ value: expect.closeTo(0, 12) });
    expect(calibration).toEqual([{ probability: expect.closeTo(0.7, 12), share: 0.7, rows: 10 }]);
  });

  it('of more than two classes is about the predicted class', () => {
    const { calibration } = classificationScores({
      classes: ['a', 'b', 'c'],
      actualClasses: ['a', 'b'],
      predictedClasses: ['a', 'a'],
      probabilities: [
        { a: 0.6, b: 0.2, c: 0.2 },
        { a: 0.6, b: 0.4, c: 0 },
      ],
    });
    expect(calibration).toEqual([{ probability: 0.6, share: 0.5, rows: 2 }]);
  });

  it('counts an edge of a bin as the end of the lower one', () => {
    const rows: [string, number][] = [0, 0.1, 0.15, 0.3, 0.55, 0.7, 1].map((score) => ['yes', score]);
    const { confidence, calibration } = binary(rows);
    expect(calibration.map(({ rows: inBin }) => inBin)).toEqual([2, 1, 1, 1, 1, 1]);
    expect(confidence.flatMap((count, bin) => (count > 0 ? [[bin, count]] : []))).toEqual([
      [10, 1],
      [13, 2],
      [16, 1],
      [17, 1],
      [19, 2],
    ]);
  });
});

describe('ROC AUC of probabilities', () => {
  it('is about the last class unless another one is positive', () => {
    const rows: [string, number][] = [
      ['yes', 0.9],
      ['no', 0.6],
      ['yes', 0.4],
      ['no', 0.1],
    ];
    expect(binary(rows).metrics.roc_auc).toEqual({ value: 0.75 });
    const lopsided = rows.map(([actual, score]) => ({ yes: score, no: actual === 'no' ? 0.9 : 0.1 }));
    expect(binary(rows, { probabilities: lopsided, positiveClass: 'no' }).metrics.roc_auc).toEqual({
      value: 1,
    });
  });

  it('has no value when only one class is present', () => {
    expect(
      binary([
        ['yes', 0.9],
        ['yes', 0.2],
      ]).metrics.roc_auc,
    ).toEqual({
      notComputable: 'all actuals are of class "yes"',
    });
  });

  it('of several classes leaves out a class that is absent', () => {
    const { metrics } = classificationScores({
      classes: ['a', 'b', 'c'],
      actualClasses: ['a', 'b'],
      predictedClasses: ['a', 'b'],
      probabilities: [
        { a: 0.6, b: 0.2, c: 0.2 },
        { a: 0.3, b: 0.5, c: 0.2 },
      ],
    });
    expect(metrics.roc_auc).toEqual({ value: 1 });
  });
});

describe('log loss', () => {
  it('is ln 2 for a coin', () => {
    expect(
      binary([
        ['yes', 0.5],
        ['no', 0.5],
      ]).metrics.log_loss,
    ).toEqual({ value: Math.LN2 });
  });

  it('is finite for a certain and wrong prediction', () => {
    expect(binary([['yes', 0]]).metrics.log_loss).toEqual({ value: -Math.log(Number.EPSILON) });
  });
});

describe('confidence', () => {
  it('is the mean probability of the predicted class, right or wrong', () => {
    const { metrics } = binary([
      ['no', 0.9],
      ['no', 0.3],
    ]);
    expect(metrics.confidence).toEqual({ value: (0.9 + 0.7) / 2 });
  });
});

describe('probabilities', () => {
  const needed = ['roc_auc', 'log_loss', 'confidence'] as const;

  it('are not needed for the other metrics', () => {
    const { metrics, rowsWithProbabilities } = classificationScores({
      classes: yesNo,
      actualClasses: ['yes', 'no'],
      predictedClasses: ['yes', 'no'],
    });
    expect(metrics.accuracy).toEqual({ value: 1 });
    expect(rowsWithProbabilities).toBe(0);
    for (const name of needed) {
      expect(metrics[name]).toEqual({ notComputable: 'no outcome has a probability for every class' });
    }
  });

  it('that are missing, incomplete or outside of 0 to 1 leave their row out, which shows in the count', () => {
    const { metrics, rowsWithProbabilities, invalidProbabilities, unseenActuals } = classificationScores({
      classes: ['a', 'b', 'c'],
      actualClasses: ['a', 'a', 'a', 'a', 'a', 'elsewhere'],
      predictedClasses: ['a', 'a', 'a', 'a', 'a', 'a'],
      probabilities: [
        { a: 0.5, b: 0.3, c: 0.2 },
        null,
        { a: 0.9 },
        { a: 3.2, b: -1, c: 0 },
        { a: Number.NaN, b: 0.5, c: 0.5 },
        { a: 0.1, b: 0.1, c: 0.1 },
      ],
    });
    expect({ rowsWithProbabilities, invalidProbabilities, unseenActuals }).toEqual({
      rowsWithProbabilities: 1,
      invalidProbabilities: 3,
      unseenActuals: 1,
    });
    expect(metrics.confidence).toEqual({ value: 0.5 });
    expect(metrics.accuracy).toEqual({ value: 5 / 6 });
  });

  it('of one of two classes give that of the other', () => {
    const rows: [string, number][] = [
      ['yes', 0.8],
      ['no', 0.3],
      ['no', 0.6],
    ];
    const short = binary(rows, { probabilities: rows.map(([, score]) => ({ yes: score })) });
    expect(short.metrics).toEqual(binary(rows).metrics);
  });

  it('of one of two classes that is outside of 0 to 1 is not replaced by the other one', () => {
    const { rowsWithProbabilities } = binary([['yes', 0.5]], { probabilities: [{ yes: 1.7, no: 0.3 }] });
    expect(rowsWithProbabilities).toBe(0);
  });

  it('a rounding above 1 count as 1', () => {
    expect(binary([['yes', 1.0000001]]).metrics.confidence).toEqual({ value: 1 });
  });
});
