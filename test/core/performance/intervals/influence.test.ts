import { describe, expect, it } from 'vitest';

import { classificationMetrics } from '../../../../core/performance/classification-metrics.ts';
import { summarizeClassification } from '../../../../core/performance/classification-summary.ts';
import { averagedMetrics, cellInfluence } from '../../../../core/performance/intervals/confusion.ts';
import {
  precisionRecallInfluence,
  rocInfluence,
  type ScoreInfluence,
} from '../../../../core/performance/intervals/ranking.ts';
import { summerOver } from '../../../../core/performance/intervals/values.ts';
import { areaUnderPrecisionRecall, areaUnderRoc } from '../../../../core/performance/ranking.ts';
import {
  countValues,
  mergeValueCounts,
  storedCounts,
  type ValueCounts,
} from '../../../../core/performance/value-counts.ts';
import oracle from '../../../oracles/intervals.json' with { type: 'json' };

/** A row more among a million: what it changes is the derivative, times the rows that it is one of. */
const step = 1e-6;

const confusion = { a: { a: 30, b: 7, c: 3 }, b: { a: 4, b: 18, c: 2 }, c: { a: 1, b: 5, c: 9 } };
const { classes, ...none } = summarizeClassification({
  predictedClasses: [],
  actualClasses: [],
  classes: ['a', 'b', 'c'],
});
const summary = { ...none, classes, rows: 79, confusion };

describe('cellInfluence', () => {
  it.each(averagedMetrics)('is the derivative of %s by the rows of a cell', (metric) => {
    const valueOf = (changed: typeof summary): number => {
      const found = classificationMetrics[metric](changed);
      return 'value' in found ? found.value : Number.NaN;
    };
    const influence = cellInfluence(metric, valueOf(summary), summary);
    for (const [actual, ofActual] of Object.entries(confusion)) {
      for (const [predicted, count] of Object.entries(ofActual)) {
        const changed = { ...confusion, [actual]: { ...ofActual, [predicted]: count + step } };
        const derivative =
          (valueOf({ ...summary, rows: 79 + step, confusion: changed }) - valueOf(summary)) / step;
        expect(influence[actual]![predicted]).toBeCloseTo(derivative, 6);
      }
    }
  });
});

const areas = [
  ['the area under the ROC curve', areaUnderRoc, rocInfluence],
  ['average precision', areaUnderPrecisionRecall, precisionRecallInfluence],
] as const;
const scores = countValues('score', [
  Float64Array.of(0.9, 0.8, 0.8, 0.6, 0.5, 0.3),
  Float64Array.of(0.8, 0.6, 0.4, 0.4, 0.2, 0.1),
]);

describe.each(areas)('the influence of a score on %s', (_, area, influenceOf) => {
  const { weights } = influenceOf(scores)!;

  it('is its derivative by the rows at the score', () => {
    for (const group of [0, 1] as const) {
      for (const place of scores.values.keys()) {
        const counts = scores.counts.map((count) => Float64Array.from(count));
        counts[group]![place]! += step;
        const derivative = (area({ ...scores, counts })!.value - area(scores)!.value) / step;
        expect(weights[group][place]).toBeCloseTo(derivative, 5);
      }
    }
  });

  it('sums to 0 over all rows', () => {
    expect(summerOver(scores)(scores, weights, weights).first).toBeCloseTo(0, 12);
  });

  it('adds up over hours, whether these are stored as values or in cells', () => {
    const many = (offset: number): ValueCounts =>
      countValues('score', [
        Float64Array.from({ length: 700 }, (_, i) => 1 - ((i + offset) / 1000) ** 2),
        Float64Array.from({ length: 600 }, (_, i) => ((i + offset) / 1000) ** 2),
      ]);
    const hours = [scores, storedCounts(many(0.5)), storedCounts(many(100.25))];
    const whole = mergeValueCounts(hours);
    const influence: ScoreInfluence = influenceOf(whole)!;
    const sumOver = summerOver(whole);
    const doubled = influence.weights.map((ofGroup) => ofGroup.map((weight) => 2 * weight));
    const sums = hours.map((hour) => sumOver(hour, influence.weights, doubled));
    const sum = sums.reduce((total, { first }) => total + first, 0);
    for (const { first, second } of sums) expect(second).toBe(2 * first);
    expect(hours.map(({ resolution }) => resolution)).toEqual(['values', 'cells', 'cells']);
    expect(sum).toBeCloseTo(0, 9);
  });
});

describe('rocInfluence', () => {
  it.each(oracle.areas)('has the variance of DeLong', ({ positives, negatives, area, variance }) => {
    const counts = countValues('score', [Float64Array.from(positives), Float64Array.from(negatives)]);
    const influence = rocInfluence(counts)!;
    expect(influence.area).toBeCloseTo(area, 12);
    const squares = influence.weights.map((weights) => weights.map((weight) => weight ** 2));
    expect(summerOver(counts)(counts, squares, squares).first).toBeCloseTo(variance, 12);
  });
});
