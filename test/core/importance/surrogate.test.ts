import { describe, expect, it } from 'vitest';

import type { Importances } from '../../../core/importance/importances.ts';
import { surrogateImportances } from '../../../core/importance/surrogate.ts';
import { sampleOf } from '../../../core/multivariate/sample.ts';
import { normals, numberSample, uniforms } from '../multivariate/samples.ts';

const normal = normals(uniforms(11));
const rows = 1500;
const sample = numberSample(rows, () => [normal(), normal(), normal()]);
const [x, y] = sample.columns.map(({ values }) => values as Float64Array) as [Float64Array, Float64Array];

function importancesOf(found: ReturnType<typeof surrogateImportances>): Importances {
  if ('notComputable' in found) throw new Error(found.notComputable);
  return found.importances;
}

describe('surrogateImportances', () => {
  it('finds the shares of a linear model: squared slopes times variances', () => {
    const predictions = x.map((value, i) => 3 * value + y[i]!);
    const found = surrogateImportances(sample, [predictions], { seed: 1 });
    expect(found).toMatchObject({ rows });
    expect('fidelity' in found && found.fidelity).toBeGreaterThan(0.9);
    const { f0, f1, f2 } = importancesOf(found);
    expect(Math.abs(f0! - 0.9)).toBeLessThan(0.03);
    expect(Math.abs(f1! - 0.1)).toBeLessThan(0.03);
    expect(f2).toBeLessThan(0.01);
    expect(f0! + f1! + f2!).toBeCloseTo(1);
  });

  it('finds features that only matter together', () => {
    const { f0, f1, f2 } = importancesOf(
      surrogateImportances(sample, [x.map((value, i) => Math.sign(value * y[i]!))], { seed: 1 }),
    );
    expect(Math.abs(f0! - f1!)).toBeLessThan(0.1);
    expect(f2).toBeLessThan(0.05);
  });

  it('takes the probabilities of classes, and categories', () => {
    const sky = Array.from({ length: 600 }, (_, i) => ['rain', 'clear', 'mist'][i % 3]!);
    const noise = Array.from({ length: 600 }, normal);
    const weather = sampleOf(
      [
        { name: 'sky', kind: 'categorical' },
        { name: 'noise', kind: 'continuous' },
      ],
      sky.map((level, time) => ({ time, values: [level, noise[time]] })),
    );
    const targets = ['rain', 'clear'].map((level) =>
      Float64Array.from(sky, (each) => (each === level ? 0.9 : 0.1)),
    );
    expect(importancesOf(surrogateImportances(weather, targets, { seed: 1 })).sky).toBeGreaterThan(0.99);
  });

  it('gives the same for the same seed, JSON-safe', () => {
    const compute = () => surrogateImportances(sample, [x.map(Math.abs)], { seed: 3 });
    expect(JSON.parse(JSON.stringify(compute()))).toEqual(compute());
  });

  it('does not speak for a model that it cannot imitate', () => {
    expect(surrogateImportances(sample, [x.map(() => normal())], { seed: 1 })).toEqual({
      notComputable: expect.stringMatching(
        /^trees on these features explain \d+% of the predictions, 50% are needed to speak for the model$/,
      ),
    });
    expect(surrogateImportances(sample, [new Float64Array(rows).fill(2)], { seed: 1 })).toEqual({
      notComputable: 'all predictions are the same',
    });
    expect(
      surrogateImportances(
        numberSample(199, () => [1]),
        [new Float64Array(199)],
        { seed: 1 },
      ),
    ).toEqual({
      notComputable: 'there are 199 predictions, 200 are needed',
    });
    expect(surrogateImportances(sample, [], { seed: 1 })).toHaveProperty('notComputable');
  });
});
