/**
 * How long does it take to compute drift of a 30-day window from stored profiles?
 *
 *     npx tsx bench/profiles/stored-window.ts [--json]
 *
 * 50 features, with 10^4 and 10^8 rows behind the window: encoded profiles -> their sum -> every method for the kind of the
 * column. Once from 720 hours, once from 29 summed days and the 24 hours of the last one.
 */

import { cpus } from 'node:os';

import Table from 'cli-table3';

import { encodeProfile, sumEncodedProfiles } from '../../core/profile/encode.ts';
import { buildCategoricalGrid, buildContinuousGrid, type ReferenceGrid } from '../../core/profile/grid.ts';
import { buildProfile, type Profile } from '../../core/profile/profile.ts';
import { compareProfiles } from '../../core/statistics/comparison.ts';
import { computeMethod, methodsFor } from '../../core/statistics/registry.ts';
import { readOptions } from '../options.ts';
import { columnOf, shapes, type Shape } from './shapes.ts';
import { machineText, timeOf } from './timing.ts';

const { json } = readOptions({ json: false });

const featureCount = 50;
const hourCount = 720;
const repetitions = 9;

const featureSets = {
  '50 normal': [shapes.normal],
  '10 each of normal, lognormal, zeros, hours, weather': [
    shapes.normal,
    shapes['lognormal, sigma 2'],
    shapes['60% zeros'],
    shapes['hours 0 to 23'],
    'weather',
  ],
} as const satisfies Record<string, readonly (Shape | 'weather')[]>;

interface Feature {
  readonly grid: ReferenceGrid;
  readonly reference: Profile;
  readonly hours: readonly Uint8Array[];
  readonly days: readonly Uint8Array[];
}

/** Counts of more rows than this are made by multiplying those of so many. */
const mostRowsMade = 3_000;

function makeFeature(shape: Shape | 'weather', rows: number, seed: number): Feature {
  const valuesOf = (count: number, seed: number): Iterable<unknown> =>
    shape === 'weather'
      ? Array.from(columnOf(shapes['hours 0 to 23'], count, seed), (value) => `weather ${value % 8}`)
      : columnOf(shape, count, seed);
  const ofReference = valuesOf(100_000, seed);
  const grid =
    ofReference instanceof Float64Array
      ? buildContinuousGrid(ofReference)
      : buildCategoricalGrid([...ofReference].map(String));
  const makeHours = (seed: number): Uint8Array => {
    const rowsAnHour = Math.round(rows / hourCount);
    const factor = Math.max(1, Math.round(rowsAnHour / mostRowsMade));
    const profile = buildProfile(grid, valuesOf(Math.min(rowsAnHour, mostRowsMade), seed));
    return encodeProfile(times(profile, factor), grid);
  };
  // Each at an address of its own, as they come from the database.
  const made = Array.from({ length: 12 }, (_, i) => makeHours(seed + i + 1));
  const hours = Array.from({ length: hourCount }, (_, hour) => made[hour % made.length]!.slice());
  const days = Array.from({ length: hourCount / 24 }, (_, day) =>
    encodeProfile(sumEncodedProfiles(grid, hours.slice(24 * day, 24 * day + 24)), grid),
  );
  return { grid, reference: buildProfile(grid, ofReference), hours, days };
}

function times(profile: Profile, factor: number): Profile {
  const cells = profile.cells.map((count) => count * factor);
  if (profile.kind === 'categorical') return { ...profile, cells };
  const { cellSums, sumOfSquares } = profile;
  return {
    ...profile,
    cells,
    cellSums: cellSums.map((sum) => sum * factor),
    sumOfSquares: sumOfSquares * factor,
  };
}

function driftOf({ grid, reference }: Feature, current: Profile): unknown {
  const comparison = compareProfiles(grid, reference, current);
  return methodsFor(grid.kind).map((method) => computeMethod(method, comparison));
}

const results = Object.entries(featureSets).flatMap(([features, kinds]) =>
  [1e4, 1e8].flatMap((rows) => {
    const columns = Array.from({ length: featureCount }, (_, i) =>
      makeFeature(kinds[i % kinds.length]!, rows, 1_000 * (i + 1)),
    );
    const stored = {
      '720 hours': ({ hours }: Feature) => hours,
      '29 days, 24 hours': ({ days, hours }: Feature) => [...days.slice(0, -1), ...hours.slice(-24)],
    };
    return Object.entries(stored).map(([from, read]) => {
      const encoded = columns.map(read);
      const sums = encoded.map((profiles, i) => sumEncodedProfiles(columns[i]!.grid, profiles));
      const megabytes = encoded.flat().reduce((sum, { length }) => sum + length, 0) / 1e6;
      const adding = timeOf(repetitions, () =>
        encoded.map((profiles, i) => sumEncodedProfiles(columns[i]!.grid, profiles)),
      );
      const methods = timeOf(repetitions, () => columns.map((column, i) => driftOf(column, sums[i]!)));
      return { features, rows, from, megabytes, addingMs: adding.median, methodsMs: methods.median };
    });
  }),
);

const machine = machineText(cpus()[0]?.model ?? 'unknown processor', cpus().length);
if (json) {
  console.log(JSON.stringify({ machine, featureCount, repetitions, results }, undefined, 2));
} else {
  const head = ['features', 'rows', 'stored as', 'MB', 'adding, ms', 'methods, ms', 'together, ms'];
  const table = new Table({ head, style: { head: [], border: [], compact: true } });
  for (const { features, rows, from, megabytes, addingMs, methodsMs } of results) {
    const times = [addingMs, methodsMs, addingMs + methodsMs].map((ms) => ms.toFixed(1));
    table.push([features, rows.toExponential(0), from, megabytes.toFixed(1), ...times]);
  }
  console.log(`${machine}; ${featureCount} features, medians of ${repetitions} repetitions, processor time`);
  console.log(table.toString());
}
