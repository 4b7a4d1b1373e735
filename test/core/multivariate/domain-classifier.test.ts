import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

import { domainClassifier, separationAuc } from '../../../core/multivariate/domain-classifier.ts';
import { sampleOf } from '../../../core/multivariate/sample.ts';
import { normals, numberSample, oracleSample, seriesSample, uniforms, type Change } from './samples.ts';

const options = { seed: 1, alpha: 0.05 };

interface OracleSample {
  readonly change: Change;
  readonly seeds: readonly [number, number];
  readonly rows: readonly [number, number];
  readonly auc: number;
}
const oracle = JSON.parse(
  readFileSync(new URL('../../oracles/multivariate.json', import.meta.url), 'utf8'),
) as { samples: OracleSample[] };

describe('domainClassifier', () => {
  it.each(oracle.samples)(
    "has the AUC of scikit-learn's histogram boosting within .03: $change, $rows",
    ({ change, seeds, rows, auc }) => {
      const [reference, current] = [
        oracleSample(seeds[0], rows[0], 'none'),
        oracleSample(seeds[1], rows[1], change),
      ];
      expect(Math.abs(separationAuc(reference, current)! - auc)).toBeLessThan(0.03);
    },
  );

  it('says who is to blame: the feature that moved, or the two whose correlation changed', () => {
    const reference = oracleSample(1, 1000, 'none');
    const shifted = domainClassifier(reference, oracleSample(2, 1000, 'shift'), options);
    expect(shifted.verdict.level).toBe('critical');
    expect(shifted.verdict.reason).toMatch(
      /^current rows can be told from reference rows: AUC 0\.\d+ \(95% 0\.\d+ to 0\.\d+; 1000 and 1000 rows\); by x0 \d+%/,
    );
    const related = domainClassifier(reference, oracleSample(3, 1500, 'correlation'), options);
    expect(related.verdict.level).not.toBe('ok');
    expect(
      related
        .details!.features.slice(0, 2)
        .map(({ feature }) => feature)
        .sort(),
    ).toEqual(['x2', 'x3']);
    const shares = related.details!.features.map(({ share }) => share);
    expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1);
    expect(shares).toEqual(shares.toSorted((a, b) => b - a));
  });

  it('sees a change of sign that leaves every single feature as it was', () => {
    const normal = normals(uniforms(5));
    const pair = (sign: number) => () => {
      const [a, b] = [normal(), normal()];
      return [a, sign * Math.sign(a) * Math.abs(b), normal(), normal()];
    };
    const found = domainClassifier(numberSample(600, pair(1)), numberSample(600, pair(-1)), options);
    expect(found.statistic).toBeGreaterThan(0.8);
    expect(found.verdict.level).toBe('critical');
    expect(found.pValue).toBeLessThan(0.001);
  });

  it('rarely sees anything where nothing has changed, also where neighbours in time are alike', () => {
    const alarmsAt = (autocorrelation: number): number =>
      Array.from({ length: 20 }, (_, i) =>
        domainClassifier(
          seriesSample(2 * i + 1, 300, 3, autocorrelation),
          seriesSample(2 * i + 2, 100, 3, autocorrelation),
          options,
        ),
      ).filter(({ verdict }) => verdict.level !== 'ok').length;
    expect(alarmsAt(0)).toBeLessThanOrEqual(2);
    expect(alarmsAt(0.8)).toBeLessThanOrEqual(3);
  });

  it('keeps quiet about what is certain but too small to matter', () => {
    const normal = normals(uniforms(6));
    const reference = numberSample(2000, () => [normal()]);
    const current = numberSample(2000, () => [normal() + 0.16]);
    const found = domainClassifier(reference, current, { ...options, alpha: 0.5 });
    expect(found.statistic).toBeLessThan(0.55);
    expect(found.verdict.level).toBe('ok');
  });

  it('is calm where earlier windows could be told apart as well, and says so', () => {
    const [reference, current] = [oracleSample(1, 1000, 'none'), oracleSample(2, 1000, 'shift')];
    const usual = [0.6, 0.75, 0.7, 0.65];
    const found = domainClassifier(reference, current, { ...options, usual });
    expect(found.verdict.level).toBe('ok');
    expect(found.verdict.reason).toMatch(
      /, but that may be usual: AUC 0\.\d+ .*, usually 0\.6 to 0\.75 in 4 windows \(p 0\.\d+\)/,
    );
    expect(found.pValue).toBe(found.details!.usual!.pValue);
    const calm = domainClassifier(reference, current, { ...options, usual: [0.5, 0.52, 0.48, 0.51] });
    expect(calm.verdict.level).toBe('critical');
    // Two windows do not tell what is usual.
    expect(domainClassifier(reference, current, { ...options, usual: [0.7, 0.7] }).details!.usual).toBeNull();
  });

  it('has an interval that leaves out .5 exactly where p < .05', () => {
    for (let i = 0; i < 12; i += 1) {
      const { details } = domainClassifier(
        seriesSample(i, 200, 3, 0.5),
        seriesSample(i + 100, 200, 3, 0.5),
        options,
      );
      const { interval, pValue } = details!;
      expect(interval.low > 0.5 || interval.high < 0.5).toBe(pValue < 0.05);
    }
  });

  it('gives the same for the same samples and seed, JSON-safe', () => {
    const compare = () =>
      domainClassifier(oracleSample(1, 300, 'none'), oracleSample(2, 300, 'shift'), options);
    expect(compare()).toEqual(compare());
    expect(JSON.parse(JSON.stringify(compare()))).toEqual(compare());
  });

  it('says what is missing where a side has too few rows, or there is no feature', () => {
    const reference = oracleSample(1, 100, 'none');
    for (const rows of [0, 1, 49]) {
      expect(domainClassifier(reference, oracleSample(2, rows, 'none'), options)).toMatchObject({
        statistic: null,
        pValue: null,
        verdict: {
          level: 'insufficient-data',
          reason: `the current window has ${rows} rows, 50 are needed to tell rows apart`,
        },
      });
    }
    expect(domainClassifier(oracleSample(1, 0, 'none'), reference, options).verdict.reason).toContain(
      'the reference has 0 rows',
    );
    const none = sampleOf([], [{ time: 0, values: [] }]);
    expect(domainClassifier(none, none, options).verdict.reason).toBe('there is no feature to look at');
    expect(separationAuc(reference, oracleSample(2, 10, 'none'))).toBeUndefined();
  });
});
