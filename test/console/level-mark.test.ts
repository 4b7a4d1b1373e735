import { expect, it } from 'vitest';

import { toMarkup } from '../../console/html.ts';
import { levelMark } from '../../console/level-mark.ts';

it('shows a level by a shape and a word', () => {
  expect(toMarkup(levelMark('ok')).replaceAll(/<[^>]*>/g, '')).toBe('✓ OK');
  expect(toMarkup(levelMark('critical', '<b>')).replaceAll(/<[^>]*>/g, '')).toBe('◆ &lt;b&gt;');
});
