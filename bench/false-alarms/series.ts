/** The real series: hourly and daily measurements in which nothing was injected. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

import { parse } from 'csv-parse/sync';

import { dayMs } from '../../core/window.ts';

/** One column over time; days are counted from the first one. */
export interface Series {
  readonly name: string;
  /** In time order. */
  readonly days: Int32Array;
  readonly values: Float64Array;
  /** Continuous by default; levels are numbers too. */
  readonly kind?: 'continuous' | 'categorical';
}

/** Columns that one model would read, judged together in one run. */
export interface SeriesGroup {
  readonly name: string;
  readonly series: readonly Series[];
  /** The first days are the reference; `rolling`: the year before each window is. */
  readonly referenceDays: number | 'rolling';
  /** Windows to judge: every n-th. */
  readonly every: number;
}

type Row = Record<string, string>;

/**
 * Name of a group -> reads it from a directory: hourly bikes of Washington 2011 and 2012 (UCI), flights from New York with
 * their weather (nycflights13), hourly departures of 35 stations (Bay Area Bike Share 2014), daily euro rates (ECB).
 */
export function readers(directory: string): Readonly<Record<string, () => SeriesGroup>> {
  const rows = (file: string): Row[] => {
    const content = readFileSync(join(directory, file));
    return parse(file.endsWith('.gz') ? gunzipSync(content) : content, { columns: true });
  };
  const columns = (names: readonly string[], from: readonly Row[], time: string): Series[] =>
    names.map((column) => seriesOf(column, from, time, column));
  return {
    bikes: () => {
      const bikes = rows('bike_hourly_2011_2012.csv');
      const series = columns(['temp', 'atemp', 'hum', 'windspeed', 'cnt'], bikes, 'timestamp');
      return { name: 'bikes', series, referenceDays: 365, every: 1 };
    },
    flights: () => {
      const flights = rows('flights_nyc13_sample.csv.gz').toSorted((a, b) =>
        a['scheduled_dep_utc']! < b['scheduled_dep_utc']! ? -1 : 1,
      );
      const names = ['temp', 'dewp', 'humid', 'wind_speed', 'precip', 'pressure', 'visib'];
      const series = columns(names, flights, 'scheduled_dep_utc');
      return { name: 'flights', series, referenceDays: 219, every: 1 };
    },
    stations: () => {
      const departures = new Map<string, Row[]>();
      for (const row of rows('bayarea_station_hourly_2014.csv.gz')) {
        const ofStation = departures.get(row['station_id']!);
        if (ofStation === undefined) departures.set(row['station_id']!, [row]);
        else ofStation.push(row);
      }
      const series = [...departures].map(([id, of]) => seriesOf(id, of, 'timestamp', 'departures'));
      return { name: 'stations', series, referenceDays: 219, every: 1 };
    },
    rates: () => {
      const rates = rows('ecb_eurofx_daily.csv');
      const series = columns(['USD', 'JPY', 'GBP', 'CHF', 'AUD', 'CAD', 'SEK', 'NOK'], rates, 'Date');
      return { name: 'rates', series, referenceDays: 'rolling', every: 24 };
    },
  };
}

function seriesOf(name: string, rows: readonly Row[], time: string, column: string): Series {
  const known = rows.filter((row) => row[column] !== '' && Number.isFinite(Number(row[column])));
  const dayOf = (row: Row): number => Math.floor(Date.parse(`${row[time]!.slice(0, 10)}T00:00:00Z`) / dayMs);
  const first = dayOf(rows[0]!);
  return {
    name,
    days: Int32Array.from(known, (row) => dayOf(row) - first),
    values: Float64Array.from(known, (row) => Number(row[column])),
  };
}
