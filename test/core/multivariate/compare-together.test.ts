import { describe, expect, it } from 'vitest';

import { compareTogether, type TogetherFindings } from '../../../core/multivariate/compare-together.ts';
import { sampleOf, type Sample } from '../../../core/multivariate/sample.ts';
import { usualWindows } from '../../../core/multivariate/usual-windows.ts';
import { parseWindow, type Window } from '../../../core/window.ts';
import { loadBikes } from '../../../demo/data/bikes.ts';
import { oracleSample, seriesSample } from './samples.ts';

const bikes = loadBikes();
const weather = [
  { name: 'weathersit', kind: 'categorical' },
  { name: 'temp', kind: 'continuous' },
  { name: 'atemp', kind: 'continuous' },
  { name: 'hum', kind: 'continuous' },
  { name: 'windspeed', kind: 'continuous' },
] as const;
const window = (start: string, end: string): Window =>
  parseWindow({ start: `2011-${start}T00:00:00Z`, end: `2011-${end}T00:00:00Z` });
const sampleIn = ({ start, end }: Window): Sample =>
  sampleOf(
    weather,
    bikes
      .filter(({ eventTime }) => eventTime >= start && eventTime < end)
      .map(({ eventTime, features }) => ({
        time: eventTime,
        values: weather.map(({ name }) => features[name]),
      })),
  );
const compareBikes = (reference: Window, current: Window): TogetherFindings =>
  compareTogether(sampleIn(reference), sampleIn(current), {
    seed: 1,
    alpha: 0.05,
    usual: usualWindows([reference], current).map((each) => ({ window: each, sample: sampleIn(each) })),
  });
const levelsOf = (findings: TogetherFindings): string[] =>
  Object.values(findings).map((finding) => (finding as { verdict: { level: string } }).verdict.level);

describe('compareTogether', () => {
  it('tells summer from March by its temperature, and calls the first week of April usual', () => {
    const march = window('03-01', '04-01');
    const summer = compareBikes(march, window('07-22', '07-29'));
    expect(summer.domainClassifier.verdict).toEqual({
      level: 'critical',
      reason:
        'current rows can be told from reference rows: AUC 0.988 (95% 0.95 to 1; 731 and 168 rows), ' +
        'usually 0.27 to 0.78 in 4 windows (p 0.033); by atemp 51%, temp 49%',
    });
    expect(summer.reconstruction.verdict.level).toBe('critical');
    expect(compareBikes(march, window('06-24', '07-01')).correlation.verdict.reason).toBe(
      '1 of 10 pairs of features changed: temp and hum -0.16 -> -0.74 (731 and 168 rows)',
    );
    expect(levelsOf(compareBikes(march, window('04-01', '04-08')))).toEqual(['ok', 'ok', 'ok']);
  });

  it('is calm in summer where the reference is the eight weeks before: the season is the choice of the caller', () => {
    expect(levelsOf(compareBikes(window('05-27', '07-22'), window('07-22', '07-29')))).toEqual([
      'ok',
      'ok',
      'ok',
    ]);
  });

  it('leaves out usual windows without enough rows, and those that are all of the reference', () => {
    const [reference, current] = [seriesSample(1, 200, 3, 0), seriesSample(2, 200, 3, 0)];
    const all = { window: { start: 0, end: 1e12 }, sample: reference };
    const tiny = { window: { start: -2, end: -1 }, sample: seriesSample(3, 20, 3, 0) };
    const { reconstruction, domainClassifier } = compareTogether(reference, current, {
      seed: 1,
      alpha: 0.05,
      usual: [all, all, all, tiny, tiny, tiny],
    });
    expect(reconstruction.verdict.reason).toContain('but 0 usual windows');
    expect(domainClassifier.details!.usual).toBeNull();
  });

  describe('with bad input gives a reason, never an error', () => {
    const columns = [
      { name: 'constant', kind: 'continuous' },
      { name: 'empty', kind: 'continuous' },
      { name: 'identifier', kind: 'categorical' },
      { name: 'nothing', kind: 'categorical' },
    ] as const;
    const strange = (rows: number): Sample =>
      sampleOf(
        columns,
        Array.from({ length: rows }, (_, i) => ({ time: 0, values: [3, null, `user-${i}`, {}] })),
      );
    const cases: Record<string, readonly [Sample, Sample]> = {
      'no row': [strange(0), strange(0)],
      'one row': [strange(1), strange(1)],
      'an empty reference': [strange(0), strange(500)],
      'an empty window': [strange(500), strange(0)],
      'constant, empty and identifying columns': [strange(500), strange(500)],
      'a category of 10,000 levels': [strange(10_000), strange(300)],
      'no column': [sampleOf([], []), sampleOf([], [])],
      'rows of one moment': [
        { ...oracleSample(1, 300, 'none'), times: new Float64Array(300) },
        { ...oracleSample(2, 300, 'none'), times: new Float64Array(300) },
      ],
    };
    it.each(Object.entries(cases))('%s', (_, [reference, current]) => {
      const found = compareTogether(reference, current, {
        seed: 1,
        alpha: 0.05,
        usual: [0, 1, 2].map((i) => ({ window: { start: i, end: i + 1 }, sample: current })),
      });
      expect(JSON.parse(JSON.stringify(found))).toEqual(found);
      for (const { verdict } of Object.values(found)) {
        expect(['ok', 'insufficient-data']).toContain(verdict.level);
        expect(verdict.reason).not.toBe('');
      }
    });

    it('200 columns', () => {
      const [reference, current] = [seriesSample(1, 100, 200, 0), seriesSample(2, 100, 200, 0)];
      const found = compareTogether(reference, current, { seed: 1, alpha: 0.05, usual: [] });
      expect(levelsOf(found)).toEqual(['ok', 'insufficient-data', 'ok']);
      expect(found.correlation.details!.pairs).toBe((200 * 199) / 2);
    });
  });
});
