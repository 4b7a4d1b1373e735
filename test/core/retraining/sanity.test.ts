import { describe, expect, it } from 'vitest';

import { checkSanity, type ChallengerFacts } from '../../../core/retraining/sanity.ts';

const sane: ChallengerFacts = {
  holdoutRows: 100,
  predictedRows: 100,
  rejectedRows: 0,
  distinctPredictions: 80,
  distinctActuals: 70,
  range: { low: 10, high: 30, rowsBeyond: 0 },
};
const failed = (change: Partial<ChallengerFacts>) =>
  checkSanity({ ...sane, ...change }, ['x', 'c'])
    .filter(({ holds }) => holds === 'no')
    .map(({ check, reason }) => [check, reason]);

describe('checkSanity', () => {
  it('finds nothing wrong with a sane challenger, and says what it looked at', () => {
    expect(checkSanity(sane, ['x']).map(({ check, holds }) => [check, holds])).toEqual([
      ['predicted', 'yes'],
      ['finite', 'yes'],
      ['range', 'yes'],
      ['not-constant', 'yes'],
    ]);
  });

  it.each([
    [
      '94 of 100 rows predicted',
      { predictedRows: 94 },
      'predicted',
      /94 of the 100 held-out rows, at least 95% are needed/,
    ],
    ['an empty holdout', { holdoutRows: 0, predictedRows: 0 }, 'predicted', /0 of the 0 held-out rows/],
    [
      'a prediction that is no number',
      { rejectedRows: 1 },
      'finite',
      /1 prediction .* could not be stored; rejected_rows/,
    ],
    [
      '2% far out of range',
      { range: { low: 10, high: 30, rowsBeyond: 2 } },
      'range',
      /2 predictions of 100 are below -10 or above 50, while actuals are 10 to 30/,
    ],
    [
      'one prediction for all rows',
      { distinctPredictions: 1 },
      'not-constant',
      /the same for every held-out row/,
    ],
    [
      'a class that is not known',
      { unknownClasses: ['maybe'] },
      'classes',
      /predicts "maybe", which the monitor does not list/,
    ],
    [
      'a probability of 2',
      { unknownClasses: [], unusableProbabilities: 3 },
      'classes',
      /3 rows .* no usable probabilities/,
    ],
    ['a feature that is not watched', { features: ['x', 'z'] }, 'features', /no feature of the monitor: "z"/],
  ] as const)('stops a challenger with %s', (_, change, check, reason) => {
    expect(failed(change)).toEqual([[check, expect.stringMatching(reason)]]);
  });

  it.each([
    ['95 of 100 rows predicted', { predictedRows: 95 }],
    ['1% far out of range', { range: { low: 10, high: 30, rowsBeyond: 1 } }],
    ['one prediction where there is one actual', { distinctPredictions: 1, distinctActuals: 1 }],
    ['fewer features than are watched', { features: ['c'] }],
  ])('lets pass %s', (_, change) => {
    expect(failed(change)).toEqual([]);
  });
});
