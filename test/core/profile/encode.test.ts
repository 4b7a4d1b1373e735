import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { TidewatchError } from '../../../core/errors.ts';
import { checksumOf } from '../../../core/profile/checksum.ts';
import { decodeProfile, encodeProfile, sumEncodedProfiles } from '../../../core/profile/encode.ts';
import { buildCategoricalGrid, buildContinuousGrid, type ReferenceGrid } from '../../../core/profile/grid.ts';
import { mergeProfiles } from '../../../core/profile/merge.ts';
import {
  buildProfile,
  emptyProfile,
  valueCountOf,
  type CategoricalProfile,
  type Profile,
} from '../../../core/profile/profile.ts';
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
        expect(decodeProfile(encodeProfile(profile, grid), grid)).toEqual(profile);
      }),
    );
  });

  it('give back a categorical profile to the bit', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('a', 'b', 'c')), fc.array(level), (reference, rows) => {
        const grid = buildCategoricalGrid(reference);
        const profile = buildProfile(grid, rows);
        expect(decodeProfile(encodeProfile(profile, grid), grid)).toEqual(profile);
      }),
    );
  });

  it.each([1, 300, 70_000, 2 ** 33 + 1])('keep counts up to %d in every cell', (count) => {
    const values = Array.from({ length: 3000 }, (_, i) => 1.5 * Math.sin(i));
    const profile = buildProfile(temperature, values);
    const large = { ...profile, cells: profile.cells.map((ofCell) => ofCell * count), missing: 2 ** 52 + 3 };
    expect(decodeProfile(encodeProfile(large, temperature), temperature)).toEqual(large);
  });

  it('keep counts above 32 bits in few cells', () => {
    const profile: CategoricalProfile = {
      ...buildProfile(weather, []),
      cells: Float64Array.of(2 ** 33 + 1, 0),
      missing: 2 ** 52 + 3,
    };
    expect(decodeProfile(encodeProfile(profile, weather), weather)).toEqual(profile);
  });

  it('write the same bytes for the same rows', () => {
    const rows = [0.3, null, 'x', 0.1, 7];
    expect(encodeProfile(buildProfile(temperature, rows), temperature)).toEqual(
      encodeProfile(buildProfile(temperature, rows), temperature),
    );
  });

  it('read a view into a larger buffer, as drivers return it, at any address', () => {
    const profile = buildProfile(temperature, [0.5, null]);
    const bytes = encodeProfile(profile, temperature);
    for (let start = 0; start < 9; start += 1) {
      const larger = new Uint8Array(bytes.length + 20).fill(255);
      larger.set(bytes, start);
      expect(decodeProfile(larger.subarray(start, start + bytes.length), temperature)).toEqual(profile);
    }
  });

  it('take few bytes for few rows, and for cells of one value one or two each', () => {
    const lengthOf = (grid: ReferenceGrid, rows: readonly unknown[]): number =>
      encodeProfile(buildProfile(grid, rows), grid).length;
    expect(lengthOf(temperature, [])).toBe(22);
    expect(lengthOf(temperature, [0.5, 0.5, null])).toBeLessThanOrEqual(64);
    const hours = Array.from({ length: 24_000 }, (_, i) => i % 24);
    expect(lengthOf(buildContinuousGrid(Float64Array.from(hours)), hours)).toBeLessThanOrEqual(128);
  });

  it('encode nothing that was counted in another grid', () => {
    expect(() => encodeProfile(emptyProfile(weather), temperature)).toThrow(/counted in the grid/);
  });
});

