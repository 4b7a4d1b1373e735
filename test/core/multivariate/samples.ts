/** Samples made by a formula, the same as in test/oracles/multivariate.py. */

import { sampleOf, type Sample } from '../../../core/multivariate/sample.ts';
import { hourMs } from '../../../core/window.ts';

/** Uniform numbers from 0 up to, not including, 1: mulberry32. */
export function uniforms(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** Nearly normal numbers with mean 0 and deviation 1: the sum of twelve uniform ones. */
export function normals(uniform: () => number): () => number {
  return () => {
    let sum = -6;
    for (let i = 0; i < 12; i += 1) sum += uniform();
    return sum;
  };
}

export type Change = 'none' | 'shift' | 'correlation' | 'categories' | 'missing';

const columns = [
  ...['x0', 'x1', 'x2', 'x3', 'x4', 'x5'].map((name) => ({ name, kind: 'continuous' }) as const),
  ...['few', 'many'].map((name) => ({ name, kind: 'categorical' }) as const),
];

/** An hourly row of six numbers (the last one missing in a tenth) and two categories, of 4 and 40 levels. */
export function oracleSample(seed: number, rows: number, change: Change): Sample {
  const uniform = uniforms(seed);
  const normal = normals(uniform);
  return sampleOf(
    columns,
    Array.from({ length: rows }, (_, i) => {
      const x: (number | null)[] = Array.from({ length: 6 }, normal);
      x[1] = 0.6 * x[0]! + 0.8 * x[1]!;
      if (change === 'shift') x[0]! += 0.7;
      if (change === 'correlation') x[3] = 0.8 * x[2]! + 0.6 * x[3]!;
      if (uniform() < (change === 'missing' ? 0.3 : 0.1)) x[5] = null;
      const few = Math.floor(uniform() ** (change === 'categories' ? 2 : 1) * 4);
      const many = Math.floor(uniform() ** 2 * 40);
      return { time: i * hourMs, values: [...x, few, many] };
    }),
  );
}

/** Hourly rows of some continuous columns, named f0, f1 and so on; `row` gives the values of one. */
export function numberSample(rows: number, row: (i: number) => readonly number[], startHour = 0): Sample {
  const values = Array.from({ length: rows }, (_, i) => row(i));
  return sampleOf(
    (values[0] ?? row(0)).map((_, i) => ({ name: `f${i}`, kind: 'continuous' })),
    values.map((each, i) => ({ time: (startHour + i) * hourMs, values: each })),
  );
}

/** Hourly rows in which each column is an autoregressive series with mean 0 and deviation 1: its neighbours are alike. */
export function seriesSample(seed: number, rows: number, width: number, autocorrelation: number): Sample {
  const normal = normals(uniforms(seed));
  let state = Array.from({ length: width }, normal);
  return numberSample(rows, () => {
    const now = state;
    const noise = Math.sqrt(1 - autocorrelation ** 2);
    state = state.map((value) => autocorrelation * value + noise * normal());
    return now;
  });
}
