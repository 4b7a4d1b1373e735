import { describe, expect, it } from 'vitest';

import { buildCategoricalGrid } from '../../../core/profile/grid.ts';
import { profileOfLevelCounts } from '../../../core/profile/level-counts.ts';
import { buildProfile } from '../../../core/profile/profile.ts';

describe('profileOfLevelCounts', () => {
  const weather = buildCategoricalGrid(['clear', 'clear', 'rain']);

  it('equals counting the rows', () => {
    const counts = new Map([
      ['rain', 2],
      ['snow', 3],
    ]);
    const rows = ['rain', 'rain', 'snow', 'snow', 'snow', 'hail', null, NaN];
    expect(profileOfLevelCounts(weather, { counts, other: 1, missing: 1, invalid: 1 })).toEqual(
      buildProfile(weather, rows),
    );
  });

  it('counts as unseen what is no level of the grid, listed or not', () => {
    const rain = buildCategoricalGrid(['rain']);
    const levels = { counts: new Map([['rain', 2]]), other: 1, missing: 0, invalid: 0 };
    expect(profileOfLevelCounts(rain, levels)).toMatchObject({ cells: Float64Array.of(2), unseen: 1 });
  });
});
