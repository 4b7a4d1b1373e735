import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

import { associatePairs, type Pair } from '../../../core/multivariate/blocked-association.ts';
import { sampleOf, type Sample } from '../../../core/multivariate/sample.ts';
import { normals, numberSample, oracleSample, seriesSample, uniforms, type Change } from './samples.ts';

const oracle = JSON.parse(
  readFileSync(new URL('../../oracles/multivariate.json', import.meta.url), 'utf8'),
) as {
  samples: {
    readonly change: Change;
    readonly seeds: readonly [number, number];
    readonly rows: readonly [number, number];
    readonly spearman: Readonly<Record<string, number>>;
  }[];
};

/** One pair of columns, the same on both sides. */
function pairOf(
  kinds: readonly ['continuous' | 'categorical', 'continuous' | 'categorical'],
  rows: readonly (readonly unknown[])[],
): Pair {
  const sample = sampleOf(
    kinds.map((kind, i) => ({ name: `c${i}`, kind })),
    rows.map((values, time) => ({ time, values })),
  );
  return associatePairs({ reference: sample, current: sample })[0]!;
}
const both = (sample: Sample): Pair => associatePairs({ reference: sample, current: sample })[0]!;
const normal = normals(uniforms(8));

describe('associatePairs', () => {
  it.each(oracle.samples)(
    'has the rank correlations of scipy: $change, $rows',
    ({ change, seeds, rows, spearman }) => {
      const current = oracleSample(seeds[1], rows[1], change);
      const found = associatePairs({ reference: current, current });
      for (const [names, correlation] of Object.entries(spearman)) {
        const pair = found.find(({ columns }) => columns.join(' ') === names)!;
        expect(pair.current!.value).toBeCloseTo(correlation, 12);
      }
    },
  );

  it('uses Cramer for two categories, and the correlation ratio for a mixed pair in either order', () => {
    const rows = Array.from({ length: 90 }, (_, i) => [`a${i % 3}`, `b${i % 3}`]);
    expect(pairOf(['categorical', 'categorical'], rows)).toMatchObject({ kind: 'categorical' });
    expect(pairOf(['categorical', 'categorical'], rows).current!.value).toBeCloseTo(1);
    const unrelated = Array.from({ length: 90 }, (_, i) => [`a${i % 3}`, `b${Math.floor(i / 3) % 5}`]);
    expect(pairOf(['categorical', 'categorical'], unrelated).current!.value).toBe(0);

    // Ranks 0 and 1 in turn: the level tells all. Another level tells nothing.
    const mixed = Array.from({ length: 90 }, (_, i) => [i % 2, `b${i % 2}`]);
    expect(pairOf(['continuous', 'categorical'], mixed)).toMatchObject({ kind: 'mixed' });
    expect(pairOf(['continuous', 'categorical'], mixed).current!.value).toBeCloseTo(1);
    expect(
      pairOf(
        ['categorical', 'continuous'],
        mixed.map(([a, b]) => [b, a]),
      ).current!.value,
    ).toBeCloseTo(1);
    const apart = Array.from({ length: 90 }, (_, i) => [i % 2, `b${i % 3}`]);
    expect(pairOf(['continuous', 'categorical'], apart).current!.value).toBe(0);
  });

  it('is as certain as independent rows where rows are independent, and far less where neighbours are alike', () => {
    const sizes = (autocorrelation: number): number[] =>
      Array.from(
        { length: 20 },
        (_, seed) => both(seriesSample(seed + 1, 500, 2, autocorrelation)).current!.effectiveSize,
      );
    const mean = (values: readonly number[]): number =>
      values.reduce((sum, value) => sum + value / values.length, 0);
    expect(mean(sizes(0))).toBeGreaterThan(300);
    expect(mean(sizes(0))).toBeLessThanOrEqual(500);
    // The products of two series with autocorrelation .9 have one of .81: 500 rows are worth 500 x .19 / 1.81 = 52.
    expect(mean(sizes(0.9))).toBeGreaterThan(35);
    expect(mean(sizes(0.9))).toBeLessThan(100);
  });

  it('leaves out rows where either value is missing', () => {
    const sample = numberSample(200, (i) => {
      const x = normal();
      return [i % 4 === 0 ? NaN : x, x];
    });
    expect(both(sample).current!.value).toBeCloseTo(1, 2);
  });

  it('says nothing of constant or empty columns, of fewer than 30 complete rows, or of a column that varies in one block only', () => {
    expect(both(numberSample(100, (i) => [5, i])).current).toBeUndefined();
    expect(both(numberSample(100, (i) => [NaN, i])).current).toBeUndefined();
    expect(both(numberSample(29, (i) => [i % 7, i])).current).toBeUndefined();
    expect(both(numberSample(100, (i) => [i < 10 ? i : 0, i])).current).toBeUndefined();
    expect(
      pairOf(
        ['categorical', 'categorical'],
        Array.from({ length: 60 }, (_, i) => ['same', `b${i % 2}`]),
      ).current,
    ).toBeUndefined();
    expect(
      pairOf(
        ['continuous', 'categorical'],
        Array.from({ length: 60 }, (_, i) => [i, null]),
      ).current,
    ).toBeUndefined();
  });
});
