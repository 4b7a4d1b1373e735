import { buildCategoricalGrid, buildContinuousGrid } from '../../../core/profile/grid.ts';
import { buildProfile } from '../../../core/profile/profile.ts';
import { judgeColumn, type ColumnDrift, type ColumnSettings } from '../../../core/drift/column-drift.ts';

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
