import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { checksumOf } from '../../../core/profile/checksum.ts';

const word = fc.nat({ max: 2 ** 32 - 1 });

describe('checksumOf', () => {
  it('depends on the order of words, and on how many they are', () => {
    const checksums = [[1, 2], [2, 1], [1, 2, 0], [0, 1, 2], []].map((words) =>
      checksumOf(Uint32Array.from(words)),
    );
    expect(new Set(checksums).size).toBe(5);
  });

  it('changes with any one word', () => {
    fc.assert(
      fc.property(fc.array(word, { minLength: 1 }), fc.nat(), word, (words, at, other) => {
        const changed = Uint32Array.from(words);
        changed[at % words.length] = other;
        const isSame = words[at % words.length] === other;
        expect(checksumOf(changed) === checksumOf(Uint32Array.from(words))).toBe(isSame);
      }),
    );
  });

  it('reads only as many words as it is told', () => {
    expect(checksumOf(Uint32Array.of(1, 2, 3), 2)).toBe(checksumOf(Uint32Array.of(1, 2)));
  });
});
