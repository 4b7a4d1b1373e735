import { expect, it } from 'vitest';

import { shorten, visibleName } from '../../console/names.ts';

it('shortens a text by what people see as characters', () => {
  expect(shorten('humidity', 4)).toBe('hum…');
  expect(shorten('🚲🚲🚲', 3)).toBe('🚲🚲🚲');
  expect(shorten('e\u0301te\u0301 long', 4)).toBe('e\u0301te\u0301…');
  expect(shorten('two\nlines', 20)).toBe('two lines');
});

it('gives a name to what has none', () => {
  expect([visibleName(' '), visibleName('hum')]).toEqual(['(no name)', 'hum']);
});
