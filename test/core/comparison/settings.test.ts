import { describe, expect, it } from 'vitest';

import { comparisonSettingsSchema } from '../../../core/comparison/settings.ts';

describe('the comparisons of a monitor', () => {
  it('are over a week, and their slices over a month, unless it says otherwise', () => {
    expect(comparisonSettingsSchema.parse({})).toEqual({
      enabled: true,
      window: '7d',
      weakSlices: { enabled: true, window: '30d', sample: 20_000, minimumRows: 30, effect: 0.2, alpha: 0.05 },
    });
  });

  it.each([
    [{ window: '24h' }, 'write whole days or weeks, for example "7d"'],
    [{ window: 'a week' }, 'write whole days or weeks, for example "7d"'],
    [{ split: { '1': 0 } }, 'write a share above 0, for example 0.5'],
    [{ weakSlices: { window: '3d' } }, 'write at least a week, for example "30d"'],
    [{ weakSlices: { effect: -1 } }, 'write a share above 0, for example 0.2'],
    [{ weakSlices: { alpha: 0.9 } }, 'write a share of false ones, for example 0.05'],
  ])('%j: %s', (input, message) => {
    const { error } = comparisonSettingsSchema.safeParse(input);
    expect(error?.issues.map((issue) => issue.message)).toEqual([message]);
  });
});
