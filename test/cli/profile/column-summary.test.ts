import { describe, expect, it } from 'vitest';

import { summarizeColumn } from '../../../cli/profile/column-summary.ts';
import { paper } from '../../../cli/paint.ts';
import { summaryCsv, summaryText } from '../../../cli/profile/summary-text.ts';
import type { ProfiledColumn } from '../../../cli/profile-file.ts';
import { buildCategoricalGrid, buildContinuousGrid, type ReferenceGrid } from '../../../core/profile/grid.ts';
import { buildProfile } from '../../../core/profile/profile.ts';

const ones = buildContinuousGrid(Float64Array.of(1, 1, 3));
const weather = buildCategoricalGrid(['rain', 'clear', 'clear', 'hail']);
const column = (name: string, grid: ReferenceGrid, rows: readonly unknown[]): ProfiledColumn => ({
  name,
  grid,
  profile: buildProfile(grid, rows),
});
const temp = column('temp', ones, [1, 1, 3, 3, null, 'x']);
const sky = column('sky, seen', weather, ['clear', 'rain', 'rain', 'rain', 'fog', null]);
const nothing = column('nothing', buildContinuousGrid(new Float64Array()), [null, null]);

describe('summarizeColumn', () => {
  it('tells a continuous column by its range, quantiles and moments', () => {
    expect(summarizeColumn(temp)).toEqual({
      column: 'temp',
      kind: 'continuous',
      values: 4,
      missing: 1,
      invalid: 1,
      constant: false,
      distribution: {
        min: 1,
        quantiles: [
          { share: 0.05, value: 1, lower: 1, upper: 1 },
          { share: 0.25, value: 1, lower: 1, upper: 1 },
          { share: 0.5, value: 2, lower: 2, upper: 2 },
          { share: 0.75, value: 3, lower: 3, upper: 3 },
          { share: 0.95, value: 3, lower: 3, upper: 3 },
        ],
        max: 3,
        mean: 2,
        standardDeviation: 1,
      },
    });
  });

  it('tells a categorical column by its levels, most frequent first, and what is none of them', () => {
    expect(summarizeColumn(sky)).toEqual({
      column: 'sky, seen',
      kind: 'categorical',
      values: 5,
      missing: 1,
      invalid: 0,
      constant: false,
      levels: [
        { level: 'rain', count: 3 },
        { level: 'clear', count: 1 },
      ],
      unseen: 1,
    });
  });

  it('knows no distribution without values', () => {
    expect(summarizeColumn(nothing)).toMatchObject({ values: 0, missing: 2, distribution: null });
  });
});

describe('summaryText', () => {
  it('shows a table of each kind under what was profiled', () => {
    const columns = [temp, sky, nothing];
    const file = { createdBy: '1.2.3', sources: ['a.csv', 'b.csv', 'c.csv'], rows: 1, columns };
    const text = summaryText(file, columns.map(summarizeColumn), paper);
    expect(text).toMatch(/^1 row of a\.csv and 2 other tables, 3 columns; written by Tidewatch 1\.2\.3\n/);
    expect(text).toMatch(/│ temp +│ 4 +│ 1 +│ 1 +│ 1 +│ 1 +│ 1 +│ 2 +│ 3 +│ 3 +│ 3 +│ 2 +│ 1 +│/);
    expect(text).toMatch(/│ nothing │ 0 +│ 2 +│ 0 +│ - +│/);
    expect(text).toMatch(/│ sky, seen │ 5 +│ 1 +│ 0 +│ 1 +│ 2 +│ rain 60%, clear 20% +│/);
  });

  it('keeps to the median on a narrow screen', () => {
    const file = { createdBy: '1.2.3', sources: ['a.csv'], rows: 6, columns: [temp] };
    const text = summaryText(file, [summarizeColumn(temp)], { ...paper, columns: 80 });
    expect(text).toMatch(/│ column │ missing │ invalid │ min │ 50% │ max │ mean │ sd │/);
    expect(text).toMatch(/│ temp   │ 1       │ 1       │ 1   │ 2   │ 3   │ 2    │ 1  │/);
  });
});

describe('summaryCsv', () => {
  it('has a line a column, and leaves empty what does not apply', () => {
    expect(summaryCsv([temp, sky, nothing].map(summarizeColumn)).split('\n')).toEqual([
      'column,kind,values,missing,invalid,constant,min,p5,p25,p50,p75,p95,max,mean,standard_deviation,levels,unseen,most_frequent',
      'temp,continuous,4,1,1,false,1,1,1,2,3,3,3,2,1,,,',
      '"sky, seen",categorical,5,1,0,false,,,,,,,,,,2,1,rain',
      'nothing,continuous,0,2,0,false,,,,,,,,,,,,',
    ]);
  });
});
