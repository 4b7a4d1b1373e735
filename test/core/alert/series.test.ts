import { describe, expect, it } from 'vitest';

import { seriesNumber, seriesText, sparkline } from '../../../core/alert/series.ts';

describe('sparkline', () => {
  it('goes from the lowest bar to the highest, whatever the unit', () => {
    expect(sparkline([1, 2, 3, 4, 5, 6, 7, 8])).toBe('▁▂▃▄▅▆▇█');
    expect(sparkline([0.08, 0.01])).toBe('█▁');
    expect(sparkline([-5, 0])).toBe('▁█');
  });

  it('is flat where nothing changes, and empty where there is nothing', () => {
    expect(sparkline([7, 7, 7])).toBe('▄▄▄');
    expect(sparkline([7])).toBe('▄');
    expect(sparkline([])).toBe('');
  });

  it('fits on a line and ends with the newest value', () => {
    const values = Array.from({ length: 1_000 }, (_, i) => (i === 999 ? 1 : 0));
    expect(sparkline(values)).toBe(`${'▁'.repeat(23)}█`);
    expect(sparkline(values.slice(0, 25))).toHaveLength(24);
  });
});

describe('seriesText', () => {
  const day = (n: number): number => Date.UTC(2011, 4, n);

  it('says where it began, where it is and what the limit is', () => {
    const points = [
      [day(13), 40],
      [day(14), 55],
      [day(15), 60],
    ] as const;
    expect(seriesText({ label: 'Drifted features', unit: '%', limit: 50, points })).toBe(
      'Drifted features: 40% on 2011-05-13, 60% on 2011-05-15, limit 50%',
    );
  });

  it('does with one value, and without a limit', () => {
    expect(seriesText({ label: 'MAE', points: [[day(13), 4]] })).toBe('MAE: 4 on 2011-05-13');
    expect(seriesText({ label: 'MAE', points: [] })).toBe('MAE: ');
  });
});

describe('seriesNumber', () => {
  it('has the unit behind it', () => {
    expect([seriesNumber(0.12345, undefined), seriesNumber(60, '%'), seriesNumber(3, 'h')]).toEqual([
      '0.123',
      '60%',
      '3 h',
    ]);
  });
});
