import { describe, expect, it } from 'vitest';

import { reportOf, judgeResults } from '../../../cli/compare/report.ts';
import { compareFiles } from '../../../cli/profile/compare-files.ts';
import type { ProfiledColumn, ProfileFile } from '../../../cli/profile-file.ts';
import { buildCategoricalGrid, buildContinuousGrid, type ReferenceGrid } from '../../../core/profile/grid.ts';
import { buildProfile } from '../../../core/profile/profile.ts';

const values = Array.from({ length: 500 }, (_, i) => Math.sin(i));
const temperature = buildContinuousGrid(Float64Array.from(values));
const weather = buildCategoricalGrid(['clear', 'rain']);
const skies = (rain: number) => Array.from({ length: 500 }, (_, i) => (i % 10 < rain ? 'rain' : 'clear'));

const column = (name: string, grid: ReferenceGrid, rows: readonly unknown[]): ProfiledColumn => ({
  name,
  grid,
  profile: buildProfile(grid, rows),
});
const file = (path: string, ...columns: ProfiledColumn[]) => ({
  path,
  content: { createdBy: '1.2.3', sources: [path], rows: 500, columns } satisfies ProfileFile,
});
const asked = {
  format: 'json',
  methods: { byColumn: new Map<string, never>() },
  thresholds: { byColumn: new Map<string, number>() },
} as const;

const reference = file(
  'january',
  column('temp', temperature, values),
  column('sky', weather, skies(3)),
  column('gone', weather, ['rain']),
);
const current = file(
  'february',
  column(
    'temp',
    temperature,
    values.map((value) => value + 1),
  ),
  column('sky', weather, skies(3)),
  column('new', weather, ['rain']),
);

describe('compareFiles', () => {
  it('gives what a report of tables is made from: every statistic, and a verdict a column', () => {
    const { rows, results } = compareFiles(reference, current, asked);
    const files = { reference: { file: 'january', rows: 500 }, current: { file: 'february', rows: 500 } };
    const report = reportOf(files, results, judgeResults(results, 0.05));
    expect(rows).toEqual({ reference: 500, current: 500 });
    expect(report.columns.map(({ column, verdict }) => `${column}: ${verdict}`)).toEqual([
      'temp: critical',
      expect.stringMatching(/^sky: /) as string,
      'gone: insufficient-data',
      'new: insufficient-data',
    ]);
    expect(report.columns[0]!.statistics).toMatchObject({
      ks: { statistic: expect.closeTo(0.5, 1) as number, errorBound: expect.any(Number) as number },
      wasserstein: { statistic: expect.closeTo(1, 6) as number },
    });
    expect(report.columns[2]!.reason).toBe('the current profile has no such column');
  });

  it('compares only the columns that it is told', () => {
    const { results } = compareFiles(reference, current, { ...asked, columns: ['sky'] });
    expect(results.map(({ column }) => column)).toEqual(['sky']);
  });

  it('refuses a column that neither has', () => {
    expect(() => compareFiles(reference, current, { ...asked, columns: ['tmp'] })).toThrow(
      /january has no column "tmp"\. Its columns: temp, sky, gone, new; the nearest is "temp"/,
    );
  });

  it('refuses a column that was counted in other cells', () => {
    const other = buildContinuousGrid(Float64Array.of(1, 2));
    expect(() => compareFiles(reference, file('march', column('temp', other, [1])), asked)).toThrow(
      /^march does not fit january: its column "temp" was counted in other cells/,
    );
  });
});
