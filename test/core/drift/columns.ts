import { buildCategoricalGrid, buildContinuousGrid } from '../../../core/profile/grid.ts';
import { buildProfile } from '../../../core/profile/profile.ts';
import { judgeColumns, type ColumnDrift } from '../../../core/drift/column-drift.ts';
import { examineColumn, type ColumnSettings } from '../../../core/drift/examine-column.ts';
import type { ReferenceGrid } from '../../../core/profile/grid.ts';
import type { Profile } from '../../../core/profile/profile.ts';
import { compareProfiles } from '../../../core/statistics/comparison.ts';

export const humidity: ColumnSettings = {
  subject: 'feature',
  column: 'hum',
  kind: 'continuous',
  decidingMethod: 'wasserstein',
  threshold: 0.2,
  enabled: true,
  minimumRows: 10,
};

export const weather: ColumnSettings = {
  ...humidity,
  column: 'weathersit',
  kind: 'categorical',
  decidingMethod: 'chi-squared',
  threshold: 0.05,
};

/** One column by itself. */
export function judgeColumn(
  settings: ColumnSettings,
  reference: Profile,
  current: Profile,
  grid: ReferenceGrid,
): ColumnDrift {
  const [drift] = judgeColumns([examineColumn(settings, compareProfiles(grid, reference, current))], {
    alpha: 0.05,
  });
  return drift!;
}

export function judgeValues(
  settings: ColumnSettings,
  reference: readonly unknown[],
  current: readonly unknown[],
): ColumnDrift {
  const grid = buildContinuousGrid(
    Float64Array.from(reference, (value) => (typeof value === 'number' ? value : NaN)),
  );
  return judgeColumn(settings, buildProfile(grid, reference), buildProfile(grid, current), grid);
}

export function judgeLevels(
  settings: ColumnSettings,
  reference: readonly unknown[],
  current: readonly unknown[],
): ColumnDrift {
  const grid = buildCategoricalGrid(reference.filter((level) => typeof level === 'string'));
  return judgeColumn(settings, buildProfile(grid, reference), buildProfile(grid, current), grid);
}

/** 0, step, 2 step, ... */
export function ramp(count: number, step: number, start = 0): number[] {
  return Array.from({ length: count }, (_, i) => start + i * step);
}
