import { readFileSync } from 'node:fs';
import { parse } from 'csv-parse/sync';
import { hourMs, localHour } from '../../core/window.ts';

/** The zone whose clocks the bike data's hours were read from. */
export const bikeTimeZone = 'America/New_York';

/** What the model sees of an hour. `casual` and `registered` are left out: they add up to the actual. */
interface BikeFeatures extends Readonly<Record<string, number | string>> {
  readonly hr: number;
  readonly weekday: number;
  readonly workingday: number;
  readonly holiday: number;
  readonly weathersit: string;
  readonly temp: number;
  readonly atemp: number;
  readonly hum: number;
  readonly windspeed: number;
}

/** One hour of rentals in Washington DC: what was known beforehand, and how many bikes were rented. */
export interface BikeHour {
  readonly eventTime: number;
  readonly entity: string;
  readonly features: BikeFeatures;
  readonly actual: number;
}

/**
 * At which instant did an hour of local clocks begin in 2011?
 *
 * New York is 4 hours behind UTC in summer and 5 in winter; the first of the two whose clocks show the hour is taken. So the
 * hour that 6 November repeats is its first one, and the hour that 13 March skips has no instant.
 *
 * @throws RangeError for an hour that the clocks skipped
 */
export function instantOfLocalHour(dayOfYear: number, hour: number): number {
  const asUtc = Date.UTC(2011, 0, dayOfYear, hour);
  const instant = [asUtc + 4 * hourMs, asUtc + 5 * hourMs].find(
    (each) => localHour(each, bikeTimeZone) === hour,
  );
  if (instant === undefined) throw new RangeError(`no clock showed ${hour}:00 on day ${dayOfYear} of 2011`);
  return instant;
}

/**
 * Which hours of bike rentals does the demo replay? All hours of 2011 that the file has, in order of time; the 115 missing
 * ones stay missing. `eventTime` is UTC in milliseconds, `hr` the local hour.
 */
export function loadBikes(): readonly BikeHour[] {
  const text = readFileSync(new URL('./bikeshare_2011.csv', import.meta.url));
  const rows: Readonly<Record<string, string>>[] = parse(text, { columns: true });
  return rows.map((row) => ({
    eventTime: instantOfLocalHour(Number(row.day), Number(row.hr)),
    entity: 'washington-dc',
    features: {
      hr: Number(row.hr),
      weekday: Number(row.weekday),
      workingday: Number(row.workingday),
      holiday: Number(row.holiday),
      weathersit: row.weathersit ?? '',
      temp: Number(row.temp),
      atemp: Number(row.atemp),
      hum: Number(row.hum),
      windspeed: Number(row.windspeed),
    },
    actual: Number(row.bikers),
  }));
}
