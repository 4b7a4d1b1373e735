import { describe, expect, it } from 'vitest';

import { columnTable, decidingLine } from '../../../cli/compare/column-table.ts';
import type { ColumnReport } from '../../../cli/compare/report.ts';
import { paper } from '../../../cli/paint.ts';

const humidity: ColumnReport = {
  column: 'relative-humidity',
  kind: 'continuous',
  verdict: 'warning',
  reason: 'it moved',
  decidedBy: 'wasserstein',
  adjustedPValue: 0.004,
  sampleSizes: { reference: 1000, current: 900 },
  missing: { reference: 0, current: 0 },
  invalid: { reference: 0, current: 100 },
  statistics: {
    ks: { statistic: 0.2, pValue: 0.001 },
    wasserstein: { statistic: 5, effect: 0.25, normalized: 0.25, errorBound: 0.2 },
    energy: { statistic: 1, effect: 1 },
    psi: { notComputable: 'the current window has no value' },
  },
};
const weather: ColumnReport = {
  column: 'weather',
  kind: 'categorical',
  verdict: 'ok',
  reason: 'it stayed',
  decidedBy: 'chiSquared',
  statistics: { chiSquared: { statistic: 1.5, pValue: 0.22 } },
};

const linesOf = (width: number) => columnTable([humidity, weather], { ...paper, columns: width }).split('\n');

describe('the table of columns', () => {
  it('shows the best known statistics, a bound in the unit of its number, and values that are none', () => {
    expect(linesOf(Infinity)).toEqual([
      '┌───────────────────┬─────────┬───────┬─────┬─────────────────┬─────┬─────────────┬─────────┐',
      '│ column            │ verdict │ p     │ KS  │ Wasserstein     │ PSI │ chi-squared │ invalid │',
      '├───────────────────┼─────────┼───────┼─────┼─────────────────┼─────┼─────────────┼─────────┤',
      '│ relative-humidity │ warning │ 0.004 │ 0.2 │ 0.25 ±0.01 sd * │ -   │             │ 0, 100  │',
      '│ weather           │ ok      │ 0.22  │     │                 │     │ 1.5 *       │         │',
      '└───────────────────┴─────────┴───────┴─────┴─────────────────┴─────┴─────────────┴─────────┘',
    ]);
  });

  it('keeps to the statistics that decide where the screen is too narrow for more', () => {
    expect(linesOf(89)).toEqual([
      '┌───────────────────┬─────────┬───────┬───────────────────────────┬─────────┐',
      '│ column            │ verdict │ p     │ decided by                │ invalid │',
      '├───────────────────┼─────────┼───────┼───────────────────────────┼─────────┤',
      '│ relative-humidity │ warning │ 0.004 │ Wasserstein 0.25 ±0.01 sd │ 0, 100  │',
      '│ weather           │ ok      │ 0.22  │ chi-squared 1.5           │         │',
      '└───────────────────┴─────────┴───────┴───────────────────────────┴─────────┘',
    ]);
  });

  it('cuts names short where that is still too wide, and stops at 12 letters', () => {
    const [border, , , row] = linesOf(72);
    expect(border).toHaveLength(72);
    expect(row).toContain('│ relative-hu… │ warning');
    expect(linesOf(20)[0]!.length).toBeGreaterThan(60);
  });

  it('colours verdicts on a screen, and none on paper', () => {
    const painted = columnTable([humidity], {
      columns: Infinity,
      paint: (color, text) => `<${color}>${text}`,
    });
    expect(painted).toContain('<yellow>warning');
    expect(painted).toContain('<bold>0.25');
    expect(linesOf(Infinity).join('\n')).not.toContain('\u001B');
  });
});

describe('the line below the table', () => {
  it('says what the star stands for, and from which number on it matters', () => {
    expect(decidingLine([humidity, weather], 0.05)).toBe(
      '* decides: p at most 0.05 and Wasserstein from 0.1 sd on, chi-squared from 0.1 on',
    );
    expect(decidingLine([{ ...weather, threshold: 0.01 }], 0.05)).toBe(
      '* decides: weather by its limit 0.01',
    );
    expect(decidingLine([humidity], undefined)).toBe('* decides');
    expect(decidingLine([], 0.05)).toBeUndefined();
  });
});
