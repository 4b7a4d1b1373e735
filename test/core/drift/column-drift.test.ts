import { readFileSync } from 'node:fs';
import { parse } from 'csv-parse/sync';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import {
  buildCategoricalGrid,
  buildContinuousGrid,
  gridFromTrainingStatistics,
} from '../../../core/profile/grid.ts';
import { buildProfile, emptyProfile } from '../../../core/profile/profile.ts';
import { methodNames, methodsFor } from '../../../core/statistics/registry.ts';
import { cellOfRow, level } from '../profile/arbitraries.ts';
import { humidity, judgeColumn, judgeLevels, judgeValues, ramp, weather } from './columns.ts';

const calm = ramp(200, 0.01);
const moved = ramp(100, 0.02, 0.5);

describe('judgeColumn', () => {
  it('warns when the deciding effect reaches its threshold, with numbers, means and sizes in words', () => {
    const drift = judgeValues(humidity, calm, moved);
    expect(drift).toMatchObject({
      subject: 'feature',
      column: 'hum',
      drifted: 'yes',
      threshold: 0.2,
      sampleSizes: { reference: 200, current: 100 },
      verdict: { level: 'warning' },
    });
    expect(drift.verdict.reason).toBe(
      'hum: Wasserstein 0.857 sd, its limit is 0.2 sd (reference mean 0.99, current 1.49; 200 and 100 values)',
    );
  });

  it('is ok below it', () => {
    const drift = judgeValues({ ...humidity, threshold: 0.9 }, calm, moved);
    expect([drift.drifted, drift.verdict.level]).toEqual(['no', 'ok']);
    expect(drift.verdict.reason).toContain('Wasserstein 0.857 sd, its limit is 0.9 sd');
  });

  it('calls a p-value below its threshold drift', () => {
    const settings = { ...humidity, decidingMethod: 'kolmogorov-smirnov', threshold: 0.05 } as const;
    const drift = judgeValues(settings, calm, moved);
    expect(drift.drifted).toBe('yes');
    expect(drift.verdict.reason).toMatch(/^hum: KS 0\.255, p 3e-4, its limit is p 0\.05 \(/);
    expect(judgeValues(settings, calm, calm).verdict.reason).toMatch(
      /^hum: KS 0, p 1, its limit is p 0\.05 \(/,
    );
  });

  it('judges a week of the bikes against a month', () => {
    const rows: Record<string, string>[] = parse(
      readFileSync(new URL('../../../demo/data/bikeshare_2011.csv', import.meta.url)),
      { columns: true },
    );
    const reference = rows.filter((row) => row['mnth'] === 'May').map((row) => Number(row['hum']));
    const week = rows
      .filter((row) => Number(row['day']) >= 152 && Number(row['day']) < 159)
      .map((row) => Number(row['hum']));
    expect(judgeValues(humidity, reference, week).verdict.reason).toBe(
      'hum: Wasserstein 1.08 sd, its limit is 0.2 sd (reference mean 0.71, current 0.52; 744 and 168 values)',
    );
  });

  it('carries every method for the kind, and the threshold with the deciding one only', () => {
    const thresholds = judgeValues(humidity, calm, moved).methods.map((result) => [
      result.method,
      result.threshold,
    ]);
    expect(thresholds).toEqual(
      methodsFor('continuous').map((method) => [method, method === 'wasserstein' ? 0.2 : undefined]),
    );
    const ofLevels = judgeLevels(weather, ['a', 'b'], ['a']).methods.map(({ method }) => method);
    expect(ofLevels).toEqual(methodsFor('categorical'));
  });

  it('names the categories that moved, unseen ones among them', () => {
    const reference = Array.from({ length: 100 }, (_, i) => (i % 2 === 0 ? 'clear' : 'rain'));
    const current = [...reference.slice(0, 39), 'snow'];
    const drift = judgeLevels(weather, reference, current);
    expect(drift.unseenRatio).toEqual({ value: 1 / 40 });
    expect(drift.verdict.reason).toMatch(
      /\(rain: 50% -> 48%, unseen categories: 0% -> 2\.5%; 100 and 40 values\)$/,
    );
  });

  it('judges from the minimum number of values on', () => {
    const settings = { ...humidity, minimumRows: 100 };
    expect(judgeValues(settings, calm, moved).drifted).toBe('yes');
    expect(judgeValues(settings, calm, moved.slice(1)).drifted).toBe('unknown');
    expect(judgeValues(settings, calm.slice(0, 100), moved).drifted).toBe('yes');
    expect(judgeValues(settings, calm.slice(0, 99), moved).drifted).toBe('unknown');
  });

  it('computes a disabled column and says that it does not count', () => {
    const drift = judgeValues({ ...humidity, enabled: false }, calm, moved);
    expect(drift).toMatchObject({ enabled: false, drifted: 'yes' });
    expect(drift.verdict.reason).toMatch(/; disabled, not counted$/);
  });
});

describe('the drift of a column is unknown', () => {
  const cases = {
    'when the current window has too few values': judgeValues(humidity, calm, [1, 2, null, null]),
    'when the reference has too few values': judgeValues(humidity, [1, 2], moved),
    'when all is missing': judgeValues(humidity, calm, [null, undefined]),
    'when the window is empty': judgeValues(humidity, calm, []),
    'when the reference is empty': judgeValues(humidity, [null], moved),
    'when the deciding method is for another kind': judgeValues(
      { ...humidity, decidingMethod: 'chi-squared' },
      calm,
      moved,
    ),
    'when it is configured as another kind': judgeValues({ ...humidity, kind: 'categorical' }, calm, moved),
  };
  it.each(Object.entries(cases))('%s', (_, drift) => {
    expect([drift.drifted, drift.verdict.level]).toEqual(['unknown', 'insufficient-data']);
  });

  it('with the reason', () => {
    expect(Object.values(cases).map(({ verdict }) => verdict.reason)).toEqual([
      'hum: the current window has 2 values, 10 are needed',
      'hum: the reference has 2 values, 10 are needed',
      'hum: the current window has no value',
      'hum: the current window has no value',
      'hum: the reference has no value',
      'hum: chi-squared: only a categorical column has levels',
      'hum: it is configured as categorical, but its reference was profiled as continuous',
    ]);
  });

  it('against training statistics, which still give ranges and means', () => {
    const grid = gridFromTrainingStatistics({ min: 0, max: 1, mean: 0.25, std: 0.25 });
    const current = buildProfile(grid, [...ramp(10, 0.1), 1.5, -0.5]);
    const drift = judgeColumn(humidity, emptyProfile(grid), current, grid);
    expect(drift).toMatchObject({
      drifted: 'unknown',
      verdict: { reason: 'hum: the reference has no distribution (training statistics)' },
      outOfRangeRatio: { value: 2 / 12 },
      beyondThreeDeviationsRatio: { value: 1 / 12 },
      means: { reference: { value: 0.25 }, current: { value: expect.closeTo(5.5 / 12, 12) as number } },
    });
  });
});

describe('the ratios of a column', () => {
  it('are of the rows (missing, invalid) and of the values (out of range, beyond 3 deviations)', () => {
    const reference = [...ramp(100, 0.01), 10];
    const drift = judgeValues(humidity, reference, [0.5, 0.5, -1, 9, 11, null, null, 'x']);
    expect(drift).toMatchObject({
      rows: { reference: 101, current: 8 },
      sampleSizes: { reference: 101, current: 5 },
      missingRatio: { value: 2 / 8 },
      invalidRatio: { value: 1 / 8 },
      outOfRangeRatio: { value: 2 / 5 },
      beyondThreeDeviationsRatio: { value: 2 / 5 },
      unseenRatio: { notComputable: 'a continuous column has no categories' },
    });
  });

  it('say why they are not computable', () => {
    expect(judgeValues(humidity, calm, [])).toMatchObject({
      missingRatio: { notComputable: 'the current window has no row' },
      outOfRangeRatio: { notComputable: 'the current window has no value' },
      means: { current: { notComputable: 'the current window has no value' } },
    });
    expect(judgeLevels(weather, [], ['a'])).toMatchObject({
      unseenRatio: { notComputable: 'the reference has no value' },
      outOfRangeRatio: { notComputable: 'a categorical column has no range' },
    });
  });
});

describe('the judgement of any column', () => {
  it('never throws and is JSON-safe', () => {
    fc.assert(
      fc.property(
        fc.array(cellOfRow),
        fc.array(cellOfRow),
        fc.constantFrom(...methodNames),
        (reference, current, method) => {
          const drift = judgeValues(
            { ...humidity, decidingMethod: method, minimumRows: 1 },
            reference,
            current,
          );
          expect(JSON.parse(JSON.stringify(drift))).toEqual(drift);
          expect(drift.verdict.reason).not.toMatch(/NaN|undefined|Infinity/);
        },
      ),
    );
    fc.assert(
      fc.property(
        fc.array(level),
        fc.array(level),
        fc.constantFrom(...methodNames),
        (reference, current, method) => {
          const drift = judgeLevels(
            { ...weather, decidingMethod: method, minimumRows: 1 },
            reference,
            current,
          );
          expect(JSON.parse(JSON.stringify(drift))).toEqual(drift);
        },
      ),
    );
  });

  it('finds no drift between a column and itself, constant ones too', () => {
    for (const values of [calm, Array.from({ length: 20 }, () => 0.1)]) {
      for (const decidingMethod of [
        'kolmogorov-smirnov',
        'wasserstein',
        'population-stability-index',
      ] as const) {
        expect(judgeValues({ ...humidity, decidingMethod }, values, values).drifted).toBe('no');
      }
    }
  });

  it('refuses a profile of another grid', () => {
    const [grid, other] = [buildContinuousGrid(Float64Array.of(1, 2)), buildCategoricalGrid(['a'])];
    expect(() => judgeColumn(humidity, emptyProfile(grid), emptyProfile(other), grid)).toThrow(
      expect.objectContaining({ code: 'INVALID_PROFILE' }),
    );
  });
});
