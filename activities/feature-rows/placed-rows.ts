/** Reads rows whose features stay where they are: in the table or the files that the monitor names as their source. */

import type { Monitor } from '../../core/monitor/schema.ts';
import { rowKey } from '../../core/source/row-key.ts';
import type { PredictionSource } from '../../core/source/settings.ts';
import { floorToHour, hourMs, type Window } from '../../core/window.ts';
import { valueAt, type Vector } from '../../sql/binary-rows.ts';
import type { Queryable } from '../../sql/database.ts';
import { toTimestamp } from '../../sql/database.ts';
import type { Column } from '../profiles/columns.ts';
import { asSaid, openedSources, type OpenedSource } from '../sources/open-reader.ts';
import { findPartsOf } from '../sources/parts-store.ts';
import { mostRowsAnHour, SourceProblem, tooManyRows, type ColumnsRequest } from '../sources/row-reader.ts';
import { notConfigured, SourceNotConfigured } from '../sources/sources.ts';
import { keySet } from './key-set.ts';
import { placedColumns } from './placed-columns.ts';
import type { RowConnection } from './row-connection.ts';

/** Rows of one hour, column by column; valid until the next ones come. */
export interface PlacedBatch {
  readonly hour: number;
  readonly rows: number;
  readonly values: readonly Vector[];
  /** What a row is known by, whatever is read of it. */
  readonly keys: Float64Array;
  /** A hash of entity and event time, with which rows that repeat one another are found. */
  readonly subjects: Float64Array;
  /** When the hours that were read together begin: no hour before it comes again. */
  readonly range: number;
}

/** Rows whose keys are in memory at once, unless one hour has more. */
const rowsPerRange = 200_000;

const placedRows = `from predictions
  where model = $1 and event_time >= $2 and event_time < $3 and role = 'serving' and source_key is not null`;

/** The hours of a window that have serving rows which stay in their source, as few ranges, and the keys of their rows. */
async function* keysOfRanges(
  connection: Queryable,
  model: string,
  window: Window,
): AsyncGenerator<{ readonly range: Window; readonly keys: Float64Array }> {
  const hours = await connection.query<{ hour: number; rows: number }>(
    `select date_trunc('hour', event_time) as hour, count(*) as rows ${placedRows} group by 1 order by 1`,
    [model, toTimestamp(window.start), toTimestamp(window.end)],
  );
  const ranges: { start: number; end: number; rows: number }[] = [];
  for (const { hour, rows } of hours) {
    if (rows > mostRowsAnHour) throw new SourceProblem([tooManyRows(hour)]);
    const last = ranges.at(-1);
    if (last !== undefined && last.rows + rows <= rowsPerRange) {
      last.end = hour + hourMs;
      last.rows += rows;
    } else ranges.push({ start: hour, end: hour + hourMs, rows });
  }
  for (const range of ranges) {
    const [found] = await connection.query<{ keys: Buffer }>(
      `select string_agg(int8send(source_key), ''::bytea) as keys ${placedRows}`,
      [model, toTimestamp(range.start), toTimestamp(range.end)],
    );
    yield { range, keys: keysOf(found!.keys) };
  }
}

function keysOf(bytes: Buffer): Float64Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const keys = new Float64Array(bytes.length / 8);
  for (let at = 0; at < keys.length; at += 1)
    keys[at] = view.getUint32(at * 8) * 2 ** 32 + view.getUint32(at * 8 + 4);
  return keys;
}

/**
 * Gives the serving rows of a window whose features stay in their source: those that were stored, each once, rows of one hour at a time. Rows that
 * the source has lost since are not among them, nor those that it has got. In no order.
 *
 * Memory: the keys of an hour, 40 bytes a row, whatever a row has of features.
 *
 * @throws TidewatchError `SOURCE_UNREACHABLE`, `SOURCE_UNREADABLE`, `SOURCE_NOT_CONFIGURED`
 */
