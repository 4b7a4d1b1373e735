import { describe, expect, it } from 'vitest';

import type { ComparedSide, ScoreCount } from '../../../core/comparison/compare-aucs.ts';
import { compareAucs } from '../../../core/comparison/compare-aucs.ts';
import { compareMeans, type ComparedBlock } from '../../../core/comparison/compare-means.ts';
import { mcNemarPValue } from '../../../core/comparison/mcnemar.ts';
import { studentQuantile } from '../../../core/statistics/distributions.ts';
import oracle from '../../oracles/comparison.json' with { type: 'json' };
import { certain } from './certain.ts';

type Expected = Readonly<Record<'difference' | 'low' | 'high' | 'pValue', number>>;

function expectAgreement(
  { blocks, expected }: { readonly blocks: readonly ComparedBlock[]; readonly expected: Expected },
  length: 'hour' | 'day',
): void {
  const found = certain(compareMeans(blocks, { length }));
  for (const [name, value] of Object.entries(expected))
    expect(found[name as keyof Expected] / value, name).toBeCloseTo(1, 9);
}

describe('compareMeans', () => {
  it.each(Object.entries(oracle.means))(
    "agrees with statsmodels' errors clustered by day: %s",
    (_, example) => expectAgreement(example, 'day'),
  );

  it("agrees with scipy's paired t-test of the days' means, where every day has as many rows", () => {
    expectAgreement(oracle.pairedDays, 'day');
  });

  it('agrees with the projection on cosines as numpy computes it, for hours', () => {
    expectAgreement(oracle.hours, 'hour');
  });
});

describe('compareAucs', () => {
  const counts = oracle.aucs.counts.map(([side, block, positive, cell, rows]): ScoreCount => {
    return {
      side: side as ComparedSide,
      block: Number(block),
      positive: positive === true,
      cell: Number(cell),
      rows: Number(rows),
    };
  });
  const found = certain(compareAucs(counts, 'day'));

  it('agrees with scikit-learn about both areas', () => {
    expect(found.value).toBeCloseTo(oracle.aucs.expected.value, 12);
    expect(found.against).toBeCloseTo(oracle.aucs.expected.against, 12);
  });

  it('is as sure as the jackknife that leaves out a day, within 5%', () => {
    const error = (found.high - found.low) / 2 / studentQuantile(0.975, found.degreesOfFreedom);
    expect(error / oracle.aucs.expected.jackknifeError).toBeGreaterThan(0.95);
    expect(error / oracle.aucs.expected.jackknifeError).toBeLessThan(1.05);
  });
});

describe('mcNemarPValue', () => {
  it.each(oracle.mcNemar)('agrees with scipy: $onlySubject against $onlyAgainst', (example) => {
    const { onlySubject, onlyAgainst, pValue } = example;
    expect(mcNemarPValue(onlySubject, onlyAgainst) / pValue).toBeCloseTo(1, 9);
    expect(mcNemarPValue(onlyAgainst, onlySubject) / pValue).toBeCloseTo(1, 9);
  });
});
