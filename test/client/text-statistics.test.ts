import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { textStatistics } from '../../client/text-statistics.ts';
import oracle from '../oracles/extraction.json' with { type: 'json' };

describe('textStatistics', () => {
  it.each(oracle.texts.map(({ text, expected }) => [text, expected] as const))(
    'is that of unicodedata for %j',
    (text, expected) => {
      expect(textStatistics(text)).toEqual(expected);
    },
  );

  it('is the same for the two ways to write an accent', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(textStatistics(text.normalize('NFD'))).toEqual(textStatistics(text.normalize('NFC')));
      }),
    );
  });

  it('has shares from 0 to 1, or none, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const { characters, words, mean_word_length, script, ...shares } = textStatistics(text);
        expect(words).toBeLessThanOrEqual(characters);
        expect((mean_word_length ?? 1) >= 1).toBe(true);
        for (const share of Object.values(shares)) expect((share ?? 0) >= 0 && (share ?? 0) <= 1).toBe(true);
        expect(script === null || typeof script === 'string').toBe(true);
      }),
    );
  });

  it('takes half of a surrogate pair', () => {
    expect(textStatistics('a\ud800')).toMatchObject({ characters: 2, words: 1 });
  });

  it('refuses what is no text', () => {
    expect(() => textStatistics(7 as unknown as string)).toThrow('textStatistics: 7, not a text.');
  });
});
