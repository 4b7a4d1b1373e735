import { describe, expect, it } from 'vitest';

import { correlationChanges } from '../../../core/multivariate/correlation-changes.ts';
import { sampleOf } from '../../../core/multivariate/sample.ts';
import { normals, numberSample, oracleSample, seriesSample, uniforms } from './samples.ts';

const alpha = 0.05;
const normal = normals(uniforms(9));
/** Three columns, of which the first two are correlated. */
const related = (rows: number, correlation: number) =>
  numberSample(rows, () => {
    const [a, b, c] = [normal(), normal(), normal()];
    return [a, correlation * a + Math.sqrt(1 - correlation ** 2) * b, c];
  });

describe('correlationChanges', () => {
  it('names the pair that goes together otherwise than before', () => {
    const found = correlationChanges(related(800, 0.6), related(400, -0.3), { alpha });
    expect(found.verdict.level).toBe('critical');
    expect(found.verdict.reason).toMatch(
      /^1 of 3 pairs of features changed: f0 and f1 0\.\d+ -> -0\.\d+ \(800 and 400 rows\)$/,
    );
    expect(found.statistic).toBe(1);
    expect(found.effect).toBeGreaterThan(0.7);
    expect(found.details!.changed).toHaveLength(1);
    expect(found.details!.changed[0]!.effectiveSizes.reference).toBeGreaterThan(200);
  });

  it('needs a difference that matters, however certain it is', () => {
    const small = correlationChanges(related(4000, 0.5), related(4000, 0.37), { alpha });
    expect(small.pValue).toBeLessThan(0.01);
    expect(small.verdict).toEqual({
      level: 'ok',
      reason: '0 of 3 pairs of features changed (4000 and 4000 rows)',
    });
  });

  it('rarely finds a change where there is none, among many pairs and alike neighbours', () => {
    const alarmsAt = (autocorrelation: number): number =>
      Array.from({ length: 30 }, (_, i) =>
        correlationChanges(
          seriesSample(2 * i + 1, 600, 8, autocorrelation),
          seriesSample(2 * i + 2, 168, 8, autocorrelation),
          { alpha },
        ),
      ).filter(({ verdict }) => verdict.level !== 'ok').length;
    expect(alarmsAt(0)).toBeLessThanOrEqual(2);
    expect(alarmsAt(0.8)).toBeLessThanOrEqual(4);
  });

  it('is less certain where usual windows differ from the reference by more than chance', () => {
    const [reference, current] = [related(800, 0.6), related(300, 0.1)];
    expect(correlationChanges(reference, current, { alpha }).verdict.level).not.toBe('ok');
    const restless = [-0.2, 0.9, 0.3, 0, 0.85].map((correlation) => ({
      reference,
      current: related(300, correlation),
    }));
    const found = correlationChanges(reference, current, { alpha, usual: restless });
    expect(found.verdict.level).toBe('ok');
    expect(found.details!.dispersion.continuous).toBeGreaterThan(5);
    const quiet = [1, 2, 3].map(() => ({ reference, current: related(300, 0.6) }));
    expect(correlationChanges(reference, current, { alpha, usual: quiet }).verdict.level).not.toBe('ok');
  });

  it('judges pairs with a categorical feature only against usual windows', () => {
    const rows = (linked: boolean) =>
      sampleOf(
        [
          { name: 'sky', kind: 'categorical' },
          { name: 'road', kind: 'categorical' },
          { name: 'temp', kind: 'continuous' },
        ],
        Array.from({ length: 500 }, (_, i) => {
          const sky = normal() > 0 ? 'rain' : 'clear';
          const other = normal() > 0 ? 'wet' : 'dry';
          return { time: i, values: [sky, linked ? (sky === 'rain' ? 'wet' : 'dry') : other, normal()] };
        }),
      );
    const reference = rows(true);
    expect(correlationChanges(reference, rows(false), { alpha }).verdict.level).toBe('insufficient-data');
    const usual = [1, 2, 3].map(() => ({ reference, current: rows(true) }));
    const found = correlationChanges(reference, rows(false), { alpha, usual });
    expect(found.details!.changed.map(({ columns }) => columns)).toEqual([['sky', 'road']]);
    expect(correlationChanges(reference, rows(true), { alpha, usual }).verdict.level).toBe('ok');
  });

  it('is JSON-safe, and says so where no pair can be judged', () => {
    const found = correlationChanges(oracleSample(1, 300, 'none'), oracleSample(2, 300, 'correlation'), {
      alpha,
    });
    expect(JSON.parse(JSON.stringify(found))).toEqual(found);
    for (const [reference, current] of [
      [related(100, 0), related(0, 0)],
      [related(0, 0), related(100, 0)],
      [numberSample(100, (i) => [i]), numberSample(100, (i) => [i])],
      [numberSample(100, () => [1, 2]), numberSample(100, () => [1, 2])],
    ] as const) {
      expect(correlationChanges(reference, current, { alpha })).toMatchObject({
        pValue: null,
        verdict: {
          level: 'insufficient-data',
          reason: 'no pair of features has enough complete rows that vary on both sides',
        },
      });
    }
  });
});
