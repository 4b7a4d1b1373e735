import { expect, it } from 'vitest';

import {
  distributionChart,
  type DrawnDistribution,
} from '../../../console/drift-report/distribution-chart.ts';
import { toMarkup } from '../../../console/html.ts';
import { distributionOf } from '../../../core/drift/distribution.ts';
import { buildContinuousGrid } from '../../../core/profile/grid.ts';
import { buildProfile } from '../../../core/profile/profile.ts';
import { compareProfiles } from '../../../core/statistics/comparison.ts';

/** The words of a chart of values against themselves; shares of the other axis end in %. */
function marksOf(values: readonly number[]): string[] {
  const grid = buildContinuousGrid(Float64Array.from(values));
  const profile = buildProfile(grid, values);
  const distribution = distributionOf(compareProfiles(grid, profile, profile)) as DrawnDistribution;
  const markup = toMarkup(distributionChart('d', 'x', distribution));
  return [...markup.matchAll(/<text[^>]*>([^<]*)</g)]
    .map(([, text = '']) => text)
    .filter((text) => !text.endsWith('%'));
}

it('marks the values of a column that has few, and no edges between them', () => {
  const flags = Array.from({ length: 100 }, (_, i) => Number(i % 3 === 0));
  expect(marksOf(flags)).toEqual(['0', '1']);
  expect(marksOf(flags.map((flag) => 0.1 + flag / 10))).toEqual(['0.1', '0.2']);
});

it('marks round numbers where there are many', () => {
  expect(marksOf(Array.from({ length: 1000 }, (_, i) => i / 1000))).toEqual([
    '0',
    '0.2',
    '0.4',
    '0.6',
    '0.8',
  ]);
});
