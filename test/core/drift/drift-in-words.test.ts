import { describe, expect, it } from 'vitest';

import { formatShare } from '../../../core/drift/drift-in-words.ts';
import { humidity, judgeValues, ramp } from './columns.ts';

const reasonOf = (reference: readonly number[], current: readonly number[], threshold = 0.2): string =>
  judgeValues({ ...humidity, threshold }, reference, current).verdict.reason;

describe('a decision in words', () => {
  it('shows a tenth of a deviation in the means, behind an offset too', () => {
    expect(reasonOf(ramp(101, 0.01, 1e9), ramp(101, 0.01, 1e9 + 0.25))).toContain(
      'reference mean 1000000000.5, current 1000000000.75',
    );
    expect(reasonOf(ramp(101, 10), ramp(101, 10, 300))).toContain('reference mean 500, current 800');
  });

  it('shows the means of a constant reference', () => {
    expect(reasonOf(ramp(20, 0, 5), ramp(20, 0, 7.5))).toContain('reference mean 5, current 7.5');
  });

  it('never shows a number that looks equal to a threshold it is below', () => {
    // Values of deviation 1.
    const reference = [...ramp(10, 0, -1), ...ramp(10, 0, 1)];
    const current = reference.map((value) => value + 0.19999);
    expect(reasonOf(reference, current)).toContain('Wasserstein 0.19999 sd < 0.2 ');
  });
});

describe('formatShare', () => {
  it.each([
    [0, '0%'],
    [0.0213, '2.1%'],
    [0.5, '50%'],
    [2 / 3, '67%'],
    [1, '100%'],
  ])('%d is %s', (share, text) => {
    expect(formatShare(share)).toBe(text);
  });
});
