/** The bikes as hourly rows: 2011, and both years where they are at hand. */

import { readFileSync } from 'node:fs';

import { parse } from 'csv-parse/sync';

import { loadBikes } from '../../../demo/data/bikes.ts';
import type { ColumnKinds, HourlyRow } from './hourly-rows.ts';

export const bikeColumns = {
  hr: 'categorical',
  weekday: 'categorical',
  workingday: 'categorical',
  holiday: 'categorical',
  weathersit: 'categorical',
  temp: 'continuous',
  atemp: 'continuous',
  hum: 'continuous',
  windspeed: 'continuous',
  actual: 'continuous',
} as const satisfies ColumnKinds;

export function bikesOf2011(): readonly HourlyRow[] {
  return loadBikes().map(({ eventTime, features, actual }) => ({
    hour: eventTime,
    values: { ...features, actual },
  }));
}

/** 2011 and 2012, from a file that is not part of the project. Its local times are read as if they were UTC. */
export function bikesOfBothYears(directory: string): readonly HourlyRow[] {
  const text = readFileSync(`${directory}/bike_hourly_2011_2012.csv`);
  const rows: Readonly<Record<string, string>>[] = parse(text, { columns: true });
  return rows.map((row) => ({
    hour: Date.parse(`${row['timestamp']}Z`),
    values: Object.fromEntries(
      Object.entries(bikeColumns).map(([name, kind]) => {
        const text = row[name === 'actual' ? 'cnt' : name] ?? '';
        return [name, kind === 'continuous' ? Number(text) : text];
      }),
    ),
  }));
}