describe('sumEncodedProfiles', () => {
  it('equals merging what was decoded, to the bit', () => {
    fc.assert(
      fc.property(numbers, fc.array(fc.array(cellOfRow), { maxLength: 8 }), (reference, parts) => {
        const grid = buildContinuousGrid(Float64Array.from(reference));
        const profiles = parts.map((part) => buildProfile(grid, part));
        const encoded = profiles.map((profile) => encodeProfile(profile, grid));
        expect(sumEncodedProfiles(grid, encoded)).toEqual(mergeProfiles(grid, profiles));
      }),
    );
  });

  it('adds categories, and counts of any size to each other', () => {
    const few = buildProfile(weather, ['rain', 'snow', null]);
    const many: Profile = { ...few, cells: few.cells.map((count) => count * 70_000) };
    const encoded = [few, many, few].map((profile) => encodeProfile(profile, weather));
    expect(sumEncodedProfiles(weather, encoded)).toEqual(mergeProfiles(weather, [few, many, few]));
  });

  it('gives the profile of no rows for no profiles', () => {
    expect(sumEncodedProfiles(temperature, [])).toEqual(emptyProfile(temperature));
  });

  it('refuses all when one was counted in another grid', () => {
    const encoded = [weather, temperature].map((grid) => encodeProfile(emptyProfile(grid), grid));
    expect(() => sumEncodedProfiles(weather, encoded)).toThrow(invalidProfile);
  });
});

describe('version 1 of the encoding', () => {
  const ones = buildContinuousGrid(Float64Array.of(1, 1, 1));
  const continuous = Buffer.from(
    '0100a2ddfe7a0301020201010102030000000000002040000000000000454000000000000000000000000000001840000000000000f0bf00000000000000000000000000002240',
    'hex',
  );
  const categorical = Buffer.from('0101190404bb02000102010101', 'hex');

  it('can still be read', () => {
    expect(decodeProfile(continuous, ones)).toEqual(buildProfile(ones, [0, 1, 1, 5, 6, null, 'x']));
    expect(decodeProfile(categorical, weather)).toEqual(
      buildProfile(weather, ['rain', 'rain', 'snow', null, {}]),
    );
  });

  it('adds up with version 2', () => {
    const newer = buildProfile(ones, [1, 7]);
    expect(sumEncodedProfiles(ones, [continuous, encodeProfile(newer, ones)])).toEqual(
      buildProfile(ones, [0, 1, 1, 5, 6, null, 'x', 1, 7]),
    );
  });

  it('is refused when cut off anywhere or with bytes left over', () => {
    for (let length = 0; length < continuous.length; length += 1) {
      expect(() => decodeProfile(continuous.subarray(0, length), ones)).toThrow(invalidProfile);
    }
    expect(() => decodeProfile(Buffer.of(...continuous, 0), ones)).toThrow(/left over/);
  });

  it('is refused for another grid and for a run of empty cells beyond the last one', () => {
    expect(() => decodeProfile(continuous, weather)).toThrow(
      /3 continuous cells, the grid has 2 categorical/,
    );
    expect(() => decodeProfile(categorical, buildCategoricalGrid(['a', 'b']))).toThrow(/counted in the grid/);
    // version, kind, 4 bytes of fingerprint, number of cells, 0, length of the run
    const broken = Buffer.from(categorical);
    broken[8] = 3;
    expect(() => decodeProfile(broken, weather)).toThrow(/impossible length/);
  });

  it('when damaged is refused or read as whole counts: it never crashes and never gives NaN', () => {
    fc.assert(
      fc.property(fc.nat({ max: continuous.length - 1 }), fc.nat({ max: 255 }), (position, value) => {
        const damaged = Buffer.from(continuous);
        damaged[position] = value;
        expect(outcomeOf(damaged, ones)).not.toBe('nonsense');
      }),
    );
  });
});

