import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { parse } from 'csv-parse/sync';
import { parseInstant } from '../../core/window.ts';

/** What the model sees of a flight. The scheduled times of the day are left out: `hour` says as much. */
export interface FlightFeatures extends Readonly<Record<string, number | string | null>> {
  readonly carrier: string;
  readonly origin: string;
  readonly dest: string;
  readonly distance: number;
  readonly hour: number;
  readonly weekday: number;
  readonly month: number;
  readonly temp: number | null;
  readonly dewp: number | null;
  readonly humid: number | null;
  readonly wind_speed: number | null;
  readonly precip: number | null;
  readonly pressure: number | null;
  readonly visib: number | null;
}

export type FlightClass = 'late' | 'on-time';

/** One flight from New York: what was known at its scheduled departure, and whether it arrived over 15 minutes late. */
export interface Flight {
  readonly eventTime: number;
  readonly entity: string;
  readonly features: FlightFeatures;
  readonly actual: FlightClass;
  /** when the flight had landed, or was known to be late */
  readonly knownAt: number;
}

const measurement = (text: string | undefined): number | null =>
  text === undefined || text === '' ? null : Number(text);

/**
 * Which flights does the demo replay? The whole sample of 2013 in order of scheduled departure. Weather that was not
 * measured is null.
 */
export function loadFlights(): readonly Flight[] {
  const text = gunzipSync(readFileSync(new URL('./flights_nyc13_sample.csv.gz', import.meta.url)));
  const rows: Readonly<Record<string, string>>[] = parse(text, { columns: true });
  return rows
    .map((row) => ({
      eventTime: parseInstant(row.scheduled_dep_utc ?? ''),
      entity: row.flight_id ?? '',
      features: {
        carrier: row.carrier ?? '',
        origin: row.origin ?? '',
        dest: row.dest ?? '',
        distance: Number(row.distance),
        hour: Number(row.hour),
        weekday: Number(row.weekday),
        month: Number(row.month),
        temp: measurement(row.temp),
        dewp: measurement(row.dewp),
        humid: measurement(row.humid),
        wind_speed: measurement(row.wind_speed),
        precip: measurement(row.precip),
        pressure: measurement(row.pressure),
        visib: measurement(row.visib),
      },
      actual: row.arr_delay_gt15 === '1' ? ('late' as const) : ('on-time' as const),
      knownAt: parseInstant(row.actual_known_utc ?? ''),
    }))
    .sort((a, b) => a.eventTime - b.eventTime);
}
