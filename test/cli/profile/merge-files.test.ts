import { describe, expect, it } from 'vitest';

import { mergeFiles } from '../../../cli/profile/merge-files.ts';
import type { ProfiledColumn, ProfileFile } from '../../../cli/profile-file.ts';
import { buildCategoricalGrid, buildContinuousGrid, type ReferenceGrid } from '../../../core/profile/grid.ts';
import { buildProfile } from '../../../core/profile/profile.ts';

const temperature = buildContinuousGrid(Float64Array.of(1, 2, 3));
const weather = buildCategoricalGrid(['clear', 'rain']);

const column = (name: string, grid: ReferenceGrid, rows: readonly unknown[]): ProfiledColumn => ({
  name,
  grid,
  profile: buildProfile(grid, rows),
});
const file = (path: string, rows: number, ...columns: ProfiledColumn[]) => ({
  path,
  content: { createdBy: '1.2.3', sources: [`${path}.csv`], rows, columns } satisfies ProfileFile,
});

const monday = file('mon', 2, column('temp', temperature, [1, 2]), column('sky', weather, ['rain', 'fog']));
const tuesday = file('tue', 1, column('sky', weather, ['rain']), column('temp', temperature, [null]));

describe('mergeFiles', () => {
  it('gives the profile of all rows, with the columns in the order of the first file', () => {
    expect(mergeFiles(monday, [tuesday])).toEqual({
      createdBy: '1.2.3',
      sources: ['mon.csv', 'tue.csv'],
      rows: 3,
      columns: [column('temp', temperature, [1, 2, null]), column('sky', weather, ['rain', 'fog', 'rain'])],
    });
  });

  it('gives one file as it is', () => {
    expect(mergeFiles(monday, [])).toEqual(monday.content);
  });

  const other = buildContinuousGrid(Float64Array.of(1, 2, 4));
  it.each([
    ['other cells', column('temp', other, [1]), /its column "temp" was counted in other cells/],
    ['another kind', column('temp', weather, ['rain']), /its column "temp" is categorical, not continuous/],
    ['another column', column('hum', temperature, [1]), /only it has the column "hum"/],
  ])('refuses a file with %s, and names both', (_, different, message) => {
    const merge = () => mergeFiles(monday, [tuesday, file('wed', 1, different)]);
    expect(merge).toThrow(message);
    expect(merge).toThrow(
      /^wed does not fit mon: .* Write it again with `tidewatch profile write --like mon`/,
    );
  });

  it('refuses a file that lacks a column', () => {
    expect(() => mergeFiles(monday, [file('wed', 1, column('temp', temperature, [1]))])).toThrow(
      /it has no column "sky"/,
    );
  });
});
