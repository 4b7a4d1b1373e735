import { describe, expect, it } from 'vitest';

import { coverageOf } from '../../../bench/intervals/cells.ts';
import { dependences, subjects, windows } from '../../../bench/intervals/processes.ts';

/** The whole simulation is bench/intervals/coverage.ts; this is its 50 rows with few repetitions, always the same ones. */
const window = windows.find(({ name }) => name === '50')!;
const repetitions = 60;
const rowsOfTruth = 50_000;

describe('in 50 made hours, 95% intervals', () => {
  it.each(['none', '.5'])('hold the truth about as often as they say: autocorrelation %s', (name) => {
    const dependence = dependences.find((found) => found.name === name)!;
    for (const subject of subjects) {
      for (const { metric, given, covered } of coverageOf(
        subject,
        window,
        dependence,
        repetitions,
        7,
        rowsOfTruth,
      )) {
        expect([metric, given >= 0.9 * repetitions]).toEqual([metric, true]);
        expect([metric, covered / given >= 0.88]).toEqual([metric, true]);
      }
    }
  });

  it('would hold it too seldom if they took hours that are alike for independent', () => {
    const dependence = dependences.find(({ name }) => name === '.8')!;
    const width = (name: string): number => {
      const of = name === '.8' ? dependence : dependences.find((found) => found.name === name)!;
      const cells = coverageOf('regression', window, of, repetitions, 7, rowsOfTruth);
      const { given, halfWidth } = cells.find(({ metric }) => metric === 'bias')!;
      return halfWidth / given;
    };
    // The mean of an AR(1) of .8 scatters 3 times as much as that of independent hours.
    expect(width('.8')).toBeGreaterThan(2.5 * width('none'));
  });
});
