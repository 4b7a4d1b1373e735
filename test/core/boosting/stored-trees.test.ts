import { describe, expect, it } from 'vitest';

import { fitBoostedTrees, predictBoostedTrees } from '../../../core/boosting/boosted-trees.ts';
import { binFeature } from '../../../core/boosting/feature-bins.ts';
import { readTrees, storeTrees } from '../../../core/boosting/stored-trees.ts';
import { normals, uniforms } from '../multivariate/samples.ts';

const rows = 2000;
const all = Int32Array.from({ length: rows }, (_, i) => i);
const normal = normals(uniforms(3));
const x = Float64Array.from({ length: rows }, (_, i) => (i % 9 === 0 ? NaN : normal()));
const levels = Array.from({ length: rows }, (_, i) => `level ${(i * 7) % 300}`);
const target = x.map((value, i) => (Number.isNaN(value) ? 2 : value) + (((i * 7) % 300) % 3));
const features = [
  binFeature({ name: 'x', kind: 'continuous', values: x }, { bins: 256 }),
  binFeature({ name: 'c', kind: 'categorical', values: levels.map((level) => level.slice(0, -1)) }),
];

describe('stored trees', () => {
  it('predict the same after they were JSON, whatever goes left', () => {
    const options = { loss: 'squared', rounds: 30, depth: 4, shrinkage: 0.3, minimumLeafRows: 5 } as const;
    const fitted = fitBoostedTrees(features, target, all, options);
    const text = JSON.stringify(storeTrees(fitted));
    const read = readTrees(JSON.parse(text) as ReturnType<typeof storeTrees>);
    expect(read).toEqual(fitted);
    expect(predictBoostedTrees(read, features, all)).toEqual(predictBoostedTrees(fitted, features, all));
    expect(text.length / (30 * 31)).toBeLessThan(40);
  });

  it('are empty where nothing was learned', () => {
    const fitted = { base: 1.5, depth: 2, trees: [] };
    expect(readTrees(storeTrees(fitted))).toEqual(fitted);
  });
});
