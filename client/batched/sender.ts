/**
 * Where waiting entries go: in batches to Postgres, in the order in which they came; behind those on disk as long as there are
 * any, and onto disk while Postgres is away. One thing is sent at a time.
 */

import { setTimeout as sleep } from 'node:timers/promises';

import { reasonOf, TidewatchError } from '../../core/errors.ts';
import type { Database } from '../../sql/database.ts';
import { openAttempts } from './attempts.ts';
import type { Losses } from './losses.ts';
import type { Sent } from './send-entries.ts';
import { SpoolFull, type Spool } from './spool.ts';

export interface SenderOptions {
  readonly database: Database;
  readonly spool: Spool | undefined;
  readonly spoolDirectory: string;
  readonly losses: Losses;
  readonly limits: {
    readonly batchRows: number;
    readonly batchAfter: number;
    readonly queueRows: number;
    readonly queueCharacters: number;
    readonly writeTimeout: number;
    readonly whenFull: 'drop-newest' | 'drop-oldest';
  };
}

/** `stored`: Postgres has all rows; `spooled`: what it has not is on disk; `waiting`: some are in memory only. */
export type Flushed = 'stored' | 'spooled' | 'waiting';

export interface Sender {
  add(entry: string): void;
  flush(timeoutMs: number): Promise<Flushed>;
  close(timeoutMs: number): Promise<Flushed>;
  counts(): { stored: number; rejected: number; waiting: number; spoolBytes: number };
}

/** How often a process says that it lives, and looks for what dead ones have left. */
const lookEvery = 5_000;

