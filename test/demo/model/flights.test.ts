import { describe, expect, it } from 'vitest';
import { loadFlights, type FlightFeatures } from '../../../demo/data/flights.ts';

const flights = loadFlights();
const missing = (feature: keyof FlightFeatures) =>
  flights.filter((flight) => flight.features[feature] === null).length;

describe('the flight data', () => {
  it('has 40,845 flights in order of departure, each once', () => {
    expect(flights).toHaveLength(40_845);
    expect(flights.every((flight, i) => i === 0 || flight.eventTime >= flights[i - 1]!.eventTime)).toBe(true);
    expect(new Set(flights.map((flight) => flight.entity)).size).toBe(40_845);
  });

  it('knows an outcome only after the scheduled departure, half of them within 3 hours', () => {
    const hours = flights
      .map((flight) => (flight.knownAt - flight.eventTime) / 3_600_000)
      .sort((a, b) => a - b);
    expect(hours[0]).toBeGreaterThan(0);
    expect(hours[20_422]).toBeCloseTo(2.7, 1);
    expect(hours.at(-1)).toBeLessThan(34);
  });

  it('has null where the weather was not measured', () => {
    expect({ temp: missing('temp'), wind: missing('wind_speed'), pressure: missing('pressure') }).toEqual({
      temp: 196,
      wind: 201,
      pressure: 4_493,
    });
    expect(missing('distance')).toBe(0);
  });

  it('counts a flight as late from 16 minutes on: 13.9% in September, 31.7% in December', () => {
    const lateIn = (month: number) => {
      const those = flights.filter((flight) => new Date(flight.eventTime).getUTCMonth() + 1 === month);
      return those.filter((flight) => flight.actual === 'late').length / those.length;
    };
    expect(lateIn(9)).toBeCloseTo(0.139, 3);
    expect(lateIn(12)).toBeCloseTo(0.317, 3);
  });

  it('has no feature from after the departure', () => {
    const names = Object.keys(flights[0]!.features);
    expect(names.filter((name) => /delay|arr|known/.test(name) && name !== 'carrier')).toEqual([]);
  });
});
