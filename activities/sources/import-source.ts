/** Brings in what is new or has changed where a monitor names its own tables or files as the source of its rows. */

import type { Expectation } from '../../client/prediction-rows.ts';
import { actualStream, readBatch, writeBatch, type Batch, type Stream } from '../../client/store-rows.ts';
import { TidewatchError } from '../../core/errors.ts';
import type { Monitor } from '../../core/monitor/schema.ts';
import type { Window } from '../../core/window.ts';
import type { Statement } from '../../sql/copy.ts';
import { tryWhileLocked, type HeldConnection } from '../../sql/database.ts';
import type { ActivityDependencies } from '../dependencies.ts';
import { hourCounter } from './hour-counter.ts';
import { asSaid, openedSources, type OpenedSource, type SourceStream } from './open-reader.ts';
import { countHour, forgetParts, partsStatement, readParts, type SourceKey } from './parts-store.ts';
import { placedStream } from './placed-stream.ts';
import { mostRowsAnHour, SourceProblem, tooManyRows, type SourceBatch } from './row-reader.ts';
import { notConfigured, SourceNotConfigured } from './sources.ts';

/** What became of the rows of a stream. */
export interface ImportCounts {
  /** Rows that were looked at. */
  readonly read: number;
  /** Of these: new, or different from what was stored. */
  readonly changed: number;
  readonly rejected: number;
}

export type ImportResult = Readonly<Partial<Record<SourceStream, ImportCounts>>>;

export interface ImportRequest {
  readonly monitor: Monitor;
  readonly asOf: number;
  /** Hours of event time to look at again, of tables. */
  readonly window?: Window | undefined;
  /** Rows of one hour, of one run and of all runs before. */
  readonly mostAnHour?: number | undefined;
}

// Without a time at which it became known, an actual that is read again is the same: its first time counts.
const undatedActuals: Stream = {
  ...actualStream,
  merge: `${actualStream.merge}
      and (actuals.value, actuals.class) is distinct from (excluded.value, excluded.class)`,
};

/**
 * Reads the source of a monitor: rows go the way of those that are logged, with the same checks, rejected rows and marks of the
 * hours that they change. What has been read is remembered in the transaction of its rows, so that a lost run goes on where it was.
 *
 * @returns undefined where the monitor has no source
 * @throws TidewatchError `SOURCE_BUSY`, `SOURCE_NOT_CONFIGURED`, `SOURCE_UNREACHABLE`, `SOURCE_UNREADABLE`; what was read before stays stored
 */
export async function importSource(
  deps: Pick<ActivityDependencies, 'database' | 'context' | 'sources'>,
  { monitor, asOf, window, mostAnHour }: ImportRequest,
): Promise<ImportResult | undefined> {
  const { model } = monitor;
  if (monitor.source === undefined) return undefined;
  const opened = openedOrSaid(deps, monitor, asOf);
  const result = await tryWhileLocked(deps.database, `source:${model}`, async (connection) => {
    const done: Partial<Record<SourceStream, ImportCounts>> = {};
    for (const source of opened)
      done[source.stream] = await importStream(deps, connection, source, {
        monitor,
        asOf,
        window,
        mostAnHour,
      });
    return done;
  });
  if (result === undefined) throw new TidewatchError('SOURCE_BUSY', { model });
  return result;
}

function openedOrSaid(
  { sources }: Pick<ActivityDependencies, 'sources'>,
  monitor: Monitor,
  asOf: number,
): readonly OpenedSource[] {
  try {
    return openedSources(sources, monitor, asOf);
  } catch (error) {
    throw error instanceof SourceNotConfigured ? notConfigured(monitor.model, error) : error;
  }
}

/** A quarter of the time after which an activity that says nothing counts as lost. */
const beatMs = 30_000;

