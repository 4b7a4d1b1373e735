import { expect, it } from 'vitest';

import { niceTicks } from '../../../console/drift-report/chart-parts.ts';
import { levelMark } from '../../../console/drift-report/level-mark.ts';
import { shorten, visibleName } from '../../../console/drift-report/names.ts';
import { toMarkup } from '../../../console/html.ts';

it('marks an axis at three to six round numbers', () => {
  expect(niceTicks(0.02, 0.97)).toEqual([0.2, 0.4, 0.6, 0.8]);
  expect(niceTicks(-3, 21)).toEqual([0, 5, 10, 15, 20]);
  expect(niceTicks(0.1, 0.7)).toEqual([0.2, 0.4, 0.6]);
  expect(niceTicks(5, 5)).toEqual([5]);
});

it('shortens a text by what people see as characters', () => {
  expect(shorten('humidity', 4)).toBe('hum…');
  expect(shorten('🚲🚲🚲', 3)).toBe('🚲🚲🚲');
  expect(shorten('e\u0301te\u0301 long', 4)).toBe('e\u0301te\u0301…');
  expect(shorten('two\nlines', 20)).toBe('two lines');
});

it('gives a name to what has none', () => {
  expect([visibleName(' '), visibleName('hum')]).toEqual(['(no name)', 'hum']);
});

it('shows a level by a shape and a word', () => {
  expect(toMarkup(levelMark('ok')).replaceAll(/<[^>]*>/g, '')).toBe('✓ OK');
});
