/** Counts the serving predictions of hours into the grids of a reference, as they are read: a row is in memory for a moment. */

import type { Monitor } from '../../core/monitor/schema.ts';
import { encodeProfile } from '../../core/profile/encode.ts';
import type { ReferenceGrid } from '../../core/profile/grid.ts';
import { isOutOfDistribution } from '../../core/profile/out-of-distribution.ts';
import {
  createAccumulator,
  type ColumnAccumulator,
  type ContinuousAccumulator,
} from '../../core/profile/profile.ts';
import type { Window } from '../../core/window.ts';
import { valueAt } from '../../sql/binary-rows.ts';
import { countCopiedRepeats, repeatCounter } from '../feature-rows/repeats.ts';
import type { RowConnection } from '../feature-rows/row-connection.ts';
import { scanRows, type RowBatch } from '../feature-rows/scan-rows.ts';
import { predictionColumns, segmentsOfValue, wholeModel, type Column } from './columns.ts';
import type { ProfiledHour, ProfileRow } from './store.ts';

type Values = RowBatch['values'][number];

interface GridColumn {
  readonly column: Column;
  readonly grid: ReferenceGrid;
  /** Its place among the columns that are read. */
  readonly at: number;
}

interface Group {
  readonly segment: string;
  readonly hour: number;
  readonly accumulators: readonly ColumnAccumulator[];
  rows: number;
  outOfDistribution: number;
  repeats: number;
}

/** The profiles of the hours of a window that have rows, of all rows and of each segment, and how many rows these are. */
export async function profileRows(
  connection: RowConnection,
  monitor: Monitor,
  grids: ReadonlyMap<string, ReferenceGrid>,
  window: Window,
): Promise<{ readonly profiles: readonly ProfileRow[]; readonly hours: readonly ProfiledHour[] }> {
  const columns = predictionColumns(monitor);
  const counted = columns.flatMap((column, at): GridColumn[] => {
    const grid = grids.get(column.name);
    return grid === undefined ? [] : [{ column, grid, at }];
  });
  const features = counted.filter(({ column }) => column.subject === 'feature');
  const featuresAt = columns.flatMap(({ subject }, at) => (subject === 'feature' ? [at] : []));
  const segmentsAt = monitor.segments.map((name) => ({
    name,
    at: columns.findIndex((column) => column.subject === 'feature' && column.name === name),
  }));
  const groups = new Map<string, Group>();
  const groupOf = (hour: number, segment: string): Group => {
    const key = `${hour} ${segment}`;
    let group = groups.get(key);
    if (group === undefined) {
      const accumulators = counted.map(({ grid }) => createAccumulator(grid));
      group = { segment, hour, accumulators, rows: 0, outOfDistribution: 0, repeats: 0 };
      groups.set(key, group);
    }
    return group;
  };
  let counter = repeatCounter();
  let counting = Number.NaN;
  await scanRows(connection, monitor, window, columns, ({ hour, rows, values, placed }) => {
    const isOut = new Uint8Array(rows);
    for (const { grid, at } of features) markOut(grid, values[at]!, isOut);
    const whole = groupOf(hour, wholeModel);
    addRows(whole, counted, values, isOut);
    if (placed !== undefined) {
      // Rows that repeat one another are of one instant: what was seen in earlier ranges need not be known any more.
      if (placed.range !== counting) counter = repeatCounter();
      counting = placed.range;
      const { subjects } = placed;
      whole.repeats += counter({ rows, values: featuresAt.map((at) => values[at]!), subjects });
    }
    for (const { name, at } of segmentsAt)
      for (const [segment, places] of placesOfSegments(name, values[at]!, rows)) {
        const picked = values.map((column) => pick(column, places));
        addRows(groupOf(hour, segment), counted, picked, pick(isOut, places));
      }
  });
  for (const { hour, repeats } of await countCopiedRepeats(connection, monitor.model, window))
    groupOf(hour, wholeModel).repeats += repeats;
  return {
    profiles: [...groups.values()].flatMap(({ segment, hour, accumulators }) =>
      counted.map(({ column, grid }, index) => ({
        segment,
        since: hour,
        column: column.name,
        content: encodeProfile(accumulators[index]!.profile(), grid),
      })),
    ),
    hours: [...groups.values()].map(({ segment, hour, rows, outOfDistribution, repeats }) => ({
      segment,
      hour,
      rows,
      outOfDistribution,
      repeats: segment === wholeModel ? repeats : null,
    })),
  };
}

function addRows(
  group: Group,
  counted: readonly GridColumn[],
  values: readonly Values[],
  isOut: Uint8Array,
): void {
  group.rows += isOut.length;
  for (const flag of isOut) group.outOfDistribution += flag;
  for (const [index, { grid, at }] of counted.entries())
    addValues(grid, group.accumulators[index]!, values[at]!);
}

/** Scratch: nothing lives in it between two calls. */
let scratch = new Float64Array(4_096);

function addValues(grid: ReferenceGrid, accumulator: ColumnAccumulator, values: Values): void {
  if (grid.kind !== 'continuous' || !(values instanceof Float64Array)) {
    for (let row = 0; row < values.length; row += 1) accumulator.add(valueAt(values, row));
    return;
  }
  if (scratch.length < values.length) scratch = new Float64Array(values.length);
  let known = 0;
  for (const value of values)
    if (!Number.isNaN(value)) {
      scratch[known] = value;
      known += 1;
    }
  (accumulator as ContinuousAccumulator).addNumbers(scratch.subarray(0, known), values.length - known);
}

function markOut(grid: ReferenceGrid, values: Values, isOut: Uint8Array): void {
  if (grid.kind === 'continuous' && values instanceof Float64Array) {
    for (let row = 0; row < isOut.length; row += 1)
      if (isOutOfDistribution(grid, values[row])) isOut[row] = 1;
    return;
  }
  for (let row = 0; row < isOut.length; row += 1)
    if (isOutOfDistribution(grid, valueAt(values, row))) isOut[row] = 1;
}

function placesOfSegments(name: string, values: Values, rows: number): ReadonlyMap<string, number[]> {
  const places = new Map<string, number[]>();
  for (let row = 0; row < rows; row += 1)
    for (const segment of segmentsOfValue(name, valueAt(values, row))) {
      const known = places.get(segment);
      if (known === undefined) places.set(segment, [row]);
      else known.push(row);
    }
  return places;
}

function pick(values: Uint8Array, places: readonly number[]): Uint8Array;
function pick(values: Values, places: readonly number[]): Values;
function pick(values: Values | Uint8Array, places: readonly number[]): Values | Uint8Array {
  if (values instanceof Uint8Array) return Uint8Array.from(places, (place) => values[place]!);
  if (values instanceof Float64Array) return Float64Array.from(places, (place) => values[place]!);
  return places.map((place) => values[place]);
}
