import { describe, expect, it } from 'vitest';

import { dealCodes, shuffleRows } from '../../../core/multivariate/shuffle.ts';

const rows = Int32Array.from({ length: 100 }, (_, i) => i);

describe('shuffleRows', () => {
  it('puts the same rows in another order, the same for the same seed', () => {
    const shuffled = shuffleRows(rows, 1);
    expect(shuffled).not.toEqual(rows);
    expect(shuffled.toSorted()).toEqual(rows);
    expect(shuffleRows(rows, 1)).toEqual(shuffled);
    expect(shuffleRows(rows, 2)).not.toEqual(shuffled);
    expect(shuffleRows(new Int32Array(), 1)).toEqual(new Int32Array());
  });

  it('brings every row to every place about equally often', () => {
    const places = new Map<number, number>();
    for (let seed = 0; seed < 4000; seed += 1) {
      const place = shuffleRows(rows.subarray(0, 4), seed).indexOf(0);
      places.set(place, (places.get(place) ?? 0) + 1);
    }
    for (let place = 0; place < 4; place += 1) expect(Math.abs(places.get(place)! - 1000)).toBeLessThan(120);
  });
});

describe('dealCodes', () => {
  it('deals codes within each group of rows, and leaves other rows as they are', () => {
    const codes = Uint8Array.from(rows, (row) => row % 64);
    const groups = [rows.subarray(0, 40), rows.subarray(40, 90)];
    const dealt = dealCodes({ name: 'x', kind: 'continuous', codes, bins: 64 }, groups, 1);
    for (const group of groups) {
      const [start, end] = [group[0]!, group.at(-1)! + 1];
      expect(dealt.slice(start, end)).not.toEqual(codes.slice(start, end));
      expect(dealt.slice(start, end).sort()).toEqual(codes.slice(start, end).sort());
    }
    expect(dealt.slice(90)).toEqual(codes.slice(90));
  });
});
