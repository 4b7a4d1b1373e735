/** Models that were fitted once and then only served: what they said, what came true, and from when it is to be estimated. */

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

import { parse } from 'csv-parse/sync';

import { dayMs } from '../../core/window.ts';
import { loadBikes } from '../../demo/data/bikes.ts';
import { loadFlights } from '../../demo/data/flights.ts';
import { fitModel, predictRows, type DemoModelName } from '../../demo/model/fitting.ts';

/** A row as it is logged: what the model saw and said, and what came true. */
export interface ServedRow {
  readonly time: number;
  readonly features: Readonly<Record<string, number | string | null>>;
  readonly prediction: number | string;
  readonly probabilities?: Readonly<Record<string, number>>;
  readonly actual: number | string;
}

export interface EstimationCase {
  readonly data: string;
  readonly task: 'regression' | 'classification';
  readonly fitDays: number;
  readonly referenceDays: number;
  readonly columns: readonly { readonly name: string; readonly kind: 'continuous' | 'categorical' }[];
  readonly reference: readonly ServedRow[];
  /** All that comes after it, in order of time. */
  readonly analysis: readonly ServedRow[];
}

export interface Source {
  readonly data: string;
  readonly model: DemoModelName;
  readonly columns: EstimationCase['columns'];
  readonly rows: readonly Omit<ServedRow, 'prediction' | 'probabilities'>[];
}

type Row = Readonly<Record<string, string>>;

const categorical = ['hr', 'weekday', 'workingday', 'holiday', 'weathersit', 'carrier', 'origin', 'dest'];
const columnsOf = (names: readonly string[]): EstimationCase['columns'] =>
  names.map((name) => ({ name, kind: categorical.includes(name) ? 'categorical' : 'continuous' }));
const bikeColumns = columnsOf('hr weekday workingday holiday weathersit temp atemp hum windspeed'.split(' '));
const flightColumns = columnsOf(
  'carrier origin dest distance hour weekday temp dewp humid wind_speed precip pressure visib'.split(' '),
);

export function flights(): Source {
  const rows = loadFlights().map(({ eventTime, features, actual }) => ({
    time: eventTime,
    features,
    actual,
  }));
  return { data: 'flights 2013', model: 'flight-delay', columns: flightColumns, rows };
}

export function bikes(): Source {
  const rows = loadBikes().map(({ eventTime, features, actual }) => ({ time: eventTime, features, actual }));
  return { data: 'bikes 2011', model: 'bike-demand', columns: bikeColumns, rows };
}

/** Both years, from a file that is not part of the project; undefined where it is not there. */
export function bikesOfBothYears(directory: string | undefined): Source | undefined {
  const text = readWhere(directory, 'bike_hourly_2011_2012.csv');
  if (text === undefined) return undefined;
  const rows = text.map((row) => ({
    time: Date.parse(`${row['timestamp']}Z`),
    features: {
      ...numbersOf(row, ['hr', 'weekday', 'workingday', 'holiday', 'temp', 'atemp', 'hum', 'windspeed']),
      weathersit: row['weathersit']!,
    },
    actual: Number(row['cnt']),
  }));
  return { data: 'bikes 2011 and 2012', model: 'bike-demand', columns: bikeColumns, rows };
}

/** Departures of the busiest stations of another city and of all together, with names as the bikes have them. */
export function stations(directory: string | undefined): readonly Source[] {
  const text = readWhere(directory, 'bayarea_station_hourly_2014.csv.gz');
  if (text === undefined) return [];
  const byStation = groupBy(text, (row) => row['station_id']!);
  const departures = (rows: readonly Row[]): number =>
    rows.reduce((sum, row) => sum + Number(row['departures']), 0);
  const busiest = [...byStation]
    .toSorted(([, a], [, b]) => departures(b) - departures(a))
    .slice(0, 5)
    .map(([station, rows]) =>
      sourceOf(
        `station ${station}`,
        rows.map((row) => [row]),
      ),
    );
  const together = [...groupBy(text, (row) => row['timestamp']!).values()];
  return [sourceOf('all stations', together), ...busiest];

  function sourceOf(data: string, hours: readonly (readonly Row[])[]): Source {
    const rows = hours.map((rows) => {
      const [row] = rows as readonly [Row];
      const time = Date.parse(`${row['timestamp']}Z`);
      const weekday = new Date(time).getUTCDay();
      const temperature = Number(row['mean_temp_f']) / 100;
      return {
        time,
        features: {
          hr: new Date(time).getUTCHours(),
          weekday,
          workingday: Number(weekday > 0 && weekday < 6),
          holiday: 0,
          weathersit: row['events'] === '' ? 'clear' : row['events']!,
          temp: temperature,
          atemp: temperature,
          hum: Number(row['mean_humidity']) / 100,
          windspeed: Number(row['mean_wind_speed_mph']) / 67,
        },
        actual: departures(rows),
      };
    });
    return { data, model: 'bike-demand', columns: bikeColumns, rows };
  }
}

function groupBy<Item, Key>(items: readonly Item[], keyOf: (item: Item) => Key): Map<Key, Item[]> {
  const groups = new Map<Key, Item[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}

function readWhere(directory: string | undefined, file: string): readonly Row[] | undefined {
  if (directory === undefined || !existsSync(join(directory, file))) return undefined;
  const content = readFileSync(join(directory, file));
  return parse(file.endsWith('.gz') ? gunzipSync(content) : content, { columns: true });
}

function numbersOf(row: Row, names: readonly string[]): Record<string, number> {
  return Object.fromEntries(names.map((name) => [name, Number(row[name])]));
}

/** Fits the demo's model to the first days, lets it serve from then on, and takes the days after that as reference. */
export function caseOf(
  { data, model, columns, rows }: Source,
  fitDays: number,
  referenceDays: number,
): EstimationCase {
  const serveFrom = rows[0]!.time + fitDays * dayMs;
  const estimateFrom = serveFrom + referenceDays * dayMs;
  const fitted = fitModel(
    model,
    rows.filter(({ time }) => time < serveFrom),
  );
  const later = rows.filter(({ time }) => time >= serveFrom);
  const said = predictRows(
    fitted,
    later.map(({ features }) => features),
  );
  const served = later.map((row, i): ServedRow => ({ ...row, ...said[i]! }));
  return {
    data,
    task: model === 'bike-demand' ? 'regression' : 'classification',
    fitDays,
    referenceDays,
    columns,
    reference: served.filter(({ time }) => time < estimateFrom),
    analysis: served.filter(({ time }) => time >= estimateFrom),
  };
}

/** Whole chunks of so many days after the reference; one that is cut off at the end is left out. */
export function chunksOf({ analysis }: EstimationCase, days: number): readonly (readonly ServedRow[])[] {
  const first = Math.floor(analysis[0]!.time / dayMs) * dayMs;
  const last = analysis.at(-1)!.time;
  return [...groupBy(analysis, ({ time }) => Math.floor((time - first) / (days * dayMs)))]
    .filter(([chunk]) => first + (chunk + 1) * days * dayMs <= last + dayMs)
    .map(([, rows]) => rows);
}
