import { describe, expect, it } from 'vitest';

import {
  computeMethod,
  decide,
  isMethodName,
  methodNames,
  methodOf,
  methodsFor,
} from '../../../core/statistics/registry.ts';
import { compareValues, levelComparison } from './comparisons.ts';

describe('the table of methods', () => {
  it.each([
    ['kolmogorov-smirnov', ['continuous'], 'p-value', 0.05],
    ['anderson-darling', ['continuous'], 'p-value', 0.05],
    ['cramer-von-mises', ['continuous'], 'p-value', 0.05],
    ['wasserstein', ['continuous'], 'effect', 0.2],
    ['energy-distance', ['continuous'], 'effect', 0.1],
    ['population-stability-index', ['continuous', 'categorical'], 'effect', 0.1],
    ['kullback-leibler', ['continuous', 'categorical'], 'effect', 0.1],
    ['jensen-shannon', ['continuous', 'categorical'], 'effect', 0.1],
    ['hellinger', ['continuous', 'categorical'], 'effect', 0.1],
    ['total-variation', ['continuous', 'categorical'], 'effect', 0.1],
    ['l-infinity', ['continuous', 'categorical'], 'effect', 0.1],
    ['chi-squared', ['categorical'], 'p-value', 0.05],
    ['g-test', ['categorical'], 'p-value', 0.05],
    ['fisher-exact', ['categorical'], 'p-value', 0.05],
    ['two-proportion-z', ['categorical'], 'p-value', 0.05],
  ] as const)('%s applies to %j and decides by its %s at %d', (name, kinds, decidedBy, threshold) => {
    expect(methodOf(name)).toMatchObject({ kinds, decidedBy, threshold });
  });

  it('names the methods for a kind of column', () => {
    expect(methodsFor('continuous')).toEqual([
      'kolmogorov-smirnov',
      'anderson-darling',
      'cramer-von-mises',
      'wasserstein',
      'energy-distance',
      'population-stability-index',
      'kullback-leibler',
      'jensen-shannon',
      'hellinger',
      'total-variation',
      'l-infinity',
    ]);
    expect(methodsFor('categorical')).toEqual([
      'population-stability-index',
      'kullback-leibler',
      'jensen-shannon',
      'hellinger',
      'total-variation',
      'l-infinity',
      'chi-squared',
      'g-test',
      'fisher-exact',
      'two-proportion-z',
    ]);
  });

  it('has a key and a label of its own for each', () => {
    const rows = methodNames.map(methodOf);
    expect(new Set(rows.map(({ key }) => key)).size).toBe(rows.length);
    expect(new Set(rows.map(({ label }) => label)).size).toBe(rows.length);
  });

  it('knows the names of methods', () => {
    expect([isMethodName('wasserstein'), isMethodName('toString'), isMethodName('ks')]).toEqual([
      true,
      false,
      false,
    ]);
  });
});

describe('computeMethod', () => {
  it.each(methodNames)('%s gives finite numbers or a reason for every column, however poor', (method) => {
    const columns = [
      compareValues([], []),
      compareValues([null, null], [1, 2]),
      compareValues([1, 2], [null]),
      compareValues([1, 1], [1]),
      compareValues([1, 1], [2]),
      compareValues([1], [1, 2, 3]),
      compareValues([0, -0, 5e-324], [0]),
      compareValues([1e145, -1e145, 0], [1e145, 1]),
      levelComparison([], []),
      levelComparison([null], ['a']),
      levelComparison(['a'], [null]),
      levelComparison(['a', 'a'], ['a']),
      levelComparison(['a', 'b'], ['c']),
    ];
    for (const column of columns) {
      const result = computeMethod(method, column);
      expect(result.method).toBe(method);
      // JSON turns NaN and infinities into null.
      expect(JSON.parse(JSON.stringify(result))).toEqual(result);
    }
  });

  it.each(methodNames)('%s is computable for its kinds of column, and says so for others', (method) => {
    const values = Array.from({ length: 50 }, (_, i) => i);
    const levels = values.map((value) => (value % 2 === 0 ? 'even' : 'odd'));
    const computed = {
      continuous: computeMethod(method, compareValues(values, values)),
      categorical: computeMethod(method, levelComparison(levels, levels)),
    };
    for (const kind of ['continuous', 'categorical'] as const) {
      expect('notComputable' in computed[kind]).toBe(!methodOf(method).kinds.includes(kind));
    }
  });
});

describe('decide', () => {
  it('calls an effect at or above the threshold drift', () => {
    const result = { method: 'wasserstein', statistic: 1, pValue: null, effect: 0.2 } as const;
    expect(decide(result, 0.2)).toEqual({
      drifted: 'yes',
      method: 'wasserstein',
      decidedBy: 'effect',
      value: 0.2,
      effect: 0.2,
      threshold: 0.2,
    });
    expect(decide(result, 0.2001).drifted).toBe('no');
  });

  it('calls a p-value below the threshold drift', () => {
    const result = { method: 'chi-squared', statistic: 4, pValue: 0.05, effect: 0.1 } as const;
    expect(decide(result, 0.05).drifted).toBe('no');
    expect(decide(result, 0.051)).toMatchObject({ drifted: 'yes', decidedBy: 'p-value', value: 0.05 });
  });

  it('is unknown where nothing was computed, with the name of the method', () => {
    expect(decide({ method: 'kolmogorov-smirnov', notComputable: 'no value' }, 0.05)).toEqual({
      drifted: 'unknown',
      reason: 'KS: no value',
    });
  });
});
