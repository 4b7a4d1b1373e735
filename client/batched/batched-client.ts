/** Logs rows without ever making a request wait: they are queued, sent in batches, and put on disk while Postgres is away. */

import { reasonOf, type TidewatchError } from '../../core/errors.ts';
import { openDatabase, type Database } from '../../sql/database.ts';
import type { ActualRow } from '../actual-rows.ts';
import type { FeedbackRow } from '../feedback-rows.ts';
import type { PredictionRow } from '../prediction-rows.ts';
import { actualStream, feedbackStream, predictionStream, problemOfCall, type Stream } from '../store-rows.ts';
import { entryOf } from './entries.ts';
import { openLosses } from './losses.ts';
import { openSender, type Flushed } from './sender.ts';
import { openSpool } from './spool.ts';

/**
 * None of its methods throws, and only `flush` and `close` take time. A row is read where it is logged, so that the caller may
 * change it afterwards; a bad one ends in `rejected_rows` with its reason, as with `openClient`.
 */
export interface BatchedClient {
  logPredictions(model: string, rows: readonly PredictionRow[]): void;
  recordActuals(model: string, rows: readonly ActualRow[]): void;
  recordFeedback(model: string, rows: readonly FeedbackRow[]): void;
  /**
   * Waits until everything logged so far is stored, or at least on disk, at most `timeoutMs` (5,000).
   * `stored`: Postgres has all of it; `spooled`: what it has not is on disk; `waiting`: some is in memory only.
   */
  flush(timeoutMs?: number): Promise<Flushed>;
  /** As `flush`; logs nothing after it. What is on disk is sent by the client that is opened next with the same directory. */
  close(timeoutMs?: number): Promise<Flushed>;
  counts(): BatchedCounts;
}

export type { Flushed } from './sender.ts';

/** Rows since the client was opened. */
export interface BatchedCounts {
  /** Handed in. */
  readonly logged: number;
  /** Stored as predictions or actuals; those that another process had left on disk are among them. */
  readonly stored: number;
  /** Stored in `rejected_rows`. */
  readonly rejected: number;
  /** Lost; `onProblem` has told why. */
  readonly lost: number;
  /** In memory now. */
  readonly waiting: number;
  /** Bytes on disk now. */
  readonly spoolBytes: number;
}

export interface BatchedOptions {
  readonly databaseUrl?: string | undefined;
  /** Instead of a URL; it stays open. */
  readonly database?: Database;
  /** Rows a batch; one is sent as soon as it is full. Default 1,000. */
  readonly batchRows?: number;
  /** How long a row waits for its batch to fill, in milliseconds. Default 1,000. */
  readonly batchAfter?: number;
  /** Rows in memory at most, default 20,000; from half of it on they go to disk. */
  readonly queueRows?: number;
  /** Characters of them at most, default 32 million. */
  readonly queueCharacters?: number;
  /** Characters of one row at most, default 1 million; a larger one is a rejected row, without its features. */
  readonly rowCharacters?: number;
  /** After so many milliseconds a write counts as failed, default 10,000. */
  readonly writeTimeout?: number;
  /** Where rows wait while Postgres is away. Without it they wait in memory. */
  readonly spool?: {
    /** Several processes may share it. */
    readonly directory: string;
    /** Bytes at most, of each client. Default 256 million. */
    readonly bytes?: number;
    /** Milliseconds after which a row is given up. Default a week. */
    readonly age?: number;
  };
  /** What is lost when memory or the spool is full: default `drop-newest`. */
  readonly whenFull?: 'drop-newest' | 'drop-oldest';
  /** Is told when rows wait or are lost, at most once in ten seconds of each kind. By default a warning of the process. */
  readonly onProblem?: (problem: TidewatchError) => void;
}

