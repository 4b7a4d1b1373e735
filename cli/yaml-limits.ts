/** What of a text is not even parsed: the parser of YAML needs more memory and stack than there is for what is nested deep enough. */

import type { Path } from './monitor-problems.ts';

/** Of a file; training statistics of ten thousand features are a quarter of it. */
const mostCharacters = 8 * 1024 * 1024;
/** A monitor nests 8 deep. */
const deepest = 100;
/** Columns of indentation: nobody writes more than 10 a level. */
const widest = 10 * deepest;

export interface BeyondLimits {
  readonly offset: number;
  readonly words: string;
}

/**
 * Where a text is beyond what a file of settings may be; undefined where it is not. Brackets count wherever they stand, also in quotes.
 *
 * One pass over the text, so that its cost is linear whatever is in it.
 */
export function beyondLimits(text: string): BeyondLimits | undefined {
  if (text.length > mostCharacters) {
    const words = `has ${text.length} characters; keep it below ${mostCharacters}`;
    return { offset: 0, words };
  }
  const tooDeep = (offset: number): BeyondLimits => ({
    offset,
    words: `is nested more than ${deepest} deep; write it flatter`,
  });
  let brackets = 0;
  /** Since the line began: its indentation, its indicators of lists and keys, and whether anything else came. */
  let column = 0;
  let indicators = 0;
  let isStart = true;
  for (let offset = 0; offset < text.length; offset += 1) {
    switch (text.charAt(offset)) {
      case '\n':
      case '\r':
        column = indicators = 0;
        isStart = true;
        continue;
      case '[':
      case '{':
        brackets += 1;
        isStart = false;
        break;
      case ']':
      case '}':
        brackets = Math.max(0, brackets - 1);
        isStart = false;
        break;
      case '-':
      case '?':
      case ':':
        if (isStart) indicators += 1;
        break;
      case ' ':
      case '\t':
        if (isStart) column += 1;
        break;
      default:
        isStart = false;
    }
    if (brackets > deepest || indicators > deepest || (isStart && column > widest)) return tooDeep(offset);
  }
  return undefined;
}

/** What Postgres stores in no text: a NUL character, and half of a surrogate pair. */
const unstorable = /[\0\p{Surrogate}]/u;

/**
 * The paths of the texts and keys in some data that cannot be stored.
 *
 * @example unstorableIn({ labels: { team: 'a\0b' } }) // [['labels', 'team']]
 */
export function unstorableIn(data: unknown): Path[] {
  const found: Path[] = [];
  // An alias stands for one value in several places.
  const seen = new Set<unknown>();
  const look = (value: unknown, path: Path): void => {
    if (typeof value === 'string' && unstorable.test(value)) found.push(path);
    if (typeof value !== 'object' || value === null || seen.has(value)) return;
    seen.add(value);
    for (const [key, inner] of Object.entries(value)) {
      if (unstorable.test(key)) found.push([...path, key]);
      look(inner, [...path, key]);
    }
  };
  look(data, []);
  return found;
}
