import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

import {
  fitReconstruction,
  meanReconstructionError,
  reconstructionErrors,
  type Reconstruction,
} from '../../../core/multivariate/principal-components.ts';
import { sampleOf, type Sample } from '../../../core/multivariate/sample.ts';
import { normals, numberSample, oracleSample, seriesSample, uniforms, type Change } from './samples.ts';

interface OracleSample {
  readonly change: Change;
  readonly seeds: readonly [number, number];
  readonly rows: readonly [number, number];
  readonly reconstruction: {
    readonly components: number;
    readonly explained: number;
    readonly referenceError: number;
    readonly currentError: number;
  };
}
const oracle = JSON.parse(
  readFileSync(new URL('../../oracles/multivariate.json', import.meta.url), 'utf8'),
) as { samples: OracleSample[] };

function fit(sample: Sample, keep?: Parameters<typeof fitReconstruction>[1]): Reconstruction {
  const found = fitReconstruction(sample, keep);
  if ('notComputable' in found) throw new Error(found.notComputable);
  return found;
}

describe('fitReconstruction', () => {
  it.each(oracle.samples)(
    "agrees with scikit-learn's PCA: $change, $rows",
    ({ change, seeds, rows, reconstruction }) => {
      const reference = oracleSample(seeds[0], rows[0], 'none');
      const fitted = fit(reference);
      expect(fitted.components).toHaveLength(reconstruction.components);
      expect(fitted.explained).toBeCloseTo(reconstruction.explained, 12);
      expect(meanReconstructionError(fitted, reference)).toBeCloseTo(reconstruction.referenceError, 10);
      const current = oracleSample(seeds[1], rows[1], change);
      expect(meanReconstructionError(fitted, current)).toBeCloseTo(reconstruction.currentError, 10);
    },
  );

  it('measures how far a row lies from the directions in which the reference varies', () => {
    const normal = normals(uniforms(1));
    const line = fit(
      numberSample(500, () => {
        const x = normal();
        return [x, 2 * x];
      }),
    );
    expect(line.components).toHaveLength(1);
    expect(line.explained).toBeCloseTo(1);
    const { mean, standardDeviation } = line.columns[0]!;
    const [on, off] = reconstructionErrors(
      line,
      numberSample(2, (i) => [
        mean + standardDeviation,
        2 * (i === 0 ? mean + standardDeviation : mean - standardDeviation),
      ]),
    );
    expect(on).toBeLessThan(1e-6);
    // (1, -1) is at a right angle to (1, 1).
    expect(off).toBeCloseTo(Math.SQRT2);
  });

  it('keeps more directions for a larger share, but never all of them', () => {
    const sample = seriesSample(1, 400, 6, 0);
    const kept = [0.1, 0.5, 0.65, 0.9, 1].map((share) => fit(sample, { share }).components.length);
    expect(kept).toEqual(kept.toSorted((a, b) => a - b));
    expect(kept.at(0)).toBe(1);
    expect(kept.at(-1)).toBe(5);
    expect([0, 2, 9].map((components) => fit(sample, { components }).components.length)).toEqual([1, 2, 5]);
  });

  it('survives JSON', () => {
    const fitted = fit(oracleSample(1, 300, 'none'));
    const current = oracleSample(2, 100, 'shift');
    const restored = JSON.parse(JSON.stringify(fitted)) as Reconstruction;
    expect(meanReconstructionError(restored, current)).toBe(meanReconstructionError(fitted, current));
  });

  it('leaves out columns that do not vary, and needs two that do', () => {
    const constant = sampleOf(
      [
        { name: 'one', kind: 'continuous' },
        { name: 'none', kind: 'continuous' },
        { name: 'same', kind: 'categorical' },
        { name: 'x', kind: 'continuous' },
      ],
      Array.from({ length: 50 }, (_, i) => ({ time: i, values: [1e9 / 3, null, 'a', i] })),
    );
    expect(fitReconstruction(constant)).toEqual({
      notComputable: 'fewer than 2 features vary in the reference',
    });
    expect(fitReconstruction(numberSample(0, () => [1]))).toHaveProperty('notComputable');
    expect(fitReconstruction(numberSample(1, () => [1, 2]))).toHaveProperty('notComputable');
  });

  it('gives finite errors for any current row: far values, new levels, a column that is not there', () => {
    const fitted = fit(oracleSample(1, 300, 'none'));
    const strange = sampleOf(
      [
        { name: 'x0', kind: 'continuous' },
        { name: 'few', kind: 'categorical' },
      ],
      [
        { time: 0, values: [1e144, 'new'] },
        { time: 1, values: [null, null] },
      ],
    );
    const errors = reconstructionErrors(fitted, strange);
    expect([...errors].every(Number.isFinite)).toBe(true);
    expect(errors[0]).toBeGreaterThan(1000);
  });
});
