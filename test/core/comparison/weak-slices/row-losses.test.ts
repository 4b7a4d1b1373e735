import { describe, expect, it } from 'vitest';

import { lossesOf, type PredictedRow } from '../../../../core/comparison/weak-slices/row-losses.ts';

const number = (prediction: number | null, actual: number | null): PredictedRow => ({
  prediction,
  actual,
  predicted_class: null,
  actual_class: null,
  probabilities: null,
});
const label = (
  predicted_class: string | null,
  actual_class: string | null,
  probabilities: PredictedRow['probabilities'] = null,
): PredictedRow => ({ prediction: null, actual: null, predicted_class, actual_class, probabilities });
const classes = ['no', 'yes'];

describe('lossesOf', () => {
  it('is the absolute error of numbers, and nothing where one is missing or beyond use', () => {
    const rows = [number(3, 5), number(5, 3), number(null, 3), number(1, null), number(1e200, 1)];
    expect(lossesOf('regression', rows)).toEqual({
      loss: 'mae',
      losses: Float64Array.of(2, 2, NaN, NaN, NaN),
    });
  });

  it('is the log loss of classes where every row has probabilities; one of two is enough, and 0 is not infinite', () => {
    const rows = [
      label('yes', 'yes', { yes: 0.5, no: 0.5 }),
      label('yes', 'no', { yes: 0.75 }),
      label('no', 'yes', { no: 1 }),
    ];
    const { loss, losses } = lossesOf('classification', rows, classes);
    expect(loss).toBe('log_loss');
    expect([...losses.subarray(0, 2)]).toEqual([-Math.log(0.5), -Math.log(0.25)]);
    expect(losses[2]).toBeCloseTo(-Math.log(2 ** -52), 9);
  });

  it.each([
    ['no probabilities', label('no', 'yes')],
    ['one outside of 0 to 1', label('no', 'yes', { yes: 1.5 })],
    ['an actual that is none of the classes', label('no', 'maybe', { yes: 0.5 })],
  ])('is 1 for a wrong class and 0 for the right one where a row has %s', (_, row) => {
    expect(
      lossesOf('classification', [label('yes', 'yes', { yes: 0.9 }), row, label(null, 'no')], classes),
    ).toEqual({
      loss: 'error_rate',
      losses: Float64Array.of(0, 1, NaN),
    });
  });
});
