import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { TidewatchError } from '../../../core/errors.ts';
import { decodeProfile, encodeProfile } from '../../../core/profile/encode.ts';
import { buildCategoricalGrid, buildContinuousGrid } from '../../../core/profile/grid.ts';
import { buildProfile, emptyProfile, type CategoricalProfile } from '../../../core/profile/profile.ts';
import { cellOfRow, level, numbers } from './arbitraries.ts';

const weather = buildCategoricalGrid(['clear', 'clear', 'rain']);
const temperature = buildContinuousGrid(Float64Array.from({ length: 1000 }, (_, i) => Math.sin(i)));
const invalidProfile = expect.objectContaining({ code: 'INVALID_PROFILE' }) as Error;

describe('encodeProfile and decodeProfile', () => {
  it('give back a continuous profile to the bit', () => {
    fc.assert(
      fc.property(numbers, fc.array(cellOfRow), (reference, rows) => {
        const grid = buildContinuousGrid(Float64Array.from(reference));
        const profile = buildProfile(grid, rows);
        expect(decodeProfile(encodeProfile(profile), grid)).toEqual(profile);
      }),
    );
  });

  it('give back a categorical profile to the bit', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('a', 'b', 'c')), fc.array(level), (reference, rows) => {
        const grid = buildCategoricalGrid(reference);
        const profile = buildProfile(grid, rows);
        expect(decodeProfile(encodeProfile(profile), grid)).toEqual(profile);
      }),
    );
  });

  it('keep counts above 32 bits', () => {
    const profile: CategoricalProfile = {
      ...buildProfile(weather, []),
      cells: Float64Array.of(2 ** 33 + 1, 0),
      missing: 2 ** 52 + 3,
    };
    expect(decodeProfile(encodeProfile(profile), weather)).toEqual(profile);
  });

  it('read a view into a larger buffer, as drivers return it', () => {
    const bytes = encodeProfile(buildProfile(temperature, [0.5, null]));
    const larger = new Uint8Array(bytes.length + 20).fill(255);
    larger.set(bytes, 7);
    expect(decodeProfile(larger.subarray(7, 7 + bytes.length), temperature)).toEqual(
      buildProfile(temperature, [0.5, null]),
    );
  });

  it('write few bytes for few rows', () => {
    expect(encodeProfile(emptyProfile(temperature)).length).toBeLessThanOrEqual(32);
    expect(encodeProfile(buildProfile(temperature, [0.5, 0.5, null])).length).toBeLessThanOrEqual(64);
  });
});

describe('decodeProfile refuses', () => {
  const bytes = encodeProfile(buildProfile(temperature, [0.1, 0.2, 5]));

  it('an unknown version', () => {
    expect(() => decodeProfile(Uint8Array.of(2, ...bytes.subarray(1)), temperature)).toThrow(/version 2/);
  });

  it('bytes cut off anywhere', () => {
    for (let length = 0; length < bytes.length; length += 1) {
      expect(() => decodeProfile(bytes.subarray(0, length), temperature)).toThrow(invalidProfile);
    }
  });

  it('bytes left over', () => {
    expect(() => decodeProfile(Uint8Array.of(...bytes, 0), temperature)).toThrow(/left over/);
  });

  it('another number of cells', () => {
    expect(() => decodeProfile(bytes, buildContinuousGrid(Float64Array.of(1, 2)))).toThrow(
      /it has 252 continuous cells, the grid has/,
    );
    expect(() => decodeProfile(bytes, weather)).toThrow(/continuous cells, the grid has 2 categorical/);
  });

  it('another grid with as many cells', () => {
    const other = buildCategoricalGrid(['a', 'b']);
    expect(() => decodeProfile(encodeProfile(emptyProfile(other)), weather)).toThrow(/counted in the grid/);
  });

  it('a run of empty cells beyond the last one', () => {
    const broken = encodeProfile(emptyProfile(weather));
    // version, kind, 4 bytes of fingerprint, number of cells, 0, length of the run
    broken[8] = 3;
    expect(() => decodeProfile(broken, weather)).toThrow(/impossible length/);
  });

  it('any damage with the catalogued error, or reads whole counts: it never crashes and never gives NaN', () => {
    const outcomeOf = (damaged: Uint8Array): unknown => {
      try {
        const profile = decodeProfile(damaged, temperature);
        return [...profile.cells, profile.missing, profile.invalid].every(Number.isSafeInteger);
      } catch (error) {
        return error instanceof TidewatchError && error.code === 'INVALID_PROFILE';
      }
    };
    fc.assert(
      fc.property(fc.nat({ max: bytes.length - 1 }), fc.nat({ max: 255 }), (position, value) => {
        const damaged = bytes.slice();
        damaged[position] = value;
        expect(outcomeOf(damaged)).toBe(true);
      }),
    );
  });
});