async function importStream(
  { context }: Pick<ActivityDependencies, 'context'>,
  connection: HeldConnection,
  source: OpenedSource,
  { monitor, asOf, window, mostAnHour = mostRowsAnHour }: ImportRequest,
): Promise<ImportCounts> {
  const { stream, reader, id } = source;
  const { model } = monitor;
  const { heartbeat, resumePoint, cancelled } = context();
  const key: SourceKey = { model, stream, source: id };
  const known = await readParts(connection, key);
  const writer = rowWriter(connection, source, { monitor, key, known, mostAnHour });
  let isFirst = known.size === 0;
  // One batch is stored while the next one is read.
  let storing: Promise<void> = Promise.resolve();
  // A source may think for minutes before it gives its first row. The resume point of what comes after this stays as it is.
  const beating = setInterval(() => heartbeat(resumePoint), beatMs);
  try {
    const obsolete = await reader.readChanges({
      known,
      asOf,
      window,
      take: async (batch) => {
        cancelled.throwIfAborted();
        const read = writer.read(batch, isFirst ? 'some must be storable' : 'any');
        isFirst &&= batch.rows.length === 0;
        await storing;
        await refuseGrown(connection, key, read.grown, mostAnHour);
        storing = writer.store(read);
        // Thrown where it is waited for.
        storing.catch(() => {});
        heartbeat(resumePoint);
      },
    });
    await storing;
    await forgetParts(connection, key, obsolete);
  } catch (error) {
    // The connection is free for others only then.
    await storing.catch(() => {});
    throw asSaid(error, model, source);
  } finally {
    clearInterval(beating);
  }
  return writer.counts();
}

/** Refuses hours of which as many rows as can be watched are stored already: each run may bring some more. @throws SourceProblem */
async function refuseGrown(
  connection: HeldConnection,
  key: SourceKey,
  hours: ReadonlySet<number>,
  mostAnHour: number,
): Promise<void> {
  for (const hour of hours)
    if ((await countHour(connection, key, hour, mostAnHour + 1)) > mostAnHour)
      throw new SourceProblem([tooManyRows(hour, mostAnHour)]);
}

/** A batch that was read, and what is remembered of it. */
interface ReadBatch {
  /** Hours that are much larger with it. */
  readonly grown: ReadonlySet<number>;
  readonly rows: number;
  readonly batch: Batch;
  readonly statements: readonly Statement[];
}

/** Reads batches, and stores each in one transaction with what is remembered of it. */
function rowWriter(
  connection: HeldConnection,
  { stream, rows: wanted, knowsWhen }: OpenedSource,
  {
    monitor,
    key,
    known,
    mostAnHour,
  }: {
    readonly monitor: Monitor;
    readonly key: SourceKey;
    readonly known: ReadonlyMap<string, string>;
    readonly mostAnHour: number;
  },
): {
  readonly read: (batch: SourceBatch, expected: 'some must be storable' | 'any') => ReadBatch;
  readonly store: (read: ReadBatch) => Promise<void>;
  readonly counts: () => ImportCounts;
} {
  const expectation: Expectation = {
    task: monitor.task,
    kinds: new Map(Object.entries(monitor.features).map(([name, { kind }]) => [name, kind])),
  };
  const into = stream === 'predictions' ? placedStream : knowsWhen ? actualStream : undatedActuals;
  const months = new Set<string>();
  let likely: 'new' | 'known' = known.size === 0 ? 'new' : 'known';
  let counts: ImportCounts = { read: 0, changed: 0, rejected: 0 };
  const countHours = hourCounter(wanted.columns, mostAnHour);
  return {
    counts: () => counts,
    read: ({ rows, done, span }, expected) => {
      const grown = countHours(rows);
      const made = rows.map(wanted.make).filter((row) => row !== undefined);
      const batch = readBatch(into, key.model, made, expectation);
      const [first] = batch.bad;
      if (expected === 'some must be storable' && batch.stored === 0 && first !== undefined)
        throw new SourceProblem([
          `not one of its first ${made.length} row(s) can be stored, so none was; the first: ${first.reason}`,
        ]);
      return {
        grown,
        rows: made.length,
        batch,
        statements: done.size === 0 ? [] : [partsStatement(key, done, span)],
      };
    },
    store: async ({ rows, batch, statements }) => {
      if (rows === 0 && statements.length === 0) return;
      const changed = await writeBatch(connection, months, {
        stream: into,
        model: key.model,
        batch,
        likely,
        statements,
      });
      // Of a table, rows that are read again come before those that are new.
      likely = changed === batch.stored ? 'new' : 'known';
      counts = {
        read: counts.read + rows,
        changed: counts.changed + changed,
        rejected: counts.rejected + batch.bad.length,
      };
    },
  };
}
