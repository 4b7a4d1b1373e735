/** What a text looks like, as a few numbers that can be watched like any other features. */

import { TidewatchError } from '../core/errors.ts';
import { describe } from './row-values.ts';

/** Features of a text. */
export interface TextStatistics {
  /** Unicode characters (code points). */
  readonly characters: number;
  readonly words: number;
  /** Characters a word; null without words. */
  readonly mean_word_length: number | null;
  /** Characters that are neither letters nor white space / all, 0 to 1; null for an empty text. */
  readonly non_letter_share: number | null;
  /** Upper-case letters / letters, 0 to 1; null without letters. */
  readonly upper_case_share: number | null;
  /** Decimal digits / characters, 0 to 1; null for an empty text. */
  readonly digit_share: number | null;
  /** Different words / words, above 0, 1 where none is repeated; null without words. */
  readonly type_token_ratio: number | null;
  /** The script of most letters, the first in the alphabet of equally many; null without letters. */
  readonly script: Script | null;
}

const scripts = {
  arabic: /\p{Script=Arabic}/u,
  cyrillic: /\p{Script=Cyrillic}/u,
  devanagari: /\p{Script=Devanagari}/u,
  greek: /\p{Script=Greek}/u,
  han: /\p{Script=Han}/u,
  hangul: /\p{Script=Hangul}/u,
  hebrew: /\p{Script=Hebrew}/u,
  kana: /[\p{Script=Hiragana}\p{Script=Katakana}]/u,
  latin: /\p{Script=Latin}/u,
  thai: /\p{Script=Thai}/u,
} as const;

export type Script = keyof typeof scripts | 'other';

// Letters, marks and digits, joined by single apostrophes or hyphens: "don't", "well-kept", "3rd".
const word = /[\p{L}\p{M}\p{Nd}]+(?:['’-][\p{L}\p{M}\p{Nd}]+)*/gu;
const letter = /\p{L}/gu;
const upperCase = /\p{Lu}/gu;
const digit = /\p{Nd}/gu;
const neither = /[^\p{L}\s]/gu;

/**
 * Is a text unlike those that the model was trained on: longer, shouted, full of digits or markup, in another script?
 *
 * Texts are taken in their composed form (NFC), so that the two ways to write é count alike. A word is letters, marks and digits,
 * joined by single apostrophes or hyphens; a script without spaces (Han, Thai) has long ones. The type-token ratio (Templin 1957)
 * takes words in lower case, and falls as texts grow: compare texts of about one length. Cost: about 0.2 µs a character.
 *
 * @throws TidewatchError `INVALID_STATISTIC_INPUT` for what is no text
 * @example
 * textStatistics('The cat saw THE dog, 2 times.')
 * // { characters: 29, words: 7, mean_word_length: 3, non_letter_share: 0.103, upper_case_share: 0.2, digit_share: 0.0345, type_token_ratio: 0.857, script: 'latin' }
 */
export function textStatistics(text: string): TextStatistics {
  if (typeof text !== 'string')
    throw new TidewatchError('INVALID_STATISTIC_INPUT', {
      statistic: 'textStatistics',
      reason: `${describe(text)}, not a text`,
    });
  const composed = text.normalize('NFC');
  const characters = lengthOf(composed);
  const words = composed.match(word) ?? [];
  const letters = composed.match(letter) ?? [];
  const types = new Set(words.map((found) => found.toLowerCase()));
  const count = (pattern: RegExp): number => composed.match(pattern)?.length ?? 0;
  const share = (part: number, whole: number): number | null => (whole === 0 ? null : part / whole);
  return {
    characters,
    words: words.length,
    mean_word_length: share(
      words.reduce((sum, found) => sum + lengthOf(found), 0),
      words.length,
    ),
    non_letter_share: share(count(neither), characters),
    upper_case_share: share(count(upperCase), letters.length),
    digit_share: share(count(digit), characters),
    type_token_ratio: share(types.size, words.length),
    script: scriptOf(letters),
  };
}

function lengthOf(text: string): number {
  let length = 0;
  for (const _ of text) length += 1;
  return length;
}

function scriptOf(letters: readonly string[]): Script | null {
  const counts = new Map<Script, number>();
  const names = Object.keys(scripts) as (keyof typeof scripts)[];
  // Neighbours are mostly of one script.
  let last: Script = 'latin';
  for (const found of letters) {
    if (last === 'other' || !scripts[last].test(found))
      last = names.find((name) => scripts[name].test(found)) ?? 'other';
    counts.set(last, (counts.get(last) ?? 0) + 1);
  }
  const most = Math.max(0, ...counts.values());
  return [...counts.keys()].toSorted().find((name) => counts.get(name) === most) ?? null;
}
