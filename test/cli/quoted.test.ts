import { expect, it } from 'vitest';

import { quoted } from '../../cli/quoted.ts';

it('quotes a text on one line, cut after 60 characters', () => {
  expect(quoted('a\nb')).toBe('"a\\nb"');
  expect(quoted('x'.repeat(60))).toBe(`"${'x'.repeat(60)}"`);
  expect(quoted('x'.repeat(61))).toBe(`"${'x'.repeat(57)}..."`);
});
