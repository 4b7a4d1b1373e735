import { describe, expect, it } from 'vitest';

import {
  fitReconstruction,
  meanReconstructionError,
} from '../../../core/multivariate/principal-components.ts';
import { judgeReconstruction } from '../../../core/multivariate/reconstruction-drift.ts';
import { normals, numberSample, uniforms } from './samples.ts';

const alpha = 0.05;
const normal = normals(uniforms(4));
/** Two pairs of columns that follow each other, as closely as `noise` lets them. */
const pairs = (rows: number, sign = 1, noise = 0.3) =>
  numberSample(rows, () => {
    const [a, b] = [normal(), normal()];
    return [a, sign * a + noise * normal(), b, b + noise * normal()];
  });
const reference = pairs(1000);
const fitted = fitReconstruction(reference);
const usual = Array.from({ length: 5 }, () =>
  'notComputable' in fitted ? 0 : meanReconstructionError(fitted, pairs(200)),
);

describe('judgeReconstruction', () => {
  it('is calm over a window like the usual ones, and alarmed where columns part', () => {
    const calm = judgeReconstruction(fitted, reference, pairs(200), { alpha, usual });
    expect(calm.verdict.level).toBe('ok');
    expect(calm.verdict.reason).toMatch(
      /^mean reconstruction error 0\.\d+, usually 0\.\d+ \+- 0\.\d+ in 5 windows \(p 0\.\d+, 0\.\d+ sd of single rows; 1000 and 200 rows\)$/,
    );
    const parted = judgeReconstruction(fitted, reference, pairs(200, -1), { alpha, usual });
    expect(parted.verdict.level).toBe('critical');
    expect(parted.effect).toBeGreaterThan(1);
    expect(parted.details).toMatchObject({ components: 2, columns: 4 });
  });

  it('is alarmed as well where columns follow each other more closely than they used to', () => {
    const copied = judgeReconstruction(fitted, reference, pairs(200, 1, 0.05), { alpha, usual });
    expect(copied.statistic).toBeLessThan(Math.min(...usual));
    expect(copied.verdict.level).toBe('critical');
  });

  it('cannot judge without three usual windows, but tells the error', () => {
    const found = judgeReconstruction(fitted, reference, pairs(200), { alpha, usual: usual.slice(0, 2) });
    expect(found.verdict.level).toBe('insufficient-data');
    expect(found.verdict.reason).toMatch(/but 2 usual windows do not tell how much it varies: 3 are needed$/);
    expect(found.statistic).toBeGreaterThan(0);
    expect(found.pValue).toBeNull();
  });

  it('says why nothing was computed', () => {
    expect(judgeReconstruction(fitted, reference, pairs(0), { alpha, usual }).verdict).toEqual({
      level: 'insufficient-data',
      reason: 'the current window has no row',
    });
    const constant = numberSample(100, () => [1, 2]);
    expect(
      judgeReconstruction(fitReconstruction(constant), constant, pairs(9), { alpha, usual }).verdict.reason,
    ).toBe('fewer than 2 features vary in the reference');
  });
});
