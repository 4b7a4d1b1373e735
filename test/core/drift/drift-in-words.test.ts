import { describe, expect, it } from 'vitest';

import { humidity, judgeLevels, judgeValues, ramp, weather } from './columns.ts';

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

  it('speaks of no standard deviations where a constant has none', () => {
    expect(reasonOf(ramp(20, 0, 5), ramp(20, 0, 7.5))).toBe(
      'hum: the reference is constant, its limit is 0.2 sd (reference mean 5, current 7.5; 20 and 20 values)',
    );
    const { threshold: _, ...calibrated } = humidity;
    expect(judgeValues(calibrated, ramp(20, 0, 5), ramp(20, 0, 7.5)).verdict.reason).toMatch(
      /^hum: the reference is constant, p < 1e-16 after correction \(reference mean 5, current 7.5; /,
    );
    expect(reasonOf(ramp(20, 0, 5), ramp(20, 0, 5))).toContain('hum: Wasserstein 0 sd, ');
  });

  it('shows standard deviations where they have moved further than the means', () => {
    expect(reasonOf(ramp(101, 0.01), ramp(101, 0.03, -1))).toContain(
      '(reference mean 0.5, current 0.5; sd 0.29, now 0.87; 101 and 101 values)',
    );
    expect(reasonOf(ramp(101, 0.01), ramp(101, 0.0101))).not.toContain('; sd ');
  });

  it('never shows a number that looks equal to a threshold it is below', () => {
    // Values of deviation 1.
    const reference = [...ramp(10, 0, -1), ...ramp(10, 0, 1)];
    const current = reference.map((value) => value + 0.19999);
    expect(reasonOf(reference, current)).toContain('Wasserstein 0.19999 sd, its limit is 0.2 sd (');
  });
});

describe('categories in words', () => {
  const repeat = (counts: Readonly<Record<string, number>>): string[] =>
    Object.entries(counts).flatMap(([level, count]) => Array.from({ length: count }, () => level));
  const reasonOf = (reference: Record<string, number>, current: Record<string, number>): string =>
    judgeLevels(weather, repeat(reference), repeat(current)).verdict.reason;

  it('are the three that moved most', () => {
    expect(
      reasonOf({ clear: 60, mist: 20, rain: 10, snow: 10 }, { clear: 20, mist: 25, rain: 38, snow: 17 }),
    ).toContain('(clear: 60% -> 20%, rain: 10% -> 38%, snow: 10% -> 17%; 100 and 100 values)');
  });

  it('are left out where they have not moved, and cut where they are long', () => {
    expect(reasonOf({ clear: 50, rain: 50 }, { clear: 50, rain: 50 })).toContain('(100 and 100 values)');
    const long = 'x'.repeat(100);
    expect(reasonOf({ [long]: 50, rain: 50 }, { [long]: 100 })).toContain(
      `, ${'x'.repeat(40)}...: 50% -> 100%`,
    );
  });
});
