import { describe, expect, it } from 'vitest';

import { compareAucs, type ScoreCount } from '../../../core/comparison/compare-aucs.ts';
import { certain } from './certain.ts';
import { randomOf } from './random.ts';

/** Rows whose scores are their class plus noise, by day. */
function scored(side: ScoreCount['side'], noise: number, seed: number): ScoreCount[] {
  const random = randomOf(seed);
  return Array.from({ length: 600 }, (_, row) => {
    const positive = random.uniform() < 0.3;
    const score = Number(positive) + noise * random.normal();
    return { side, block: row % 12, positive, cell: Math.floor(100 * score), rows: 1 };
  });
}

describe('compareAucs', () => {
  it('tells a sharp score from a blunt one', () => {
    const found = certain(compareAucs([...scored('subject', 0.4, 1), ...scored('against', 2, 2)], 'day'));
    expect(found.value).toBeGreaterThan(0.9);
    expect(found.against).toBeLessThan(0.75);
    expect(found.low).toBeGreaterThan(0);
    expect(found.pValue).toBeLessThan(1e-4);
  });

  it('is the same however the counts are ordered or split', () => {
    const counts = [...scored('subject', 0.4, 1), ...scored('against', 2, 2)];
    const split = counts.toReversed().flatMap((count) => [
      { ...count, rows: count.rows / 2 },
      { ...count, rows: count.rows / 2 },
    ]);
    const [one, other] = [certain(compareAucs(counts, 'day')), certain(compareAucs(split, 'day'))];
    expect(other.difference).toBeCloseTo(one.difference, 12);
    expect(other.pValue).toBeCloseTo(one.pValue, 9);
  });

  it('calls 5% of equal scores different (3% to 8% of 400)', () => {
    let alarms = 0;
    for (let seed = 1; seed <= 400; seed += 1) {
      const counts = [...scored('subject', 1, 2 * seed), ...scored('against', 1, 2 * seed + 1)];
      if (certain(compareAucs(counts, 'day')).pValue <= 0.05) alarms += 1;
    }
    expect(alarms / 400).toBeGreaterThan(0.03);
    expect(alarms / 400).toBeLessThan(0.08);
  });

  it.each([true, false])('is not computable where all rows are of one class (%s)', (positive) => {
    const counts = (['subject', 'against'] as const).flatMap((side) =>
      [1, 2, 3, 4].map((block) => ({ side, block, positive, cell: block, rows: 5 })),
    );
    expect(compareAucs(counts, 'day')).toEqual({
      notComputable: 'there are no rows of both classes to compare',
    });
  });
});