export function openSender({ database, spool, spoolDirectory, losses, limits }: SenderOptions): Sender {
  const { batchRows, batchAfter, queueRows, queueCharacters, writeTimeout, whenFull } = limits;
  const attempts = openAttempts({
    database,
    timeout: writeTimeout,
    onAway: (reason) => {
      const where = spool === undefined ? 'in memory' : `in ${spoolDirectory}`;
      losses.tell(new TidewatchError('ROWS_WAIT', { reason, where }));
    },
    onAnswer: () => wake(),
  });
  let queue: string[] = [];
  let characters = 0;
  /** On its way to Postgres from memory, and perhaps on disk by now. */
  let sending: { readonly entries: readonly string[]; isOnDisk: boolean } | undefined;
  /** On its way to disk. */
  let moving: { readonly entries: readonly string[]; readonly done: Promise<void> } | undefined;
  let added = 0;
  let stored = 0;
  let rejected = 0;
  let nextMove = 0;
  let isDrainDue = false;
  let isRunning = false;
  let isClosed = false;
  let batchTimer: NodeJS.Timeout | undefined;
  let retryTimer: NodeJS.Timeout | undefined;
  const listeners = new Set<() => void>();

  const held = (): number =>
    queue.length +
    (moving?.entries.length ?? 0) +
    (sending === undefined || sending.isOnDisk ? 0 : sending.entries.length);
  const isQueueDue = (): boolean => queue.length >= batchRows || (isDrainDue && queue.length > 0);
  const hasSpooled = (): boolean => spool !== undefined && !spool.isEmpty();
  const canMove = (): boolean => spool !== undefined && performance.now() >= nextMove;
  const isDue = (): boolean =>
    !isClosed && (attempts.isDue() ? hasSpooled() || isQueueDue() : isQueueDue() && canMove());

  async function lookAround(): Promise<void> {
    try {
      await spool?.lookAround();
    } catch (error) {
      tellSpoolFailed(error);
    }
  }
  const isReady = lookAround();
  void isReady.then(wake);
  const looking = spool && setInterval(() => void lookAround().then(wake), lookEvery).unref();

  function add(entry: string): void {
    while (held() >= queueRows || characters + entry.length > queueCharacters) {
      const oldest = whenFull === 'drop-oldest' ? queue.shift() : undefined;
      losses.add(1, 'memory is full');
      if (oldest === undefined) return;
      characters -= oldest.length;
    }
    queue.push(entry);
    characters += entry.length;
    added += 1;
    if (held() > queueRows / 2 || characters > queueCharacters / 2) void moveToSpool();
    if (isQueueDue()) wake();
    else arm();
  }

  function wake(): void {
    if (isRunning) return;
    isRunning = true;
    void run();
  }

  async function run(): Promise<void> {
    await isReady;
    while (isDue()) {
      await step();
      for (const listener of listeners) listener();
    }
    isRunning = false;
    arm();
  }

  async function step(): Promise<void> {
    // Rows on disk are older: what came after them goes behind them.
    if (isQueueDue() && canMove() && (hasSpooled() || !attempts.isDue())) await moveToSpool();
    if (!attempts.isDue()) return;
    if (hasSpooled()) await sendSpooled();
    else if (queue.length > 0) await sendQueued();
  }

  /** Wakes when a batch is old enough, and when Postgres is to be tried again. */
  function arm(): void {
    if (isClosed) return;
    const isWaitingForServer = attempts.failures() > 0;
    if (batchTimer === undefined && queue.length > 0) {
      batchTimer = setTimeout(() => {
        batchTimer = undefined;
        isDrainDue = true;
        wake();
      }, batchAfter);
      // A server that is away must not keep a process that has ended its work, unless its rows can still go to disk.
      if (isWaitingForServer && spool === undefined) batchTimer.unref();
    }
    if (retryTimer === undefined && isWaitingForServer) {
      retryTimer = setTimeout(() => {
        retryTimer = undefined;
        wake();
      }, attempts.wait()).unref();
    }
  }

  async function sendQueued(): Promise<void> {
    const batch = { entries: queue.splice(0, batchRows), isOnDisk: false };
    if (queue.length === 0) isDrainDue = false;
    sending = batch;
    const sent = await attempts.send(batch.entries);
    await moving?.done;
    sending = undefined;
    // What went to disk meanwhile is counted when it is sent from there.
    if (batch.isOnDisk) return;
    if (sent === undefined) queue = [...batch.entries, ...queue];
    else {
      characters -= lengthOf(batch.entries);
      count(sent);
    }
  }

  async function sendSpooled(): Promise<void> {
    try {
      const oldest = await spool?.oldest();
      if (oldest === undefined) return;
      const sent = await attempts.send(oldest.entries);
      if (sent === undefined) return;
      await oldest.remove();
      count(sent);
    } catch (error) {
      tellSpoolFailed(error);
      attempts.postpone();
    }
  }

  /** Everything in memory goes to disk, what is being sent included: it may fail, and it is older than the rest. */
  async function moveToSpool(): Promise<void> {
    if (spool === undefined || !canMove()) return;
    if (moving !== undefined) return moving.done;
    const inFlight = sending?.isOnDisk === false ? sending : undefined;
    const entries = queue;
    queue = [];
    isDrainDue = false;
    const move = async (): Promise<void> => {
      try {
        await spool.append([...(inFlight?.entries ?? []), ...entries]);
        characters -= lengthOf(entries) + lengthOf(inFlight?.entries ?? []);
        if (inFlight !== undefined) inFlight.isOnDisk = true;
      } catch (error) {
        queue = [...entries, ...queue];
        nextMove = performance.now() + lookEvery;
        tellSpoolFailed(error);
      }
      moving = undefined;
    };
    moving = { entries, done: Promise.resolve().then(move) };
    return moving.done;
  }

  function tellSpoolFailed(error: unknown): void {
    if (error instanceof SpoolFull)
      losses.tell(new TidewatchError('SPOOL_FULL', { directory: spoolDirectory }));
    else
      losses.tell(new TidewatchError('SPOOL_FAILED', { directory: spoolDirectory, reason: reasonOf(error) }));
  }
  function count(sent: Sent): void {
    stored += sent.stored;
    rejected += sent.rejected;
    losses.add(sent.refused.length, 'Postgres takes them in no form', sent.refused[0]);
  }

  async function flush(timeoutMs: number): Promise<Flushed> {
    const started = performance.now();
    const left = (): number => Math.max(timeoutMs - (performance.now() - started), 0);
    const before = attempts.failures();
    const last = added;
    // What dead processes have left is older than all of it.
    await Promise.race([isReady, sleep(left(), undefined, { ref: false })]);
    const hasLeftMemory = (): boolean => added - held() >= last;
    attempts.hurry();
    nextMove = 0;
    while (left() > 0) {
      if (hasLeftMemory() && !hasSpooled()) return 'stored';
      if (
        spool !== undefined &&
        (attempts.failures() > before || attempts.isHanging() || left() < timeoutMs / 2)
      )
        break;
      isDrainDue = true;
      wake();
      await changeWithin(spool === undefined ? left() : left() - timeoutMs / 2);
    }
    await Promise.race([moveToSpool(), sleep(left(), undefined, { ref: false })]);
    if (!hasLeftMemory()) return 'waiting';
    return hasSpooled() ? 'spooled' : 'stored';
  }

  async function changeWithin(milliseconds: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const done = (): void => {
        listeners.delete(done);
        clearTimeout(limit);
        resolve();
      };
      const limit = setTimeout(done, Math.max(milliseconds, 1));
      listeners.add(done);
    });
  }

  return {
    add,
    flush,
    close: async (timeoutMs) => {
      const flushed = await flush(timeoutMs);
      isClosed = true;
      clearInterval(looking);
      clearTimeout(batchTimer);
      clearTimeout(retryTimer);
      losses.add(held(), 'they were in memory when the client was closed');
      const closing = spool?.close().catch(() => {});
      await Promise.race([closing, sleep(Math.max(timeoutMs, 100), undefined, { ref: false })]);
      return flushed;
    },
    counts: () => ({ stored, rejected, waiting: held(), spoolBytes: spool?.bytes() ?? 0 }),
  };
}

const lengthOf = (entries: readonly string[]): number => entries.reduce((sum, { length }) => sum + length, 0);
