import { describe, expect, it } from 'vitest';

import { nearest } from '../../cli/nearest.ts';

describe('nearest', () => {
  it.each([
    ['treshold', 'threshold'],
    ['Threshold', 'threshold'],
    ['methd', 'method'],
    ['rsme', 'rmse'],
    ['mea', 'mae'],
  ])('takes %s for %s', (text, meant) => {
    expect(nearest(text, ['method', 'threshold', 'enabled', 'rmse', 'mae'])).toBe(meant);
  });

  it.each(['colour', 'xyz', ''])('takes "%s" for nothing', (text) => {
    expect(nearest(text, ['method', 'threshold', 'enabled'])).toBeUndefined();
  });
});
