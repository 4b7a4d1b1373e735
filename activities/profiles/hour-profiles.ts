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

/** Rows of an hour that were counted: of all of its rows, or of a segment. */
export interface CountedRows {
  readonly keys: Float64Array;
  /** 1 where a feature is out of distribution. */
  readonly isOut: Uint8Array;
  /** Of all rows: the values of the features that are counted. */
  readonly features?: readonly Values[];
  /** Of all rows, where they stay in their source. */
  readonly placed?: RowBatch['placed'];
}

/** What is known of the rows of an hour, or of those in a segment of it. */
interface Group<Known> {
  readonly segment: string;
  readonly hour: number;
  readonly profiles: readonly ProfileRow[];
  readonly known: Known;
}

interface Counting<Known> {
  readonly window: Window;
  /** Those of `predictionColumns` that are counted; a feature that segments are made of is read as well. */
  readonly columns: readonly Column[];
  /** What is known of rows of this hour before the first. */
  readonly begin: (hour: number) => Known;
  /** Takes what is to be known beside the profiles. The rows are valid until it returns. */
  readonly note: (known: Known, rows: CountedRows) => void;
}

/** The profiles of the hours of a window that have rows, of all rows and of each segment, and how many rows these are. */
export async function profileRows(
  connection: RowConnection,
  monitor: Monitor,
  grids: ReadonlyMap<string, ReferenceGrid>,
  window: Window,
): Promise<{ readonly profiles: readonly ProfileRow[]; readonly hours: readonly ProfiledHour[] }> {
  let counter = repeatCounter();
  let counting = Number.NaN;
  const groups = await countRows(connection, monitor, grids, {
    window,
    columns: predictionColumns(monitor),
    begin: () => ({ rows: 0, outOfDistribution: 0, repeats: 0 }),
    note: (known, { isOut, features, placed }) => {
      known.rows += isOut.length;
      for (const flag of isOut) known.outOfDistribution += flag;
      if (features === undefined || placed === undefined) return;
      // Rows that repeat one another are of one instant: what was seen in earlier ranges need not be known any more.
      if (placed.range !== counting) counter = repeatCounter();
      counting = placed.range;
      known.repeats += counter({ rows: isOut.length, values: features, subjects: placed.subjects });
    },
  });
  const copied = await copiedRepeats(connection, monitor, window);
  return {
    profiles: groups.flatMap(({ profiles }) => profiles),
    hours: groups.map(({ segment, hour, known: { repeats, ...rows } }) => ({
      segment,
      hour,
      ...rows,
      repeats: segment === wholeModel ? repeats + (copied.get(hour) ?? 0) : null,
    })),
  };
}

/** Hour -> how many of its rows that were copied repeat another one. */
export async function copiedRepeats(
  connection: RowConnection,
  { model }: Monitor,
  window: Window,
): Promise<ReadonlyMap<number, number>> {
  const counted = await countCopiedRepeats(connection, model, window);
  return new Map(counted.map(({ hour, repeats }) => [hour, repeats]));
}

/** Counts some columns of the rows of a window. */
export async function countRows<Known>(
  connection: RowConnection,
  monitor: Monitor,
  grids: ReadonlyMap<string, ReferenceGrid>,
  { window, columns, begin, note }: Counting<Known>,
): Promise<readonly Group<Known>[]> {
  const read = [
    ...columns,
    ...predictionColumns(monitor).filter(
      (column) => isOfSegments(monitor, column) && !columns.some(({ name }) => name === column.name),
    ),
  ];
  const counted = columns.flatMap((column, at): GridColumn[] => {
    const grid = grids.get(column.name);
    return grid === undefined ? [] : [{ column, grid, at }];
  });
  const features = counted.filter(({ column }) => column.subject === 'feature');
  const featuresAt = columns.flatMap(({ subject }, at) => (subject === 'feature' ? [at] : []));
  const segmentsAt = monitor.segments.map((name) => ({
    name,
    at: read.findIndex((column) => column.subject === 'feature' && column.name === name),
  }));
  const groups = new Map<
    string,
    {
      readonly segment: string;
      readonly hour: number;
      readonly accumulators: readonly ColumnAccumulator[];
      readonly known: Known;
    }
  >();
  const add = (hour: number, segment: string, values: readonly Values[], rows: CountedRows): void => {
    const key = `${hour} ${segment}`;
    let group = groups.get(key);
    if (group === undefined) {
      const accumulators = counted.map(({ grid }) => createAccumulator(grid));
      group = { segment, hour, accumulators, known: begin(hour) };
      groups.set(key, group);
    }
    for (const [index, { grid, at }] of counted.entries())
      addValues(grid, group.accumulators[index]!, values[at]!);
    note(group.known, rows);
  };
  await scanRows(connection, monitor, window, read, ({ hour, rows, values, keys, placed }) => {
    const isOut = new Uint8Array(rows);
    for (const { grid, at } of features) markOut(grid, values[at]!, isOut);
    add(hour, wholeModel, values, {
      keys,
      isOut,
      features: featuresAt.map((at) => values[at]!),
      ...(placed && { placed }),
    });
    for (const { name, at } of segmentsAt)
      for (const [segment, places] of placesOfSegments(name, values[at]!, rows))
        add(
          hour,
          segment,
          values.map((column) => pick(column, places)),
          { keys: pick(keys, places), isOut: pick(isOut, places) },
        );
  });
  return [...groups.values()].map(({ segment, hour, accumulators, known }) => ({
    segment,
    hour,
    profiles: counted.map(({ column, grid }, index) => ({
      segment,
      since: hour,
      column: column.name,
      content: encodeProfile(accumulators[index]!.profile(), grid),
    })),
    known,
  }));
}

function isOfSegments({ segments }: Monitor, { subject, name }: Column): boolean {
  return subject === 'feature' && segments.includes(name);
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

function pick<Picked extends Uint8Array | Float64Array>(values: Picked, places: readonly number[]): Picked;
function pick(values: Values, places: readonly number[]): Values;
function pick(values: Values | Uint8Array, places: readonly number[]): Values | Uint8Array {
  if (values instanceof Uint8Array) return Uint8Array.from(places, (place) => values[place]!);
  if (values instanceof Float64Array) return Float64Array.from(places, (place) => values[place]!);
  return places.map((place) => values[place]);
}