describe('decodeProfile refuses', () => {
  const profile = buildProfile(temperature, [0.1, 0.2, 5]);
  const bytes = encodeProfile(profile, temperature);

  it('an unknown version', () => {
    expect(() => decodeProfile(Uint8Array.of(3, ...bytes.subarray(1)), temperature)).toThrow(
      /its version 3 is not known/,
    );
    expect(() => decodeProfile(new Uint8Array(), temperature)).toThrow(/it is empty/);
  });

  it('bytes cut off anywhere', () => {
    for (let length = 0; length < bytes.length; length += 1) {
      expect(() => decodeProfile(bytes.subarray(0, length), temperature)).toThrow(invalidProfile);
    }
  });

  it('bytes left over', () => {
    expect(() => decodeProfile(Uint8Array.of(...bytes, 0), temperature)).toThrow(invalidProfile);
    expect(() => decodeProfile(withChecksum(Uint8Array.of(...bytes, 0)), temperature)).toThrow(/left over/);
  });

  it('another number of cells', () => {
    expect(() => decodeProfile(bytes, buildContinuousGrid(Float64Array.of(1, 2)))).toThrow(
      /it has 252 continuous cells, the grid has/,
    );
    expect(() => decodeProfile(bytes, weather)).toThrow(/continuous cells, the grid has 2 categorical/);
  });

  it('another grid with as many cells', () => {
    const other = buildCategoricalGrid(['a', 'b']);
    expect(() => decodeProfile(encodeProfile(emptyProfile(other), other), weather)).toThrow(
      /counted in the grid/,
    );
  });

  it('any change of a byte', () => {
    for (const [position, byte] of bytes.entries()) {
      const damaged = bytes.slice();
      damaged[position] = byte ^ 0x10;
      expect(outcomeOf(damaged, temperature)).toBe('refused');
    }
  });

  it('any other damage', () => {
    const encodings = [bytes, encodeProfile(buildProfile(weather, ['rain', 'snow']), weather)];
    const damage = fc.array(fc.tuple(fc.nat(), fc.nat({ max: 255 })), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(fc.constantFrom(...encodings), damage, fc.nat({ max: 30 }), (whole, changes, added) => {
        const damaged = new Uint8Array(whole.length + added);
        damaged.set(whole);
        for (const [position, value] of changes) damaged[position % damaged.length] = value;
        const isDamaged = added > 0 || whole.some((byte, i) => byte !== damaged[i]);
        const grid = whole === bytes ? temperature : weather;
        expect(outcomeOf(damaged, grid)).toBe(isDamaged ? 'refused' : 'read');
      }),
    );
  });

  it('nonsense with a checksum that matches, or reads whole counts: it never crashes and never gives NaN', () => {
    fc.assert(
      fc.property(fc.nat({ max: bytes.length - 1 }), fc.nat({ max: 255 }), (position, value) => {
        const damaged = bytes.slice();
        damaged[position] = value;
        expect(outcomeOf(withChecksum(damaged), temperature)).not.toBe('nonsense');
      }),
      { numRuns: 2000 },
    );
  });
});

function outcomeOf(bytes: Uint8Array, grid: ReferenceGrid): 'read' | 'refused' | 'nonsense' {
  try {
    const profile = decodeProfile(bytes, grid);
    const counts = [...profile.cells, profile.missing, profile.invalid];
    if (profile.kind === 'categorical') return counts.every(Number.isSafeInteger) ? 'read' : 'nonsense';
    const { cellSums, sumOfSquares, extent } = profile;
    const { min = 0, max = 0 } = extent ?? {};
    const isWhole =
      counts.every(Number.isSafeInteger) &&
      [...cellSums, sumOfSquares, max - min].every(Number.isFinite) &&
      min <= max &&
      (extent === undefined) === (valueCountOf(profile) === 0);
    return isWhole ? 'read' : 'nonsense';
  } catch (error) {
    if (error instanceof TidewatchError && error.code === 'INVALID_PROFILE') return 'refused';
    throw error;
  }
}

/** The bytes with the checksum that they should have. */
function withChecksum(bytes: Uint8Array): Uint8Array {
  const room = new Uint8Array(Math.ceil(bytes.length / 4) * 4);
  room.set(bytes);
  const words = new Uint32Array(room.buffer);
  words[2] = 0;
  words[2] = checksumOf(words);
  return room.slice(0, bytes.length);
}