export async function readPlaced(
  connection: RowConnection,
  monitor: Monitor,
  window: Window,
  columns: readonly Column[],
  take: (batch: PlacedBatch) => void,
): Promise<void> {
  const opened = openPlaced(connection, monitor);
  if (opened === undefined) return;
  const { wanted, keyOf, valuesOf } = placedColumns(opened.settings, monitor, columns);
  await said(opened, monitor, async () => {
    for await (const { range, keys } of keysOfRanges(connection, monitor.model, window)) {
      const known = keySet(keys);
      await read(connection, opened, monitor.model, {
        wanted,
        window: range,
        take: (batch) => {
          const hours = new Map<number, { places: number[]; keys: number[]; subjects: number[] }>();
          for (let row = 0; row < batch.rows; row += 1) {
            const parts = keyOf(batch, row);
            if (parts === undefined) continue;
            const key = rowKey(parts);
            if (!known.take(key)) continue;
            const hour = floorToHour(parts.eventTime);
            let ofHour = hours.get(hour);
            if (ofHour === undefined) hours.set(hour, (ofHour = { places: [], keys: [], subjects: [] }));
            ofHour.places.push(row);
            ofHour.keys.push(key);
            ofHour.subjects.push(rowKey({ ...parts, issuedAt: 0, version: '' }));
          }
          if (hours.size === 0) return;
          const values = valuesOf(batch);
          for (const [hour, { places, keys: ofRows, subjects }] of hours)
            take({
              hour,
              rows: places.length,
              values: picked(values, places, batch.rows),
              keys: Float64Array.from(ofRows),
              subjects: Float64Array.from(subjects),
              range: range.start,
            });
        },
      });
    }
  });
}

/** Some rows of vectors; as they are where these are all. */
function picked(vectors: readonly Vector[], places: readonly number[], rows: number): readonly Vector[] {
  if (places.length === rows)
    return vectors.map((vector) =>
      vector instanceof Float64Array ? vector.subarray(0, rows) : vector.slice(0, rows),
    );
  return vectors.map((vector) =>
    vector instanceof Float64Array
      ? Float64Array.from(places, (place) => vector[place]!)
      : places.map((place) => vector[place]!),
  );
}

/** One stored row whose features stay in their source. */
export interface PlacedRow {
  readonly event_time: number;
  readonly entity: string;
  readonly source_key: number;
}

/** Rows that one query is asked for. */
const rowsAtOnce = 5_000;
/** More entities than this are not told to the source: their rows are picked out here. */
const mostEntities = 2_000;

/** The features of some rows: key -> feature -> value. Those that the source has lost are not among them. */
export async function findPlaced(
  connection: RowConnection,
  monitor: Monitor,
  rows: readonly PlacedRow[],
): Promise<ReadonlyMap<number, Readonly<Record<string, unknown>>>> {
  const found = new Map<number, Readonly<Record<string, unknown>>>();
  const opened = openPlaced(connection, monitor);
  if (opened === undefined || rows.length === 0) return found;
  const columns = Object.entries(monitor.features).map(([name, { kind }]): Column => ({
    name,
    subject: 'feature',
    kind,
  }));
  const { wanted, keyOf, valuesOf } = placedColumns(opened.settings, monitor, columns);
  const asked = new Set(rows.map((row) => row.source_key));
  const inOrder = rows.toSorted((a, b) => a.event_time - b.event_time);
  await said(opened, monitor, async () => {
    for (let from = 0; from < inOrder.length; from += rowsAtOnce) {
      const part = inOrder.slice(from, from + rowsAtOnce);
      const entities = new Set(part.map(({ entity }) => entity));
      await read(connection, opened, monitor.model, {
        wanted,
        window: { start: part[0]!.event_time, end: part.at(-1)!.event_time + 1 },
        only: {
          instants: [...new Set(part.map((row) => row.event_time))],
          entities: entities.size > mostEntities ? undefined : [...entities],
        },
        take: (batch) => {
          const values = valuesOf(batch);
          for (let row = 0; row < batch.rows; row += 1) {
            const parts = keyOf(batch, row);
            const key = parts === undefined ? undefined : rowKey(parts);
            if (key === undefined || !asked.has(key) || found.has(key)) continue;
            found.set(
              key,
              Object.fromEntries(columns.map(({ name }, index) => [name, valueAt(values[index]!, row)])),
            );
          }
        },
      });
    }
  });
  return found;
}

interface OpenedPlaced {
  readonly source: OpenedSource;
  readonly settings: PredictionSource;
}

function openPlaced({ sources }: RowConnection, monitor: Monitor): OpenedPlaced | undefined {
  const settings = monitor.source?.predictions;
  if (settings === undefined) return undefined;
  if (sources === undefined)
    throw new Error(`the features of ${monitor.model} are in a source that is not at hand`);
  try {
    const source = openedSources(sources, monitor, 0).find(({ stream }) => stream === 'predictions')!;
    return { source, settings };
  } catch (error) {
    throw error instanceof SourceNotConfigured ? notConfigured(monitor.model, error) : error;
  }
}

async function read(
  connection: Queryable,
  { source }: OpenedPlaced,
  model: string,
  request: Omit<ColumnsRequest, 'parts'>,
): Promise<void> {
  const parts = await findPartsOf(
    connection,
    { model, stream: 'predictions', source: source.id },
    request.window,
  );
  await source.reader.readColumns({ ...request, parts });
}

async function said<T>({ source }: OpenedPlaced, { model }: Monitor, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw asSaid(error, model, source);
  }
}
