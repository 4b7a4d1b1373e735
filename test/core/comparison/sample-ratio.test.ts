import { describe, expect, it } from 'vitest';

import { judgeSampleRatio } from '../../../core/comparison/sample-ratio.ts';
import { randomOf } from './random.ts';

/** Rows of two versions by day: each row goes to the subject with a probability that varies from day to day. */
function dealt(share: number, unrest: number, seed: number): { subject: number; against: number }[] {
  const random = randomOf(seed);
  return Array.from({ length: 14 }, () => {
    const ofDay = share + unrest * random.normal();
    const subject = Array.from({ length: 400 }, () => Number(random.uniform() < ofDay)).reduce(
      (a, b) => a + b,
    );
    return { subject, against: 400 - subject };
  });
}

describe('judgeSampleRatio', () => {
  it('warns of a split that was not meant', () => {
    const { verdict, reason } = judgeSampleRatio(dealt(0.6, 0, 1), 0.5, 'day');
    expect(verdict).toBe('warning');
    expect(reason).toMatch(
      /^60% of the rows, but 50% were meant \(p .*\): what is compared may not be alike$/,
    );
  });

  it('is content with the split that was meant', () => {
    expect(judgeSampleRatio(dealt(0.1, 0, 1), 0.1, 'day').verdict).toBe('ok');
  });

  it('does not take days that differ for a broken split', () => {
    const alarms = Array.from({ length: 300 }, (_, seed) =>
      judgeSampleRatio(dealt(0.5, 0.1, seed + 1), 0.5, 'day'),
    );
    expect(alarms.filter(({ verdict }) => verdict === 'warning').length).toBeLessThanOrEqual(3);
  });

  it('only tells the share where no split is meant', () => {
    expect(judgeSampleRatio(dealt(0.6, 0, 1), undefined, 'day')).toMatchObject({
      verdict: 'ok',
      reason: '60% of the rows; no split is configured to hold it against',
    });
  });

  it('cannot judge few days', () => {
    expect(judgeSampleRatio(dealt(0.6, 0, 1).slice(0, 3), 0.5, 'day').verdict).toBe('insufficient-data');
    expect(judgeSampleRatio([], 0.5, 'day').verdict).toBe('insufficient-data');
  });
});
