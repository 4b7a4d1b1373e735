import { describe, expect, it } from 'vitest';

import type { Importances } from '../../../core/importance/importances.ts';
import { mostTargets, surrogateImportances, type Target } from '../../../core/importance/surrogate.ts';
import { sampleOf } from '../../../core/multivariate/sample.ts';
import { normals, numberSample, uniforms } from '../multivariate/samples.ts';

const normal = normals(uniforms(11));
const rows = 1500;
const sample = numberSample(rows, () => [normal(), normal(), normal()]);
const [x, y] = sample.columns.map(({ values }) => values as Float64Array) as [Float64Array, Float64Array];

/** Predictions that are right, up to an error that no feature knows of. */
const target = (predicted: Float64Array): Target => ({
  predicted,
  actual: predicted.map((value) => value + 0.3 * normal()),
});

function importancesOf(found: ReturnType<typeof surrogateImportances>): Importances {
  if ('notComputable' in found) throw new Error(found.notComputable);
  return found.importances;
}

describe('surrogateImportances', () => {
  it('finds the shares of a linear model: squared slopes times variances', () => {
    const predictions = x.map((value, i) => 3 * value + y[i]!);
    const found = surrogateImportances(sample, [target(predictions)], { seed: 1 });
    expect(found).toMatchObject({ rows });
    expect('fidelity' in found && found.fidelity).toBeGreaterThan(0.9);
    const { f0, f1, f2 } = importancesOf(found);
    expect(Math.abs(f0! - 0.9)).toBeLessThan(0.03);
    expect(Math.abs(f1! - 0.1)).toBeLessThan(0.03);
    expect(f2).toBeLessThan(0.01);
    expect(f0! + f1! + f2!).toBeCloseTo(1);
  });

  it('finds features that only matter together', () => {
    const predictions = x.map((value, i) => Math.sign(value * y[i]!));
    const { f0, f1, f2 } = importancesOf(surrogateImportances(sample, [target(predictions)], { seed: 1 }));
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
    const targets = ['rain', 'clear'].map((level) => ({
      predicted: Float64Array.from(sky, (each) => (each === level ? 0.9 : 0.1)),
      actual: Float64Array.from(sky, (each) => Number(each === level)),
    }));
    expect(importancesOf(surrogateImportances(weather, targets, { seed: 1 })).sky).toBeGreaterThan(0.99);
  });

  it('gives none to a feature that the model uses and should not', () => {
    const found = surrogateImportances(
      sample,
      [{ predicted: x.map((value, i) => value + y[i]!), actual: x }],
      { seed: 1 },
    );
    const { f0, f1 } = importancesOf(found);
    expect(f0).toBeGreaterThan(0.9);
    expect(f1).toBeLessThan(0.1);
  });

  it('looks at the targets whose predictions vary most, where there are many', () => {
    const small = Array.from({ length: mostTargets }, () => target(y.map((value) => value / 100)));
    const large = target(x);
    const many = importancesOf(surrogateImportances(sample, [...small, large], { seed: 1 }));
    expect(many).toEqual(
      importancesOf(surrogateImportances(sample, [large, ...small.slice(0, -1)], { seed: 1 })),
    );
  });

  it('gives the same for the same seed, JSON-safe', () => {
    const absolute = target(x.map(Math.abs));
    const compute = () => surrogateImportances(sample, [absolute], { seed: 3 });
    expect(JSON.parse(JSON.stringify(compute()))).toEqual(compute());
  });

  it('does not speak for a model that it cannot imitate', () => {
    expect(surrogateImportances(sample, [target(x.map(() => normal()))], { seed: 1 })).toEqual({
      notComputable: expect.stringMatching(
        /^trees on these features explain \d+% of the predictions, 50% are needed to speak for the model$/,
      ),
    });
    expect(surrogateImportances(sample, [target(new Float64Array(rows).fill(2))], { seed: 1 })).toEqual({
      notComputable: 'all predictions are the same',
    });
    expect(
      surrogateImportances(
        numberSample(199, () => [1]),
        [target(new Float64Array(199))],
        { seed: 1 },
      ),
    ).toEqual({
      notComputable: 'there are 199 outcomes, 200 are needed',
    });
    expect(surrogateImportances(sample, [], { seed: 1 })).toHaveProperty('notComputable');
  });
});
