/** Reads the syntax of a regular expression, as far as it can be matched without backtracking. */

export type PatternNode =
  | { readonly kind: 'character'; readonly matches: (character: string) => boolean }
  | { readonly kind: 'start' | 'end' }
  | { readonly kind: 'sequence' | 'choice'; readonly parts: readonly PatternNode[] }
  | { readonly kind: 'repeat'; readonly part: PatternNode; readonly least: number; readonly most: number };

/** One character: a class, an escape, or itself. */
const character =
  /\[(?:\\.|[^\]\\])*\]|\\(?:u\{[0-9a-f]+\}|u[0-9a-f]{4}|x[0-9a-f]{2}|p\{[^}]*\}|P\{[^}]*\}|c[a-z]|.)|[^]/iuy;
const quantifier = /(?:([*+?])|\{(\d+)(,?)(\d*)\})\??/y;
/** Groups are groups, captured or not. */
const groupStart = /\((?:\?:|\?<[A-Za-z_$][\w$]*>)?/y;

const refused: readonly (readonly [RegExp, string])[] = [
  [/\(\?<?[=!]/y, 'looks around with (?=, (?!, (?<= or (?<!'],
  [/\(\?[a-z-]+:/y, 'changes its flags with (?i: or the like'],
  [/\\(?:[1-9]|k<)/y, 'refers back to a group with \\1 or the like'],
  [/\\b/iy, 'asks for a word boundary with \\b'],
];

/** @param text A valid regular expression with the flag u. */
export function parsePattern(text: string): PatternNode | { readonly problem: string } {
  let position = 0;
  let problem: string | undefined;

  const take = (expression: RegExp): RegExpExecArray | null => {
    expression.lastIndex = position;
    const match = expression.exec(text);
    if (match !== null) position += match[0].length;
    return match;
  };

  const takeChoice = (): PatternNode => {
    const parts = [takeSequence()];
    while (text[position] === '|') {
      position += 1;
      parts.push(takeSequence());
    }
    return parts.length === 1 ? parts[0]! : { kind: 'choice', parts };
  };

  const takeSequence = (): PatternNode => {
    const parts: PatternNode[] = [];
    while (position < text.length && text[position] !== '|' && text[position] !== ')')
      parts.push(takeRepeated());
    return { kind: 'sequence', parts };
  };

  const takeRepeated = (): PatternNode => {
    const part = takePart();
    const match = take(quantifier);
    if (match === null) return part;
    const [, sign, least, comma, most] = match;
    if (sign !== undefined) return { kind: 'repeat', part, ...signs[sign as keyof typeof signs] };
    const fewest = Number(least);
    return {
      kind: 'repeat',
      part,
      least: fewest,
      most: most !== '' ? Number(most) : comma === '' ? fewest : Infinity,
    };
  };

  const takePart = (): PatternNode => {
    problem = refused.find(([construct]) => take(construct) !== null)?.[1];
    if (problem !== undefined) {
      // Nothing more is read.
      position = text.length;
      return { kind: 'sequence', parts: [] };
    }
    if (take(groupStart) !== null) {
      const inner = takeChoice();
      // The closing parenthesis: the syntax is valid.
      position += 1;
      return inner;
    }
    const [one = ''] = take(character) ?? [];
    if (one === '^' || one === '$') return { kind: one === '^' ? 'start' : 'end' };
    const single = new RegExp(`^${one}$`, 'u');
    return { kind: 'character', matches: (character) => single.test(character) };
  };

  const node = takeChoice();
  return problem === undefined
    ? node
    : { problem: `${problem}, which has no bounded cost; write it without` };
}

const signs = {
  '*': { least: 0, most: Infinity },
  '+': { least: 1, most: Infinity },
  '?': { least: 0, most: 1 },
} as const;
