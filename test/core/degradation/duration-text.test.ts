import { expect, it } from 'vitest';

import { durationText } from '../../../core/degradation/duration-text.ts';

it.each([
  ['7d', '7 days'],
  ['1d', '1 day'],
  ['24h', '24 hours'],
  ['2w', '2 weeks'],
  ['90m', '90 minutes'],
])('durationText says %s as %s', (duration, text) => {
  expect(durationText(duration)).toBe(text);
});
