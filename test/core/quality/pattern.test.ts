import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { compilePattern } from '../../../core/quality/pattern.ts';

function matches(pattern: string, text: string): boolean {
  const compiled = compilePattern(pattern);
  if ('problem' in compiled) throw new Error(`${pattern} ${compiled.problem}`);
  return compiled.test(text);
}

const problemOf = (pattern: string): string => {
  const compiled = compilePattern(pattern);
  return 'problem' in compiled ? compiled.problem : '';
};

const character = fc.constantFrom(
  'a',
  'b',
  '-',
  '.',
  '\\d',
  '\\w',
  '\\.',
  '[ab]',
  '[^a]',
  '[a-c\\]]',
  '\\u0061',
  '\\p{L}',
);

/** Regular expressions of all that is supported. */
const expression = fc.letrec<{ node: string }>((tie) => ({
  node: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    character,
    fc.constantFrom('^', '$', ''),
    fc.tuple(tie('node'), tie('node')).map(([a, b]) => a + b),
    fc.tuple(tie('node'), tie('node')).map(([a, b]) => `(?:${a}|${b})`),
    fc
      .tuple(tie('node'), fc.constantFrom('*', '+', '?', '{2}', '{1,3}', '{0,2}', '{2,}', '*?', '+?'))
      .map(([a, sign]) => `(${a})${sign}`),
  ),
})).node;

describe('compilePattern', () => {
  it('finds what RegExp finds', () => {
    const text = fc.string({
      unit: fc.constantFrom('a', 'b', 'c', '-', '.', '1', '😀', '\n', ']'),
      maxLength: 12,
    });
    fc.assert(
      fc.property(expression, fc.array(text, { minLength: 5, maxLength: 5 }), (pattern, texts) => {
        for (const each of [...texts, '', 'a', 'ab', 'aab'])
          expect(matches(pattern, each), `${pattern} in ${JSON.stringify(each)}`).toBe(
            RegExp(pattern, 'u').test(each),
          );
      }),
      { numRuns: 1_000 },
    );
  });

  it.each([
    ['^[A-Z]{2}-\\d+(\\.\\d+)*$', 'DC-31.4.1', true],
    ['^[A-Z]{2}-\\d+(\\.\\d+)*$', 'DC-31.', false],
    ['station', 'the station', true],
    ['^(?<year>\\d{4})-(\\d{2})$', '2011-03', true],
    ['^$', '', true],
    ['é|\\u{1F600}', 'x😀', true],
  ])('%s in %j: %s', (pattern, text, found) => {
    expect(matches(pattern, text)).toBe(found);
  });

  it('answers at once where backtracking would take 2^n steps, or n^4', () => {
    const evil = `${'a'.repeat(100_000)}!`;
    for (const pattern of ['^(a+)+$', '^(a|a)*$', '^a*a*a*a*b', '(x+x+)+y|^(a?){50}a{50}$'])
      expect(matches(pattern, evil)).toBe(false);
  });

  it.each([
    ['(', 'is no regular expression (Unterminated group)'],
    ['a{2,1}', 'is no regular expression (numbers out of order in {} quantifier)'],
    ['(?=a)b', 'looks around with (?=, (?!, (?<= or (?<!, which has no bounded cost; write it without'],
    ['(?<!a)b', 'looks around'],
    ['(a)\\1', 'refers back to a group'],
    ['\\bword', 'asks for a word boundary'],
    ['(a{1000}){1000}', 'repeats too much'],
    ['((((a{99}){99}){99}){99}){99}', 'repeats too much'],
  ])('refuses %s', (pattern, problem) => {
    expect(problemOf(pattern)).toContain(problem);
  });

  it('knows what is a construct and what is a character', () => {
    expect(matches('[(?=]', '?')).toBe(true);
    expect(matches('\\(\\?=', '(?=')).toBe(true);
    expect(matches('^[^\\]]$', 'a')).toBe(true);
  });
});