/**
 * A client that batches. The process may be killed: what it loses is what has been logged in the last second (`batchAfter`)
 * or since the last write began, and never more than `queueRows`. Nothing is stored twice.
 *
 * @throws TypeError for options that make no sense; never for a database or a directory that is not there
 * @example
 * const tidewatch = openBatchedClient({ databaseUrl: process.env.DATABASE_URL, spool: { directory: '/var/spool/tidewatch' } });
 * tidewatch.logPredictions('bike-demand', [
 *   { version: '1', entity: '42', eventTime: Date.now(), features: { temp: 0.3 }, prediction: 17 },
 * ]);
 * process.once('SIGTERM', () => void tidewatch.close());
 */
export function openBatchedClient(options: BatchedOptions): BatchedClient {
  const {
    batchRows = 1_000,
    batchAfter = 1_000,
    queueRows = 20_000,
    queueCharacters = 32_000_000,
    rowCharacters = 1_000_000,
    writeTimeout = 10_000,
    whenFull = 'drop-newest',
  } = options;
  const numbers = { batchRows, batchAfter, queueRows, queueCharacters, rowCharacters, writeTimeout };
  for (const [name, value] of Object.entries(numbers))
    if (!(Number.isFinite(value) && value > 0))
      throw new TypeError(`${name} is ${value}; give a number above 0`);
  const database = databaseOf(options);
  const losses = openLosses(options.onProblem ?? ((problem) => process.emitWarning(problem.message)));
  const spool =
    options.spool &&
    openSpool({
      directory: options.spool.directory,
      bytes: options.spool.bytes ?? 256_000_000,
      age: options.spool.age ?? 7 * 86_400_000,
      whenFull,
      onLost: (rows, reason) => losses.add(rows, reason),
    });
  const sender = openSender({
    database,
    spool,
    spoolDirectory: options.spool?.directory ?? '',
    losses,
    limits: { batchRows, batchAfter, queueRows, queueCharacters, writeTimeout, whenFull },
  });
  let logged = 0;
  let closed: Promise<Flushed> | undefined;

  function log(stream: Stream, model: string, rows: readonly unknown[]): void {
    try {
      const problem = problemOfCall(stream, model, rows);
      if (problem !== undefined) {
        losses.tell(problem);
        losses.add(Array.isArray(rows) ? rows.length : 1, 'their call is not valid');
        return;
      }
      logged += rows.length;
      if (closed !== undefined) {
        losses.add(rows.length, 'they were logged after `close`');
        return;
      }
      for (const row of rows) {
        try {
          sender.add(entryOf(stream, model, row, rowCharacters));
        } catch (error) {
          // A row with a property that throws when it is read.
          losses.add(1, 'a property of them throws when it is read', reasonOf(error));
        }
      }
    } catch (error) {
      losses.add(1, 'a property of them throws when it is read', reasonOf(error));
    }
  }

  return {
    logPredictions: (model, rows) => log(predictionStream, model, rows),
    recordActuals: (model, rows) => log(actualStream, model, rows),
    recordFeedback: (model, rows) => log(feedbackStream, model, rows),
    flush: (timeoutMs = 5_000) => sender.flush(timeoutMs),
    close: (timeoutMs = 5_000) => {
      closed ??= sender.close(timeoutMs).then(async (flushed) => {
        // A connection that hangs must not keep the caller.
        if (options.database === undefined) void database.close().catch(() => {});
        losses.tellAll();
        return flushed;
      });
      return closed;
    },
    counts: () => ({ logged, lost: losses.rows(), ...sender.counts() }),
  };
}

function databaseOf({ database, databaseUrl }: BatchedOptions): Database {
  if (database !== undefined) return database;
  if (typeof databaseUrl !== 'string' || !URL.canParse(databaseUrl))
    throw new TypeError(
      'databaseUrl is no URL; give for example postgres://tidewatch@127.0.0.1:5432/tidewatch',
    );
  return openDatabase({ url: databaseUrl, poolSize: 2, applicationName: 'tidewatch-client' });
}
