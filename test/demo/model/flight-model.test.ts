import { describe, expect, it } from 'vitest';
import { areaUnderRoc } from '../../../core/performance/ranking.ts';
import { countValues } from '../../../core/performance/value-counts.ts';
import { dayMs } from '../../../core/window.ts';
import { loadFlights } from '../../../demo/data/flights.ts';
import {
  fitFlightModel,
  flightClassOf,
  predictFlights,
  type FlightModel,
} from '../../../demo/model/flight-model.ts';

const flights = loadFlights();
const month = (index: number) => Date.UTC(2013, index - 1, 1);
const between = (start: number, end: number) =>
  flights.filter((flight) => flight.eventTime >= start && flight.eventTime < end);
const aucOf = (model: FlightModel, rows: typeof flights) => {
  const late = predictFlights(model, rows).map((probabilities) => probabilities.late);
  const those = (actual: string) => Float64Array.from(late.filter((_, i) => rows[i]!.actual === actual));
  return areaUnderRoc(countValues('score', [those('late'), those('on-time')]))!.value;
};
const logLossOf = (model: FlightModel, rows: typeof flights) =>
  -predictFlights(model, rows).reduce((sum, p, i) => sum + Math.log(p[rows[i]!.actual]), 0) / rows.length;

const firstQuarter = between(0, month(4));
const model = fitFlightModel(firstQuarter);

describe('the flight model', () => {
  it('is the same when it is fitted again', () => {
    expect(fitFlightModel(firstQuarter)).toEqual(model);
  });

  it('predicts the same after a trip through JSON', () => {
    const rows = between(month(4), month(5));
    const restored = JSON.parse(JSON.stringify(model)) as FlightModel;
    expect(predictFlights(restored, rows)).toEqual(predictFlights(model, rows));
  });

  it('gives two probabilities that add up to 1, for flights without weather too', () => {
    const all = predictFlights(model, flights);
    expect(all.every((p) => p.late > 0 && p.late < 1 && p.late + p['on-time'] === 1)).toBe(true);
  });

  it('is calibrated on its training rows: predicts as many late flights as there were, within a thousandth', () => {
    const expected = predictFlights(model, firstQuarter).reduce((sum, p) => sum + p.late, 0);
    const late = firstQuarter.filter((flight) => flight.actual === 'late').length;
    expect(Math.abs(expected / late - 1)).toBeLessThan(0.001);
  });

  it('ranks late flights above others with an AUC between .65 and .73 in each month after the training', () => {
    for (let index = 4; index <= 12; index++) {
      const auc = aucOf(model, between(month(index), month(index + 1)));
      expect(auc).toBeGreaterThan(0.65);
      expect(auc).toBeLessThan(0.73);
    }
  });

  it('says late from the share of late flights in training on, where the likelier class is hardly ever late', () => {
    expect(model.threshold).toBeCloseTo(0.236, 3);
    expect(flightClassOf(model, { late: model.threshold, 'on-time': 1 - model.threshold })).toBe('late');
    const all = predictFlights(model, firstQuarter);
    expect(all.filter((p) => p.late > 0.5).length / all.length).toBeLessThan(0.08);
    expect(all.filter((p) => flightClassOf(model, p) === 'late').length / all.length).toBeGreaterThan(0.3);
  });

  it('gains by a retraining in July: AUC from .70 to .74, log loss from .60 to .55', () => {
    const retrained = fitFlightModel(between(month(7) - 52 * dayMs, month(7) - 7 * dayMs));
    const july = between(month(7), month(8));
    expect([aucOf(model, july), aucOf(retrained, july)].map((auc) => auc.toFixed(2))).toEqual([
      '0.70',
      '0.74',
    ]);
    expect([logLossOf(model, july), logLossOf(retrained, july)].map((loss) => loss.toFixed(2))).toEqual([
      '0.60',
      '0.55',
    ]);
  });

  it('refuses actuals of another kind, and rows of one class only', () => {
    expect(() => fitFlightModel([{ features: {}, actual: 'cancelled' }])).toThrow('cancelled');
    expect(() => fitFlightModel(firstQuarter.filter((flight) => flight.actual === 'late'))).toThrow(
      'only one',
    );
  });
});
