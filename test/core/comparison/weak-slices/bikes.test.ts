import { describe, expect, it } from 'vitest';

import { findWeakSlices } from '../../../../core/comparison/weak-slices/find-weak-slices.ts';
import { lossInWords, sliceInWords } from '../../../../core/comparison/weak-slices/weak-slice-in-words.ts';
import { sampleOf } from '../../../../core/multivariate/sample.ts';
import { dayMs, parseInstant } from '../../../../core/window.ts';
import { loadBikes } from '../../../../demo/data/bikes.ts';

const columns = [
  ...['hr', 'weekday', 'workingday', 'holiday', 'weathersit'].map((name) => ({
    name,
    kind: 'categorical' as const,
  })),
  ...['temp', 'atemp', 'hum', 'windspeed'].map((name) => ({ name, kind: 'continuous' as const })),
];

describe('the weak slices of a model of bikes that knows only the hour', () => {
  const [start, end] = [parseInstant('2011-10-01T00:00:00Z'), parseInstant('2011-10-31T00:00:00Z')];
  const bikes = loadBikes();
  const counts = new Map<number, number[]>();
  for (const { eventTime, features, actual } of bikes) {
    if (eventTime >= start - 60 * dayMs && eventTime < start)
      counts.set(features.hr, [...(counts.get(features.hr) ?? []), actual]);
  }
  const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b) / values.length;
  const october = bikes.filter(({ eventTime }) => eventTime >= start && eventTime < end);
  const sample = sampleOf(
    columns,
    october.map(({ eventTime, features }) => ({
      time: eventTime,
      values: columns.map(({ name }) => features[name]),
    })),
  );
  const losses = Float64Array.from(october, ({ features, actual }) =>
    Math.abs(mean(counts.get(features.hr)!) - actual),
  );

  it('are the hours of the day, and there the days on which nobody works, which it has not been told of', () => {
    const found = findWeakSlices(sample, losses, { minimumRows: 30, effect: 0.2, alpha: 0.05 });
    if ('notComputable' in found) throw new Error(found.notComputable);
    const words = found.slices.map((slice) => `${sliceInWords(slice)}: ${lossInWords('mae', slice)}`);
    expect(words.slice(0, 2)).toEqual([
      'hr 8 to 19: MAE 93.62 against 33.16 elsewhere, 360 rows',
      'hr 8 to 19 and workingday = 0: MAE 139.8 against 46.26 elsewhere, 132 rows',
    ]);
  });
});
