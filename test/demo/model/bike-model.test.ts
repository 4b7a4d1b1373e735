import { describe, expect, it } from 'vitest';
import { dayMs, parseInstant } from '../../../core/window.ts';
import { knownAtOf } from '../../../demo/data/arrivals.ts';
import { loadBikes } from '../../../demo/data/bikes.ts';
import { fitBikeModel, predictBikes, type BikeModel } from '../../../demo/model/bike-model.ts';

const bikes = loadBikes();
const day = (text: string) => parseInstant(`${text}T00:00:00Z`);
const between = (start: number, end: number) =>
  bikes.filter((row) => row.eventTime >= start && row.eventTime < end);
const rmse = (model: BikeModel, rows: typeof bikes) => {
  const predicted = predictBikes(model, rows);
  return Math.sqrt(rows.reduce((sum, row, i) => sum + (row.actual - predicted[i]!) ** 2, 0) / rows.length);
};

const serveFrom = day('2011-03-01');
const first = between(0, serveFrom);
const frozen = fitBikeModel(first);
const noon = first.find((row) => row.features.hr === 12 && row.features.workingday === 1)!;

describe('the bike model', () => {
  it('is the same when it is fitted again', () => {
    expect(fitBikeModel(first)).toEqual(frozen);
  });

  it('predicts the same after a trip through JSON', () => {
    const rows = between(serveFrom, day('2011-04-01'));
    const restored = JSON.parse(JSON.stringify(frozen)) as BikeModel;
    expect(predictBikes(restored, rows)).toEqual(predictBikes(frozen, rows));
  });

  it('predicts neither a negative number nor NaN', () => {
    expect(
      predictBikes(frozen, bikes).every((predicted) => predicted >= 0 && Number.isFinite(predicted)),
    ).toBe(true);
  });

  it('answers for a missing number, and for a level it has not seen', () => {
    const withFeature = (changed: object) =>
      predictBikes(frozen, [{ features: { ...noon.features, ...changed } }])[0];
    expect(withFeature({ hum: null })).toBeGreaterThan(0);
    expect(withFeature({ weathersit: 'hail' })).toBeGreaterThan(0);
  });

  it('does not go beyond the weather that it has seen', () => {
    const at = (temp: number) => predictBikes(frozen, [{ features: { ...noon.features, temp } }])[0];
    const warmest = Math.max(...first.map((row) => row.features.temp));
    expect(at(5)).toBe(at(warmest));
    expect(at(0.5)).toBeGreaterThan(at(0.2)!);
  });

  it('shares its importance among the features: the hour most, then whether it is a working day', () => {
    const shares = Object.entries(frozen.importances).sort(([, a], [, b]) => b - a);
    expect(shares.reduce((sum, [, share]) => sum + share, 0)).toBeCloseTo(1, 10);
    expect(shares.slice(0, 2).map(([name]) => name)).toEqual(['hr', 'workingday']);
  });

  it('refuses no rows, and an actual that is no number', () => {
    expect(() => fitBikeModel([])).toThrow(RangeError);
    expect(() => fitBikeModel([{ features: noon.features, actual: 'many' }])).toThrow('many');
  });
});

describe('the story of the demo', () => {
  it('begins calm: the model of January and February has an RMSE below 50 in every week of March', () => {
    for (let start = serveFrom; start < day('2011-03-29'); start += 7 * dayMs) {
      expect(rmse(frozen, between(start, start + 7 * dayMs))).toBeLessThan(50);
    }
  });

  it('turns as spring comes: above 100 in every week from 26 April on', () => {
    for (let start = day('2011-04-26'); start < day('2011-06-21'); start += 7 * dayMs) {
      expect(rmse(frozen, between(start, start + 7 * dayMs))).toBeGreaterThan(100);
    }
  });

  it.each(['2011-04-20', '2011-04-24', '2011-04-28', '2011-05-03'])(
    'a model retrained on %s is more than 25%% better over the next four weeks',
    (promotedOn) => {
      const now = day(promotedOn);
      const training = between(now - 52 * dayMs, now - 7 * dayMs).filter(
        (row) => (knownAtOf(row) ?? Infinity) <= now,
      );
      const challenger = fitBikeModel(training);
      const holdout = between(now - 7 * dayMs, now);
      expect(rmse(challenger, holdout)).toBeLessThan(rmse(frozen, holdout));
      const after = between(now, now + 28 * dayMs);
      expect(1 - rmse(challenger, after) / rmse(frozen, after)).toBeGreaterThan(0.25);
    },
  );
});
